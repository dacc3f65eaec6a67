using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Organizations;

public sealed class ChangeOrganizationTest(TestServer server) : OrganizationWorld(server)
{
    private static OrganizationInput Only(string? name = null, string? plan = null, string? currency = null) => new(name, plan, currency, null, null);

    [Fact]
    public async Task GivenFieldsOnly_ChangeAndAreAudited()
    {
        var changed = await DoAsync(new ChangeOrganization(Org, Only(name: "青山フィナンシャル"), Organization.Version));

        changed.Name.ShouldBe("青山フィナンシャル");
        changed.Currency.ShouldBe("USD");
        changed.Version.ShouldBe(2);
        changed.Entitlements.AuditRetentionDays.ShouldBe(2557);
        (await AskAsync(new GetOrganization(Org))).ShouldSatisfyAllConditions(o => o.Name.ShouldBe("青山フィナンシャル"), o => o.Version.ShouldBe(2));
        var entry = await AuditOfAsync("organization.change");
        entry.OldValue.ShouldBe("""{"name":"Aoyama Financial Group"}""");
        entry.NewValue.ShouldBe("""{"name":"青山フィナンシャル"}""");
    }

    [Fact]
    public async Task StaleVersionBadInputRoleAndStranger_AreRefused()
    {
        await DoAsync(new ChangeOrganization(Org, Only(name: "Once")));
        (await RefusedAsync(new ChangeOrganization(Org, Only(name: "Twice"), 1))).Code.ShouldBe("version.stale");
        (await RefusedAsync(new ChangeOrganization(Org, Only(currency: "XYZ")))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Field.ShouldBe("currency");
        await GuardedAsync(new ChangeOrganization(Org, Only(name: "Mine")));
    }

    [Fact]
    public async Task Plan_IsTheProvidersToChange()
    {
        (await RefusedAsync(new ChangeOrganization(Org, Only(plan: "team")))).Code.ShouldBe("organization.plan.provider");
        var changed = await World.Portal.SendAsync(TestPortal.Admin, new ChangeOrganization(Org, Only(plan: "team")));
        changed.Value.Entitlements.AuditRetentionDays.ShouldBe(90);
    }

    [Fact]
    public async Task List_ShowsWhatTheActorReaches_PageByPage()
    {
        var all = await World.Portal.AskAsync(TestPortal.Admin, new ListOrganizations(new PageRequest()));
        all.Value.Items.Count.ShouldBe(2);
        (await AskAsync(new ListOrganizations(new PageRequest()))).Items.ShouldHaveSingleItem().Id.ShouldBe(Organization.Id);
        var first = (await World.Portal.AskAsync(TestPortal.Admin, new ListOrganizations(new PageRequest(1, Sort: "-createdAt")))).Value;
        first.Items.ShouldHaveSingleItem().Name.ShouldBe("Another House");
        var second = (await World.Portal.AskAsync(TestPortal.Admin, new ListOrganizations(new PageRequest(1, first.NextCursor, "-createdAt")))).Value;
        second.Items.ShouldHaveSingleItem().Id.ShouldBe(Organization.Id);
        second.NextCursor.ShouldBeNull();
        var nobody = TestPortal.Actor(BuiltInRoles.OrgUser, Ids.New());
        (await World.Portal.AskAsync(nobody, new ListOrganizations(new PageRequest()))).Value.Items.ShouldBeEmpty();
        (await World.Portal.AskAsync(TestPortal.Admin, new ListOrganizations(new PageRequest(1, "nonsense")))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Refused);
    }
}
