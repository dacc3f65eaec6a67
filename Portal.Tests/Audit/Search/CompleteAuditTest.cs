using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Search;

public sealed class CompleteAuditTest(TestServer server) : OrganizationWorld(server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prefix_FindsValuesAsEntriesSpellThem_IndexedOrNot()
    {
        await UnitAsync("Finance");
        await UnitAsync("Ｆinal Check");
        await WorkspaceAsync("デスク Desk", "finance");
        await RefusedAsync(new CreateBusinessUnit(Org, "Nope"), User);
        foreach (var indexed in new[] { false, true })
        {
            if (indexed) await IndexAsync();
            (await ValuesAsync("actor", "ORG")).ShouldBe(["orgAdmin@example.test", "orgUser@example.test"]);
            (await ValuesAsync("actor", "orgU")).ShouldBe(["orgUser@example.test"]);
            (await ValuesAsync("action", "businessunit.")).ShouldBe(["businessUnit.create"]);
            (await ValuesAsync("resource", "fin")).ShouldBe(["Finance", "Ｆinal Check"], ignoreOrder: true);
            (await ValuesAsync("resource", "ﾃﾞｽｸ")).ShouldBe(["デスク Desk"]);
            (await ValuesAsync("ip", "192.0")).ShouldBe(["192.0.2.7"]);
            (await ValuesAsync("source", "")).ShouldBe(["portal"]);
            (await ValuesAsync("kind", "work")).ShouldBe(["workspace"]);
            (await ValuesAsync("workspace", "desk")).ShouldBe(["desk"]);
            (await ValuesAsync("actor", "nobody")).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task MostFrequent_ComesFirst_AndNoMoreThanAsked()
    {
        for (var i = 0; i < 5; i++) await UnitAsync($"Unit {i}");
        await WorkspaceAsync("Desk", "unit-0");
        await IndexAsync();
        (await AskAsync(new CompleteAudit(Org, "action", "", 1))).ShouldBe(["businessUnit.create"]);
        (await AskAsync(new CompleteAudit(Org, "resource", "unit ", 3))).Count.ShouldBe(3);
    }

    [Fact]
    public async Task AuditorOfAWorkspace_SeesItsValuesOnly()
    {
        await UnitAsync("Finance");
        var (mine, _) = (await WorkspaceAsync("Alpha", "finance"), await WorkspaceAsync("Beta", "finance"));
        var auditor = TestPortal.Actor(BuiltInRoles.Auditor, Organization.Id) with { Grants = [new Grant(BuiltInRoles.Auditor, GrantScope.Workspace, Organization.Id, mine.Id)] };
        foreach (var indexed in new[] { false, true })
        {
            if (indexed) await IndexAsync();
            foreach (var (field, values) in new[] { ("action", new[] { "workspace.create" }), ("resource", ["Alpha", "workspace"]), ("workspace", ["alpha"]) })
            {
                var answer = await World.Portal.AskAsync(auditor, new CompleteAudit(Org, field), Cancel);
                answer.Value.ShouldBe(values, ignoreOrder: true);
            }
        }
    }

    [Fact]
    public async Task Completion_LeavesNoEntry_ARefusalDoes()
    {
        await ValuesAsync("actor", "a");
        (await World.Portal.AskAsync(User, new CompleteAudit(Org, "actor"), Cancel)).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await World.Portal.AskAsync(Stranger, new CompleteAudit(Org, "actor"), Cancel)).Problem.ShouldBe(Problem.NotFound("organization"));
        var entry = (await AskAsync(new SearchAudit(Org, "action:audit.*"))).Items.ShouldHaveSingleItem();
        (entry.Action, entry.Status).ShouldBe(("audit.completeAudit", AuditStatus.Failure));
    }

    [Theory]
    [InlineData("status", "", 8, "audit.values.field")]
    [InlineData("", "", 8, "audit.values.field")]
    [InlineData("actor", "", 0, "audit.values.limit")]
    [InlineData("actor", "", 51, "audit.values.limit")]
    public async Task BadInput_IsRefused(string field, string prefix, int limit, string code) =>
        (await World.Portal.AskAsync(Admin, new CompleteAudit(Org, field, prefix, limit), Cancel)).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe(code);

    [Fact]
    public async Task LongPrefix_IsRefused_OddOnesFindNothing()
    {
        (await World.Portal.AskAsync(Admin, new CompleteAudit(Org, "actor", new string('a', 201)), Cancel)).Problem.ShouldNotBeNull();
        foreach (var odd in new[] { "\uD800", "%", "_", "\0", "\u202E", "*", "a\"b" }) (await ValuesAsync("actor", odd)).ShouldBeEmpty(odd);
        foreach (var odd in new[] { "%", "_", "[a-z]" }) (await ValuesAsync("workspace", odd)).ShouldBeEmpty(odd);
    }

    [Fact]
    public async Task LookBesideItsSearch_IsOneEntry()
    {
        await AskAsync(new SearchAudit(Org, "status:success"));
        await AskAsync(new SummarizeAudit(Org, "status:success") { IsBesideItsSearch = true });
        await AskAsync(new EnterAudit(Org));
        (await AskAsync(new SearchAudit(Org, "action:audit.*"))).Items.ShouldHaveSingleItem().Action.ShouldBe("audit.searchAudit");
        await AskAsync(new SummarizeAudit(Org, "status:success"));
        (await AskAsync(new SearchAudit(Org, "action:audit.summarizeAudit"))).Items.Count.ShouldBe(1);
        (await World.Portal.AskAsync(User, new EnterAudit(Org), Cancel)).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
    }

    private Task<IReadOnlyList<string>> ValuesAsync(string field, string prefix) => AskAsync(new CompleteAudit(Org, field, prefix));

    private async Task IndexAsync()
    {
        await World.Services.GetRequiredService<AuditSequencer>().DrainAsync(Cancel);
        await World.Services.GetRequiredService<AuditIndexer>().CatchUpAsync(Organization.Id, Cancel);
    }
}
