using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Workspaces;

public sealed class WorkspacesTest(TestServer server) : OrganizationWorld(server)
{
    private static Dictionary<string, string> Labels(string key, string value) => new() { [key] = value };

    [Fact]
    public async Task Create_StoresEverything_AndIsAudited()
    {
        await UnitAsync("Finance");
        var created = await DoAsync(new CreateWorkspace(Org, new WorkspaceInput("Finance-BU", "finance", "production", ["ap-northeast-1"], new Dictionary<string, string> { ["team"] = "財務", ["app"] = "a\"b" }, "Sato", "restricted", "dedicatedNodes")));

        var read = await AskAsync(new GetWorkspace(Org, created.Slug));
        read.ShouldSatisfyAllConditions(
            w => w.Slug.ShouldBe("finance-bu"), w => w.BusinessUnit.ShouldBe("finance"), w => w.Labels.ShouldBe(new Dictionary<string, string> { ["app"] = "a\"b", ["team"] = "財務" }),
            w => w.Classification.ShouldBe(DataClassification.Restricted), w => w.Isolation.ShouldBe(IsolationLevel.DedicatedNodes), w => w.Regions.ShouldBe(["ap-northeast-1"]));
        var entry = await AuditOfAsync("workspace.create");
        entry.WorkspaceId.ShouldBe(created.Id);
        entry.NewValue.ShouldNotBeNull().ShouldContain("Finance-BU");
        (await AskAsync(new ListWorkspaces(Org, new PageRequest(), Label: "app=a\"b"))).Items.Count.ShouldBe(1);
        (await AskAsync(new ListWorkspaces(Org, new PageRequest(), Label: "app=b"))).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task RequiredLabelsAndAllowedRegions_AreEnforced()
    {
        await UnitAsync("Finance");
        await DoAsync(new SetLabelKey(Org, "team", true, ["red", "blue"]));
        await DoAsync(new ChangeOrganization(Org, new OrganizationInput(null, null, null, null, null, ["eu-central-1"])));
        CreateWorkspace Make(Dictionary<string, string>? labels, string region) => new(Org, new WorkspaceInput("W", "finance", "staging", [region], labels));
        (await RefusedAsync(Make(null, "us-east-1"))).Errors.ShouldNotBeNull().Select(e => e.Code).ShouldBe(["regions.notAllowed", "labels.required"], ignoreOrder: true);
        (await RefusedAsync(Make(Labels("team", "green"), "eu-central-1"))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("labels.value");
        await DoAsync(Make(Labels("team", "red"), "eu-central-1"));
        (await AskAsync(new ListLabelKeys(Org, new PageRequest()))).Items.ShouldHaveSingleItem().Required.ShouldBeTrue();
        await GuardedAsync(new SetLabelKey(Org, "x"));
        await GuardedAsync(new DeleteLabelKey(Org, "team"));
        await DoAsync(new DeleteLabelKey(Org, "team"));
    }

    [Fact]
    public async Task Move_TakesEffectFromItsDay_AndThePastStays()
    {
        await UnitAsync("Finance");
        await UnitAsync("Retail");
        await WorkspaceAsync("W", "finance");
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var from = today.AddDays(-10);

        var moved = await DoAsync(new ChangeWorkspace(Org, "w", new WorkspaceInput(BusinessUnit: "retail"), from, 1));

        moved.ShouldSatisfyAllConditions(w => w.BusinessUnit.ShouldBe("retail"), w => w.Version.ShouldBe(2));
        (await AskAsync(new GetWorkspace(Org, "w", from.AddDays(-1)))).BusinessUnit.ShouldBe("finance");
        (await AskAsync(new GetWorkspace(Org, "w", from))).BusinessUnit.ShouldBe("retail");
        (await RefusedAsync(new ChangeWorkspace(Org, "w", new WorkspaceInput("X"), ExpectedVersion: 1))).Code.ShouldBe("version.stale");
        (await RefusedAsync(new ChangeWorkspace(Org, "w", new WorkspaceInput(BusinessUnit: "finance"), today.AddDays(2)))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("placement.future");
        (await AuditOfAsync("workspace.change")).OldValue.ShouldNotBeNull();
    }

    [Fact]
    public async Task List_FiltersSortsAndPages()
    {
        await UnitAsync("Finance");
        await UnitAsync("Desk", "finance");
        foreach (var name in new[] { "Gamma", "alpha", "Beta" }) await WorkspaceAsync(name, "desk");
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = await AskAsync(new ListWorkspaces(Org, new PageRequest(1, cursor, "-slug"), "finance", "production"));
            names.AddRange(page.Items.Select(w => w.Slug));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        names.ShouldBe(["gamma", "beta", "alpha"]);
        (await AskAsync(new ListWorkspaces(Org, new PageRequest(Filter: "ALPH")))).Items.ShouldHaveSingleItem().Name.ShouldBe("alpha");
        (await AskAsync(new ListWorkspaces(Org, new PageRequest(), Environment: "staging"))).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Projects_AreMadeChangedAndArchived()
    {
        await UnitAsync("Finance");
        await WorkspaceAsync("W", "finance");
        var project = await DoAsync(new CreateProject(Org, "w", "Ledger", Labels("k", "v")));
        (await DoAsync(new ChangeProject(Org, "w", "ledger", "Ledger 2", ExpectedVersion: project.Version))).Name.ShouldBe("Ledger 2");
        (await AuditOfAsync("project.change")).ShouldSatisfyAllConditions(e => e.OldValue.ShouldBe("""{"name":"Ledger"}"""), e => e.NewValue.ShouldBe("""{"name":"Ledger 2"}"""));
        (await RefusedAsync(new ChangeProject(Org, "w", "ledger", "X", ExpectedVersion: 1))).Code.ShouldBe("version.stale");
        (await RefusedAsync(new CreateProject(Org, "w", "\u202Ex"))).Kind.ShouldBe(ProblemKind.Refused);
        (await RefusedAsync(new CreateProject(Org, "nowhere", "x"))).Kind.ShouldBe(ProblemKind.NotFound);
        await GuardedAsync(new CreateProject(Org, "w", "x"));
        await GuardedAsync(new ChangeProject(Org, "w", "ledger", "x"));
        await GuardedAsync(new ArchiveProject(Org, "w", "ledger"));
        await DoAsync(new ArchiveProject(Org, "w", project.Id.ToString()));
        (await AskAsync(new ListProjects(Org, "w", new PageRequest()))).Items.ShouldBeEmpty();
        (await AskAsync(new GetProject(Org, "w", "ledger"))).IsArchived.ShouldBeTrue();
    }

    [Fact]
    public async Task RolesAndStrangers_AreRefused()
    {
        await UnitAsync("Finance");
        await WorkspaceAsync("W", "finance");
        await GuardedAsync(new CreateWorkspace(Org, new WorkspaceInput("X", "finance", "production")));
        await GuardedAsync(new ChangeWorkspace(Org, "w", new WorkspaceInput("X")));
        await GuardedAsync(new ArchiveWorkspace(Org, "w"));
        (await RefusedAsync(new CreateWorkspace(Org, new WorkspaceInput("X", "nowhere", "moon")))).Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(["environment", "businessUnit"]);
    }

    [Fact]
    public async Task GrantOnABusinessUnit_ReachesTheUnitsBelowIt_AndNoOther()
    {
        var finance = await UnitAsync("Finance");
        await UnitAsync("Desk", "finance");
        await UnitAsync("Retail");
        await WorkspaceAsync("Shop", "retail");
        var head = Admin with { Id = Ids.New(), Grants = [new Grant(Access.Roles.BuiltInRoles.OrgAdmin, GrantScope.BusinessUnit, Organization.Id, finance.Id)] };
        async Task<Problem?> TryAsync<T>(Command<T> command) => (await World.Portal.SendAsync(head, command)).Problem;

        (await TryAsync(new CreateWorkspace(Org, new WorkspaceInput("Mine", "desk", "staging")))).ShouldBeNull();
        (await TryAsync(new ChangeWorkspace(Org, "mine", new WorkspaceInput("Ours")))).ShouldBeNull();
        (await TryAsync(new ChangeBusinessUnit(Org, "desk", "Desk 2"))).ShouldBeNull();
        (await TryAsync(new CreateWorkspace(Org, new WorkspaceInput("Theirs", "retail", "staging"))))!.Kind.ShouldBe(ProblemKind.Forbidden);
        (await TryAsync(new ArchiveWorkspace(Org, "shop"))).ShouldBe(Problem.NotFound("workspace"), "as if it did not exist");
        (await TryAsync(new ChangeWorkspace(Org, "mine", new WorkspaceInput(BusinessUnit: "retail"))))!.Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("businessUnit.notFound", "as if it did not exist");
    }

    [Fact]
    public async Task NaughtyNames_AreStoredExactlyOrRefused()
    {
        var names = NaughtyStrings.Read();
        await UnitAsync("Finance");
        foreach (var name in names)
        {
            var result = await World.Portal.SendAsync(Admin, new CreateWorkspace(Org, new WorkspaceInput(name, "finance", "production", Labels: Labels("note", "x"), Owner: name)));
            if (result.Problem is { } problem) problem.Kind.ShouldBe(ProblemKind.Refused);
            else (await AskAsync(new GetWorkspace(Org, result.Value.Id.ToString()))).ShouldSatisfyAllConditions(w => w.Name.ShouldBe(name.Trim().Normalize()), w => w.Owner.ShouldBe(w.Name));
        }
    }
}
