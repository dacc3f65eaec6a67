using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces.Quotas;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Simulation;

public sealed class GetSpendReachTest(TestServer server) : OrganizationWorld(server)
{
    [Fact]
    public async Task NoBudget_IsAFinding_AndABudgetIsASource()
    {
        var (looker, maker) = (await PersonAsync("looker"), await PersonAsync("maker"));
        await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Maker", null, ["workspaces:*"])));
        await DoAsync(new BindRole(Org, new BindingInput(maker.UserName, "maker", Condition: "ip in 192.0.2.0/24")));
        (await OfAsync(looker)).ShouldSatisfyAllConditions(r => r.MaySpend.ShouldBeFalse(), r => r.Most.ShouldBeEmpty(), r => r.Places.ShouldBeEmpty());
        (await OfAsync(maker)).ShouldSatisfyAllConditions(
            r => r.MaySpend.ShouldBeTrue("a condition can be met some time"), r => r.IsBounded.ShouldBeFalse(), r => r.Most.ShouldBeEmpty("no bound is no number"), r => r.Places.ShouldHaveSingleItem().Bound.ShouldBeNull());

        await BudgetAsync("Soft", "50", new BudgetScopeInput(Organization: Org));
        await BudgetAsync("Hard", "1000", new BudgetScopeInput(Organization: Org), hard: 1.2m);
        var bounded = await OfAsync(maker);
        bounded.ShouldSatisfyAllConditions(r => r.IsBounded.ShouldBeTrue(), r => r.Most.ShouldBe([Usd("1200")]));
        bounded.Places.ShouldHaveSingleItem().ShouldSatisfyAllConditions(p => p.Scope.ShouldBe(GrantScope.Organization), p => p.By.ShouldBe(["workspaces:write"]));
        bounded.Places[0].Bound.ShouldNotBeNull().ShouldSatisfyAllConditions(b => b.Name.ShouldBe("Hard"), b => b.IsHard.ShouldBeTrue("what stops comes before what warns"), b => b.Period.ShouldBe(BudgetPeriodKind.Monthly), b => b.Spent.ShouldBeNull(), b => b.MayRaise.ShouldBeFalse());

        await DoAsync(new CreateAccessRule(Org, new AccessRuleInput("Stop", "deny", "workspaces:write")));
        (await OfAsync(maker)).MaySpend.ShouldBeFalse("what a rule always refuses is not spent");
    }

    [Fact]
    public async Task PlacesUnderOneBudget_CountItOnce_AndWhoMayRaiseItIsNotBounded()
    {
        await UnitAsync("Finance");
        await UnitAsync("Sales");
        await WorkspaceAsync("Live", "finance");
        await DoAsync(new SetWorkspaceQuota(Org, "live", new Dictionary<string, long?>(StringComparer.Ordinal) { ["cpuMillicores"] = 4000 }));
        await BudgetAsync("All", "1000", new BudgetScopeInput(Organization: Org), hard: 1);
        var (lead, head, narrow) = (await PersonAsync("lead", null), await PersonAsync("head", null), await PersonAsync("narrow", null));
        foreach (var unit in new[] { "finance", "sales" })
        {
            await DoAsync(new BindRole(Org, new BindingInput(lead.UserName, BuiltInRoles.TeamLead, Scope: "businessUnit", Place: unit)));
            await DoAsync(new BindRole(Org, new BindingInput(head.UserName, BuiltInRoles.DepartmentManager, Scope: "businessUnit", Place: unit)));
        }

        await DoAsync(new BindRole(Org, new BindingInput(narrow.UserName, BuiltInRoles.TeamLead, Scope: "workspace", Place: "live")));
        (await OfAsync(lead)).ShouldSatisfyAllConditions(r => r.Places.Select(p => p.Place).ShouldBe(["Finance", "Sales"]), r => r.Most.ShouldBe([Usd("1000")]));
        await BudgetAsync("Finance alone", "100", new BudgetScopeInput(BusinessUnit: "finance"), hard: 1);
        (await OfAsync(lead)).ShouldSatisfyAllConditions(r => r.Places.Select(p => p.Bound?.Name).ShouldBe(["Finance alone", "All"]), r => r.Most.ShouldBe([Usd("1100")]));
        (await OfAsync(head)).ShouldSatisfyAllConditions(r => r.Places[0].Bound.ShouldNotBeNull().Name.ShouldBe("All", "their unit's budget is theirs to raise"), r => r.IsBounded.ShouldBeTrue());
        (await OfAsync(narrow)).Places.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            p => p.Scope.ShouldBe(GrantScope.Workspace), p => p.Bound.ShouldNotBeNull().Name.ShouldBe("Finance alone"), p => p.Quotas.ShouldHaveSingleItem().ShouldBe(new SpendQuota("cpuMillicores", 4000, true)));
        var boss = await PersonAsync("boss", BuiltInRoles.OrgAdmin);
        (await OfAsync(boss)).ShouldSatisfyAllConditions(r => r.IsBounded.ShouldBeFalse(), r => r.Places.ShouldHaveSingleItem().Bound.ShouldNotBeNull().MayRaise.ShouldBeTrue());

        var changed = await AskAsync(new SimulateRole(Org, BuiltInRoles.TeamLead, ["workspaces:read"]));
        changed.Spend.ShouldNotBeNull().Select(s => (s.Identity, s.Before.MaySpend, s.After.MaySpend)).ShouldBe([(lead.UserName, true, false), (narrow.UserName, true, false)]);
    }

    [Fact]
    public async Task Programs_SpendWithinTheirRolesAndScopes()
    {
        var robot = await DoAsync(new CreateServiceAccount(Org, "Robot", BuiltInRoles.DepartmentManager, Owner: (await PersonAsync("owner")).UserName));
        var narrow = await DoAsync(new CreateToken(Org, new TokenInput("Reads", null, ["workspaces:read"], ServiceAccount: robot.Id)));
        var own = await DoAsync(new CreateToken(Org, new TokenInput("Makes", BuiltInRoles.DepartmentManager, ["workspaces:*"])));
        (await AskAsync(new GetSpendReach(Org, robot.Id, ActorKind.ServiceAccount))).ShouldSatisfyAllConditions(r => r.MaySpend.ShouldBeTrue(), r => r.IsBounded.ShouldBeFalse());
        (await AskAsync(new GetSpendReach(Org, narrow.Row.Id, ActorKind.Token))).MaySpend.ShouldBeFalse("its scopes hold no spending");
        (await AskAsync(new GetSpendReach(Org, own.Row.Id, ActorKind.Token))).Places.ShouldHaveSingleItem().By.ShouldBe(["workspaces:write"], "quotas are outside its scopes");
        await DoAsync(new RevokeToken(Org, own.Row.Id));
        (await AskAsync(new GetSpendReach(Org, own.Row.Id, ActorKind.Token))).MaySpend.ShouldBeFalse("it has ended");
        (await World.Portal.AskAsync(Admin, new GetSpendReach(Org, Ids.New(), ActorKind.ServiceAccount))).Problem.ShouldBe(Problem.NotFound("serviceAccount"));
        (await World.Portal.AskAsync(User, new GetSpendReach(Org, robot.Id, ActorKind.ServiceAccount))).Problem.ShouldNotBeNull().Message.ShouldContain("tokens:read");
    }

    [Fact]
    public async Task Question_IsForThoseWhoReadPeopleAndBudgets()
    {
        var sato = await PersonAsync("sato");
        (await World.Portal.AskAsync(User, new GetSpendReach(Org, sato.MemberId))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await World.Portal.AskAsync(TestPortal.Actor(BuiltInRoles.SecurityManager, Organization.Id), new GetSpendReach(Org, sato.MemberId))).Problem.ShouldNotBeNull().ShouldSatisfyAllConditions(p => p.Kind.ShouldBe(ProblemKind.Forbidden), p => p.Message.ShouldContain("budgets:read"));
        (await World.Portal.AskAsync(Stranger, new GetSpendReach(Org, sato.MemberId))).Problem.ShouldBe(Problem.NotFound("organization"));
        (await World.Portal.AskAsync(Admin, new GetSpendReach(Org, Ids.New()))).Problem.ShouldBe(Problem.NotFound("member"));
        (await AskAsync(new GetSpendReach(Org, sato.Id))).MaySpend.ShouldBeFalse("the user's id finds them, too");
    }

    private async Task<SpendReach> OfAsync(Person person) => await AskAsync(new GetSpendReach(Org, person.MemberId));

    private async Task BudgetAsync(string name, string monthly, BudgetScopeInput where, decimal? hard = null) => await DoAsync(new CreateBudget(Org, new BudgetInput(name, where, new BudgetLimitsInput(Monthly: Usd(monthly)), HardLimit: hard)));

    private static Money Usd(string amount) => new(Amount.Parse(amount), "USD");

    private Task<Person> PersonAsync(string name, string? role = BuiltInRoles.OrgUser) => BindingPeople.AddAsync(World, Organization.Id, name, role);
}
