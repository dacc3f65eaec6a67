using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Views;

public sealed class SavedViewsTest(TestServer server) : OrganizationWorld(server)
{
    [Fact]
    public async Task View_IsSavedChangedAndRemoved_WithAuditEntries()
    {
        var view = await DoAsync(new SaveView(Org, "workspaces", " 本番 🏦 ", "?environment=production&sort=name"));
        view.ShouldSatisfyAllConditions(v => v.Name.ShouldBe("本番 🏦"), v => v.QueryString.ShouldBe("environment=production&sort=name"), v => v.IsMine.ShouldBeTrue(), v => v.MayChange.ShouldBeTrue(), v => v.Version.ShouldBe(1));
        (await AuditOfAsync("savedView.create")).NewValue.ShouldNotBeNull().ShouldContain("environment=production");

        var changed = await DoAsync(new ChangeView(Org, view.Id, "Production", IsShared: true, ExpectedVersion: 1));
        changed.ShouldSatisfyAllConditions(v => v.Name.ShouldBe("Production"), v => v.IsShared.ShouldBeTrue(), v => v.QueryString.ShouldBe(view.QueryString), v => v.Version.ShouldBe(2));
        (await RefusedAsync(new ChangeView(Org, view.Id, "Old", ExpectedVersion: 1))).Code.ShouldBe("version.stale");
        (await AuditOfAsync("savedView.change")).OldValue.ShouldNotBeNull().ShouldContain("本番");

        (await DoAsync(new SetDefaultView(Org, view.Id))).IsDefault.ShouldBeTrue();
        await DoAsync(new DeleteView(Org, view.Id));
        (await AskAsync(new ListSavedViews(Org, new PageRequest()))).Items.ShouldBeEmpty();
        (await AuditOfAsync("savedView.delete")).ResourceName.ShouldBe("Production");
    }

    [Fact]
    public async Task PrivateView_LooksMissingToOthers_SharedOneIsSeenAndNotChanged()
    {
        var own = await DoAsync(new SaveView(Org, "workspaces", "Mine", "q=a"));
        var shared = await DoAsync(new SaveView(Org, "workspaces", "Ours", "q=b", IsShared: true));
        var seen = (await World.Portal.AskAsync(User, new ListSavedViews(Org, new PageRequest(), "workspaces"))).Value.Items;
        seen.ShouldHaveSingleItem().ShouldSatisfyAllConditions(v => v.Id.ShouldBe(shared.Id), v => v.IsMine.ShouldBeFalse(), v => v.MayChange.ShouldBeFalse());
        (await World.Portal.AskAsync(User, new GetSavedView(Org, own.Id))).Problem.ShouldBe(Problem.NotFound("savedView"));
        (await RefusedAsync(new ChangeView(Org, own.Id, "X"), User)).ShouldBe(Problem.NotFound("savedView"));
        (await RefusedAsync(new ChangeView(Org, shared.Id, "X"), User)).Code.ShouldBe("savedView.notYours");
        (await RefusedAsync(new DeleteView(Org, shared.Id), User)).Code.ShouldBe("savedView.notYours");
        (await RefusedAsync(new SaveView(Org, "workspaces", "All", "", IsShared: true), User)).Code.ShouldBe("savedView.noSharing");
        (await RefusedAsync(new SaveView(Org, "workspaces", "X", ""), Stranger)).ShouldBe(Problem.NotFound("organization"));
        var reader = TestPortal.Actor(BuiltInRoles.OrgUser, Organization.Id) with { PermissionLimit = ["workspaces:read"] };
        (await RefusedAsync(new SaveView(Org, "workspaces", "X", ""), reader)).Kind.ShouldBe(ProblemKind.Forbidden);
    }

    [Fact]
    public async Task Default_IsOnePerPersonAndPage_AndEndsWithTheSharing()
    {
        var first = await DoAsync(new SaveView(Org, "jobs", "First", "kind=a", IsShared: true));
        var second = await DoAsync(new SaveView(Org, "jobs", "Second", "kind=b", IsShared: true));
        await DoAsync(new SetDefaultView(Org, first.Id));
        await DoAsync(new SetDefaultView(Org, second.Id));
        (await World.Portal.SendAsync(User, new SetDefaultView(Org, first.Id))).Problem.ShouldBeNull();
        (await AskAsync(new ListSavedViews(Org, new PageRequest()))).Items.Where(v => v.IsDefault).ShouldHaveSingleItem().Id.ShouldBe(second.Id);

        await DoAsync(new ChangeView(Org, first.Id, IsShared: false));
        (await DoAsync(new ChangeView(Org, first.Id, IsShared: true))).IsDefault.ShouldBeFalse();
        (await World.Portal.AskAsync(User, new GetSavedView(Org, first.Id))).Value.IsDefault.ShouldBeFalse();
        await DoAsync(new SetDefaultView(Org, second.Id, false));
        (await AskAsync(new ListSavedViews(Org, new PageRequest()))).Items.ShouldAllBe(v => !v.IsDefault);
    }

    [Theory]
    [InlineData("workspaces", "", "q=1", "name")]
    [InlineData("workspaces", "A", "q=a b", "queryString")]
    [InlineData("workspaces", "A", "q=1#x", "queryString")]
    [InlineData("//evil.example", "A", "q=1", "page")]
    [InlineData("", "A", "q=1", "page")]
    public async Task WhatIsNoNameQueryOrPage_IsRefused(string page, string name, string query, string field) =>
        (await RefusedAsync(new SaveView(Org, page, name, query))).Errors.ShouldNotBeNull().ShouldContain(e => e.Field == field);

    [Fact]
    public async Task SameNameTwice_IsRefused_ForTheSamePersonAndPageOnly()
    {
        await DoAsync(new SaveView(Org, "workspaces", "A", "q=1"));
        (await RefusedAsync(new SaveView(Org, "workspaces", "A", "q=2"))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("savedView.taken");
        await DoAsync(new SaveView(Org, "jobs", "A", "q=1"));
        (await World.Portal.SendAsync(User, new SaveView(Org, "workspaces", "A", "q=1"))).Problem.ShouldBeNull();
        var other = await DoAsync(new SaveView(Org, "workspaces", "B", "q=1"));
        (await RefusedAsync(new ChangeView(Org, other.Id, "A"))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("savedView.taken");
    }

    [Theory]
    [InlineData("?sort=name&q=a&id=1&new=true", "q=a&sort=name")]
    [InlineData("?q=a&&unit=x", "q=a")]
    [InlineData("", "")]
    public void Address_KeepsFiltersInAFixedOrder_NotWhatIsOpen(string query, string kept) => ViewAddress.Of(query, ["unit"]).ShouldBe(kept);
}
