using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit;

public sealed class SearchAuditTest(TestServer server) : OrganizationWorld(server)
{
    private async Task<List<string>> ActionsAsync(string q) => [.. (await AskAsync(new SearchAudit(Org, q))).Items.Select(e => e.Action)];

    [Fact]
    public async Task Qualifiers_Narrow()
    {
        await UnitAsync("Finance");
        var workspace = await WorkspaceAsync("デスク Desk", "finance");
        await RefusedAsync(new CreateBusinessUnit(Org, "Nope"), User);

        (await ActionsAsync("action:workspace.*")).ShouldBe(["workspace.create"]);
        (await ActionsAsync("status:failure")).ShouldBe(["businessUnit.create"]);
        (await ActionsAsync("-status:failure action:businessunit.create,workspace.create")).ShouldBe(["workspace.create", "businessUnit.create"]);
        (await ActionsAsync($"workspace:{workspace.Slug}")).ShouldBe(["workspace.create"]);
        (await ActionsAsync("workspace:nowhere")).ShouldBeEmpty();
        (await ActionsAsync($"actor:{User.Id}")).ShouldBe(["businessUnit.create"]);
        (await ActionsAsync("actor:ORGUSER*")).ShouldBe(["businessUnit.create"]);
        (await ActionsAsync("デスク")).ShouldBe(["workspace.create"]);
        (await ActionsAsync("kind:workspace ip:192.0.2.0/24")).ShouldBe(["workspace.create"]);
        (await ActionsAsync("kind:workspace -ip:192.0.2.0/24")).ShouldBeEmpty();
        (await ActionsAsync("kind:workspace after:2200-01-01")).ShouldBeEmpty();
        (await ActionsAsync("kind:workspace source:portal before:2200-01-01 ip:192.0.2.7 resource:workspace")).ShouldBe(["workspace.create"]);
        (await World.Portal.AskAsync(Admin, new SearchAudit(Org, "x:y"))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Refused);
    }

    [Fact]
    public async Task Search_NeverShowsItself_ButTheNextOneDoes()
    {
        (await ActionsAsync("action:audit.*")).ShouldBeEmpty();
        (await ActionsAsync("action:audit.*")).ShouldBe(["audit.searchAudit"]);
    }

    [Fact]
    public async Task Search_WhoseEntryIsWrittenBesideIt_NeverShowsItself()
    {
        for (var before = 0; before < 3; before++) (await ActionsAsync("action:audit.searchAudit status:success")).Count.ShouldBe(before);
    }

    [Fact]
    public async Task Search_LeavesOneEntry_AnsweredOrRefused()
    {
        await AskAsync(new SearchAudit(Org, "status:success"));
        (await World.Portal.AskAsync(Admin, new SearchAudit(Org, "status:success", Cursor: "x"))).Problem.ShouldNotBeNull();
        (await World.Portal.AskAsync(Admin, new SearchAudit(Org, "status:sideways"))).Problem.ShouldNotBeNull();
        await AskAsync(new SummarizeAudit(Org, "status:success"));

        var entries = (await AskAsync(new SearchAudit(Org, "action:audit.*"))).Items.Reverse().ToList();
        entries.Select(e => (e.Action, e.Status)).ShouldBe(
            [("audit.searchAudit", AuditStatus.Success), ("audit.searchAudit", AuditStatus.Failure), ("audit.searchAudit", AuditStatus.Failure), ("audit.summarizeAudit", AuditStatus.Success)]);
    }

    [Theory]
    [InlineData("status:success")]
    [InlineData("action:organization.*")]
    public async Task Search_WithoutItsEntry_AnswersNothing(string q)
    {
        (await ActionsAsync(q)).ShouldNotBeEmpty();
        await using var owner = new NpgsqlConnection(World.ConnectionString);
        await owner.OpenAsync(TestContext.Current.CancellationToken);
        await using var full = new NpgsqlCommand(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$; CREATE TRIGGER full_disk BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION full_disk()", owner);
        await full.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (await World.Portal.AskAsync(Admin, new SearchAudit(Org, q))).Problem.ShouldNotBeNull().Code.ShouldBe("storage.full");
    }

    [Fact]
    public async Task Pages_GoNewestFirst_WithoutGapOrRepeat()
    {
        for (var i = 0; i < 5; i++) await UnitAsync($"Unit {i}");
        var seen = new List<AuditEntryRow>();
        string? cursor = null;
        do
        {
            var page = await AskAsync(new SearchAudit(Org, "action:businessUnit.create", Limit: 2, Cursor: cursor));
            seen.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        seen.Select(e => e.ResourceName).ShouldBe(["Unit 4", "Unit 3", "Unit 2", "Unit 1", "Unit 0"]);
        seen[0].NewValue!.Value.GetProperty("name").GetString().ShouldBe("Unit 4");
        (await AskAsync(new GetAuditEntry(Org, seen[0].Id))).ShouldSatisfyAllConditions(d => d.Entry.Id.ShouldBe(seen[0].Id), d => d.Related.ShouldContain(e => e.Id == seen[1].Id));
    }

    [Fact]
    public async Task OtherOrganizationsAndRoles_AreRefused()
    {
        (await World.Portal.AskAsync(User, new SearchAudit(Org))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await World.Portal.AskAsync(Stranger, new SearchAudit(Org))).Problem.ShouldBe(Problem.NotFound("organization"));
        (await World.Portal.AskAsync(Admin, new SearchAudit(null))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        var auditor = TestPortal.Actor(BuiltInRoles.Auditor, null);
        (await World.Portal.AskAsync(auditor, new SearchAudit(null))).Value.Items.ShouldAllBe(e => e.TenantId == null);
    }
}
