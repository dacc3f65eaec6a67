using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Audit.Reads;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Simulation;

public sealed class SimulateRoleTest(TestServer server) : OrganizationWorld(server)
{
    [Fact]
    public async Task LostPermission_IsExactlyTheDenial_WithItsCount()
    {
        await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Money", null, ["budgets:*", "costs:read", "costs:export"])));
        var (sato, kato) = (await PersonAsync("sato"), await PersonAsync("kato"));
        await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, "money")));
        await DoAsync(new BindRole(Org, new BindingInput(kato.UserName, "money")));
        await BudgetAsync(await ActorAsync(sato), "One");
        await BudgetAsync(await ActorAsync(sato), "Two");
        for (var i = 0; i < 3; i++) (await World.Portal.AskAsync(await ActorAsync(kato), new GetBudget(Org, "one"))).Problem.ShouldBeNull();
        await FlushAsync();

        var without = await AskAsync(new SimulateRole(Org, "money", ["budgets:read", "costs:read", "costs:export"]));
        without.Denials.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            d => d.IdentityId.ShouldBe(sato.Id), d => d.Identity.ShouldBe(sato.UserName), d => d.Permission.ShouldBe("budgets:write"), d => d.Times.ShouldBe(2), d => d.Scope.ShouldBe(GrantScope.Organization), d => d.PlaceId.ShouldBeNull(),
            d => d.LastAtUtc.ShouldBe(TimeProvider.System.GetUtcNow().UtcDateTime, TimeSpan.FromMinutes(5)));
        without.ShouldSatisfyAllConditions(
            s => s.Role.ShouldBe("money"), s => s.RoleName.ShouldBe("Money"), s => s.Identities.ShouldBe(2), s => s.MoreIdentities.ShouldBeFalse(), s => s.Entries.Count.ShouldBe(2), s => s.Entries.More.ShouldBeFalse(), s => s.Entries.FromUtc.ShouldNotBeNull(),
            s => s.Reads.Count.ShouldBe(3), s => s.RefusedToday.ShouldBe(0), s => s.NewlyAllowed.ShouldBeEmpty(), s => s.Unused.ShouldBe(["costs:export", "costs:read"]), s => s.Removed.ShouldBe(["budgets:write"]), s => s.Added.ShouldBeEmpty());
        var neither = await AskAsync(new SimulateRole(Org, "money", ["costs:read"]));
        neither.Denials.Select(d => (d.Identity, d.Permission, d.Times)).ShouldBe([(kato.UserName, "budgets:read", 3), (sato.UserName, "budgets:write", 2)]);
        (await AuditOfAsync("roles.simulateRole")).Permission.ShouldBe("roles:read", "a look at what people do is written down");
        (await AskAsync(new ListRoles(Org))).Single(r => r.Slug == "money").Permissions.ShouldContain("budgets:*", "nothing is saved");
    }

    [Fact]
    public async Task OtherGrants_KeepWhatTheRoleLoses()
    {
        await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Money", null, ["budgets:*"])));
        var sato = await PersonAsync("sato", BuiltInRoles.FinanceManager);
        await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, "money")));
        await BudgetAsync(await ActorAsync(sato), "One");
        (await AskAsync(new SimulateRole(Org, "money", ["costs:read"]))).ShouldSatisfyAllConditions(s => s.Denials.ShouldBeEmpty(), s => s.Entries.Count.ShouldBe(1));
        (await AskAsync(new SimulateRole(Org, BuiltInRoles.FinanceManager, ["costs:read"]))).Denials.ShouldBeEmpty("a copy of a built-in role is tried alike");
    }

    [Fact]
    public async Task WorkspacesGroupsAndServiceAccounts_AreReplayedAtTheirPlace()
    {
        await UnitAsync("Finance");
        var live = await WorkspaceAsync("Live", "finance");
        await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Hands", null, ["workspaces:*"])));
        var sato = await PersonAsync("sato", null);
        await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, "hands", Scope: "workspace", Place: "live", Condition: "ip in 198.51.100.0/24")));
        var actor = await ActorAsync(sato) with { IpAddress = "198.51.100.9" };
        (await World.Portal.SendAsync(actor, new ChangeWorkspace(Org, "live", new WorkspaceInput("Live 2")))).Problem.ShouldBeNull();
        var same = await AskAsync(new SimulateRole(Org, "hands", ["workspaces:*"]));
        same.ShouldSatisfyAllConditions(s => s.Denials.ShouldBeEmpty("the address it came from met the condition"), s => s.RefusedToday.ShouldBe(0), s => s.Entries.Count.ShouldBe(1));
        (await AskAsync(new SimulateRole(Org, "hands", ["workspaces:read"]))).Denials.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(d => d.Scope.ShouldBe(GrantScope.Workspace), d => d.PlaceId.ShouldBe(live.Id), d => d.Place.ShouldBe("Live 2"), d => d.Permission.ShouldBe("workspaces:write"));

        var owner = await PersonAsync("owner");
        var robot = await DoAsync(new CreateServiceAccount(Org, "Robot", BuiltInRoles.FinanceManager, Owner: owner.UserName));
        await BudgetAsync(TestPortal.Actor(BuiltInRoles.FinanceManager, Organization.Id) with { Kind = ActorKind.ServiceAccount, Id = robot.Id, Name = "Robot" }, "Made");
        (await AskAsync(new SimulateRole(Org, BuiltInRoles.FinanceManager, ["budgets:read"]))).Denials.ShouldHaveSingleItem().ShouldSatisfyAllConditions(d => d.Kind.ShouldBe(ActorKind.ServiceAccount), d => d.Identity.ShouldBe("Robot"));
    }

    [Fact]
    public async Task Tokens_AreReplayedWithinTheirScopes()
    {
        var made = await DoAsync(new CreateToken(Org, new TokenInput("Import", BuiltInRoles.FinanceManager, ["budgets:*"])));
        var token = TestPortal.Actor(BuiltInRoles.FinanceManager, Organization.Id) with { Kind = ActorKind.Token, Id = made.Row.Id, Name = made.Row.Name, PermissionLimit = made.Row.Scopes };
        await BudgetAsync(token, "One");
        (await World.Portal.SendAsync(token, new CreateBusinessUnit(Org, "More"))).Problem.ShouldNotBeNull().Code.ShouldBe("access.denied");
        var tried = await AskAsync(new SimulateRole(Org, BuiltInRoles.FinanceManager, ["budgets:read", "businessUnits:*"]));
        tried.Denials.ShouldHaveSingleItem().ShouldSatisfyAllConditions(d => d.Kind.ShouldBe(ActorKind.Token), d => d.Identity.ShouldBe("Import"), d => d.IdentityId.ShouldBe(made.Row.Id), d => d.Permission.ShouldBe("budgets:write"));
        tried.NewlyAllowed.ShouldBeEmpty("the token's scopes leave units out, whatever its role");
        await DoAsync(new RevokeToken(Org, made.Row.Id));
        (await AskAsync(new SimulateRole(Org, BuiltInRoles.FinanceManager, ["budgets:read"]))).Identities.ShouldBe(0);
    }

    [Fact]
    public async Task Refused_IsShownWhereItWouldBePossible()
    {
        await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Look", null, ["budgets:read"])));
        var sato = await PersonAsync("sato");
        await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, "look")));
        (await World.Portal.SendAsync(await ActorAsync(sato), new CreateBudget(Org, Input("One")))).Problem.ShouldNotBeNull().Code.ShouldBe("access.denied");
        var more = await AskAsync(new SimulateRole(Org, "look", ["budgets:*"]));
        more.NewlyAllowed.ShouldHaveSingleItem().ShouldSatisfyAllConditions(a => a.Permission.ShouldBe("budgets:write"), a => a.Times.ShouldBe(1), a => a.IdentityId.ShouldBe(sato.Id));
        more.ShouldSatisfyAllConditions(m => m.Denials.ShouldBeEmpty(), m => m.Added.ShouldBe(["budgets:write"]), m => m.Unused.ShouldBe(["budgets:read"]), m => m.Spend.ShouldNotBeNull().ShouldBeEmpty());
        (await AskAsync(new SimulateRole(Org, "look", ["budgets:read"]))).NewlyAllowed.ShouldBeEmpty();
    }

    [Fact]
    public async Task MoreNeverDenies_AndTheSameChangesNothing()
    {
        var all = PermissionCatalog.Permissions.Where(p => p.Area is not ("platform" or "scim") && p != new Permission("organizations", "create")).Select(p => p.ToString()).ToList();
        await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Any", null, all)));
        await UnitAsync("Finance");
        await WorkspaceAsync("Live", "finance");
        var sato = await PersonAsync("sato", null);
        await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, "any")));
        var actor = await ActorAsync(sato);
        await BudgetAsync(actor, "One");
        (await World.Portal.SendAsync(actor, new ChangeWorkspace(Org, "live", new WorkspaceInput("Live 2")))).Problem.ShouldBeNull();
        (await World.Portal.SendAsync(actor, new CreateBusinessUnit(Org, "More"))).Problem.ShouldBeNull();
        (await World.Portal.AskAsync(actor, new ListPeople(Org, new PageRequest()))).Problem.ShouldBeNull();
        await FlushAsync();
        var random = new Random(20261120);
        for (var i = 0; i < 25; i++)
        {
            var some = all.Where(_ => random.Next(2) == 0).Append("budgets:read").Distinct().ToList();
            await DoAsync(new ChangeCustomRole(Org, "any", new CustomRoleInput(null, null, some)));
            var same = await AskAsync(new SimulateRole(Org, "any", some));
            same.ShouldSatisfyAllConditions(s => s.Denials.ShouldBeEmpty(), s => s.NewlyAllowed.ShouldBeEmpty(), s => s.Added.ShouldBeEmpty(), s => s.Removed.ShouldBeEmpty());
            var wider = some.Concat(all.Where(_ => random.Next(3) == 0)).Append(random.Next(2) == 0 ? "*:read" : "workspaces:*").Distinct().ToList();
            (await AskAsync(new SimulateRole(Org, "any", wider))).Denials.ShouldBeEmpty(string.Join(' ', wider));
            var less = some.Where(_ => random.Next(2) == 0).Append("budgets:read").Distinct().ToList();
            var denied = (await AskAsync(new SimulateRole(Org, "any", less))).Denials.Select(d => d.Permission).ToList();
            denied.ShouldBe(new[] { "budgets:write", "businessUnits:write", "people:read", "workspaces:write" }.Where(p => some.Contains(p) && !less.Contains(p)), ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Names_AreForThoseWhoReadPeople()
    {
        await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Money", null, ["budgets:*"])));
        var sato = await PersonAsync("sato");
        await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, "money")));
        await BudgetAsync(await ActorAsync(sato), "One");
        var reader = TestPortal.Actor(BuiltInRoles.OrgUser, Organization.Id) with { Grants = [new Grant(Ids.New().ToString(), GrantScope.Organization, Organization.Id) { Permissions = ["roles:read"] }] };
        var seen = (await World.Portal.AskAsync(reader, new SimulateRole(Org, "money", ["costs:read"]))).Value;
        seen.Denials.ShouldHaveSingleItem().ShouldSatisfyAllConditions(d => d.IdentityId.ShouldBeNull(), d => d.Identity.ShouldBeNull(), d => d.Times.ShouldBe(1));
        seen.Spend.ShouldBeNull("nor are budgets theirs to see");
    }

    [Fact]
    public async Task Questions_AreChecked_AndForThoseWhoReadRoles()
    {
        await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Money", null, ["budgets:*"])));
        (await World.Portal.AskAsync(User, new SimulateRole(Org, "money", ["costs:read"]))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await World.Portal.AskAsync(Stranger, new SimulateRole(Org, "money", ["costs:read"]))).Problem.ShouldBe(Problem.NotFound("organization"));
        (await ProblemAsync(new SimulateRole(Org, "nothing", ["costs:read"]))).Code.ShouldBe("role.notFound");
        (await ProblemAsync(new SimulateRole(Org, BuiltInRoles.ServiceAdmin, ["costs:read"]))).Code.ShouldBe("role.notFound");
        foreach (var days in new[] { 0, -1, 367 }) (await ProblemAsync(new SimulateRole(Org, "money", ["costs:read"], days))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("simulation.days");
        (await ProblemAsync(new SimulateRole(Org, "money", ["moon:read"]))).Errors.ShouldNotBeNull().Select(e => e.Code).ShouldContain("role.permission");
        (await ProblemAsync(new SimulateRole(Org, "money", null))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("role.empty");
        (await AskAsync(new SimulateRole(Org, "money", ["costs:read"]))).ShouldSatisfyAllConditions(s => s.Identities.ShouldBe(0), s => s.Entries.Count.ShouldBe(0), s => s.Denials.ShouldBeEmpty(), s => s.Unused.ShouldBe(["budgets:read", "budgets:write"]));
    }

    [Fact]
    public async Task EveryQuery_TranslatesForSqlServer()
    {
        var sent = new List<string>();
        await using var db = OfflineSqlServer.Open(sent);
        await using var services = SqlServerTranslationTest.Services();
        var scope = new ReadScope(db, TestPortal.Admin, new Tenant(db.OrganizationId, "acme", "Acme", "enterprise", "USD", "UTC", 4, false, 1), TimeProvider.System, services);
        var cancel = TestContext.Current.CancellationToken;
        var state = await AccessState.LoadAsync(scope, null, cancel);
        (await RoleHolder.ListAsync(scope, state, "money", ["costs:read"], 5, cancel)).Holders.ShouldBeEmpty();
        await PastUses.OfEntriesAsync(scope, [Ids.New()], scope.NowUtc, cancel);
        await PastUses.OfReadsAsync(scope, [Ids.New()], scope.NowUtc, cancel);
        var finder = await SpendReachFinder.LoadAsync(scope, state, await KnownPlaces.LoadAsync(scope, cancel), cancel);
        finder.Of(Actor.Anonymous).MaySpend.ShouldBeFalse();
        sent.Count.ShouldBeGreaterThan(12);
        sent.ShouldAllBe(sql => !sql.Contains("::", StringComparison.Ordinal));
    }

    private async Task<Problem> ProblemAsync<T>(Query<T> query) => (await World.Portal.AskAsync(Admin, query)).Problem.ShouldNotBeNull();

    private Task FlushAsync() => World.Services.GetRequiredService<ReadCounter>().FlushAsync(TestContext.Current.CancellationToken);

    private async Task BudgetAsync(Actor actor, string name) => (await World.Portal.SendAsync(actor, new CreateBudget(Org, Input(name)))).Problem.ShouldBeNull();

    private BudgetInput Input(string name) => new(name, new BudgetScopeInput(Organization: Org), new BudgetLimitsInput(Monthly: new Money(Amount.FromInteger(100), "USD")));

    private async Task<Actor> ActorAsync(Person person)
    {
        await using var open = await World.Database.OpenAsync(DataScope.Platform, forWriting: false, CancellationToken.None);
        return TestPortal.Actor(BuiltInRoles.OrgUser, Organization.Id) with { Id = person.Id, Name = person.UserName, Grants = await SessionDirectory.GrantsAsync(open.Db, person.Id, CancellationToken.None) };
    }

    private Task<Person> PersonAsync(string name, string? role = BuiltInRoles.OrgUser) => BindingPeople.AddAsync(World, Organization.Id, name, role);
}
