using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Budgets;

public sealed class BudgetsTest(TestServer server) : OrganizationWorld(server)
{
    private static Money Usd(string amount) => new(Amount.Parse(amount), "USD");

    private BudgetInput Input(string name = "All", string monthly = "1000.50", BudgetScopeInput? scope = null) =>
        new(name, scope ?? new BudgetScopeInput(Organization: Org), new BudgetLimitsInput(Monthly: Usd(monthly)), "billed", [1m, 0.8m], SoftLimit: 0.9m, HardLimit: 1m, Recipients: ["finance@example.test"]);

    [Fact]
    public async Task Create_ReadsBackExactly_AndIsAudited()
    {
        var created = await DoAsync(new CreateBudget(Org, Input()));

        var read = await AskAsync(new GetBudget(Org, "all"));
        read.Limits.Monthly.ShouldBe(Usd("1000.5"));
        read.ShouldSatisfyAllConditions(
            b => b.Id.ShouldBe(created.Id), b => b.Thresholds.ShouldBe([0.8m, 1m]), b => b.ForecastThresholds.ShouldBe([1m]), b => b.GraceHours.ShouldBe(24),
            b => b.Scope.Kind.ShouldBe(BudgetScopeKind.Organization), b => b.Scope.Slug.ShouldBe(Org), b => b.Recipients.ShouldBe(["finance@example.test"]));
        var entry = await AuditOfAsync("budget.create");
        entry.OldValue.ShouldBeNull();
        entry.NewValue.ShouldNotBeNull().ShouldContain("\"monthly\":\"1000.5\"");
        (await AskAsync(new GetBudgetStatus(Org, "all"))).State.ShouldBe(BudgetState.NoData);
        (await AskAsync(new ListBudgets(Org, new PageRequest()))).Items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(b => b.Status!.State.ShouldBe(BudgetState.NoData), b => b.Nearness.ShouldBeNull());
    }

    [Fact]
    public async Task Change_ReplacesFromItsDayOn_AndThePastStays()
    {
        await DoAsync(new CreateBudget(Org, Input()));
        var tomorrow = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(1);

        var changed = await DoAsync(new ChangeBudget(Org, "all", Input(monthly: "2000"), tomorrow, 1));

        changed.Version.ShouldBe(2);
        (await AskAsync(new GetBudget(Org, "all"))).ShouldSatisfyAllConditions(b => b.Limits.Monthly.ShouldBe(Usd("1000.5")), b => b.Version.ShouldBe(2));
        (await AskAsync(new GetBudget(Org, "all", tomorrow))).Limits.Monthly.ShouldBe(Usd("2000"));
        (await AskAsync(new GetBudgetStatus(Org, "all", tomorrow))).Periods.ShouldHaveSingleItem().Limit.ShouldBe(Usd("2000"));
        (await AuditOfAsync("budget.change")).ShouldSatisfyAllConditions(e => e.OldValue.ShouldNotBeNull().ShouldContain("\"1000.5\""), e => e.NewValue.ShouldNotBeNull().ShouldContain("\"2000\""));
        (await RefusedAsync(new ChangeBudget(Org, "all", Input(), ExpectedVersion: 1))).Code.ShouldBe("version.stale");
        (await RefusedAsync(new DeleteBudget(Org, "all", 1))).Code.ShouldBe("version.stale");
        await DoAsync(new DeleteBudget(Org, "all", 2));
        (await AuditOfAsync("budget.delete")).OldValue.ShouldNotBeNull().ShouldContain("\"name\":\"All\"");
        (await AskAsync(new ListBudgets(Org, new PageRequest()))).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Scopes_ResolveIdsAndSlugs()
    {
        var unit = await UnitAsync("Finance");
        var workspace = await WorkspaceAsync("Desk", "finance");
        foreach (var (scope, id) in new (BudgetScopeInput, Guid?)[]
        {
            (new(BusinessUnit: "finance"), unit.Id), (new(Workspace: workspace.Id.ToString()), workspace.Id), (new(Label: new("team", "red")), null), (new(Environment: "production"), null), (new(User: "sato@example.test"), null),
        })
        {
            (await DoAsync(new CreateBudget(Org, Input("B", scope: scope)))).Scope.Id.ShouldBe(id);
        }

        (await AskAsync(new ListBudgets(Org, new PageRequest(2)))).ShouldSatisfyAllConditions(p => p.Items.Count.ShouldBe(2), p => p.NextCursor.ShouldNotBeNull());
        (await RefusedAsync(new CreateBudget(Org, Input(scope: new(Workspace: "nowhere"))))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Field.ShouldBe("scope.workspace");
        (await RefusedAsync(new CreateBudget(Org, Input(scope: new(Workspace: "desk", BusinessUnit: "finance"))))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("budget.scope.one");
    }

    [Fact]
    public async Task BadInputRolesAndStrangers_AreRefused()
    {
        var bad = new BudgetInput("", new BudgetScopeInput(Organization: Org), new BudgetLimitsInput(Monthly: Usd("-1"), Yearly: new Money(Amount.Parse("1"), "XXQ")), "made-up", [0.8m, 0.8m], [11m], 0.9m, 0.5m, -1);
        var problem = await RefusedAsync(new CreateBudget(Org, bad));
        problem.Kind.ShouldBe(ProblemKind.Refused);
        problem.Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(["name", "metric", "limits.monthly", "limits.yearly", "thresholds", "forecastThresholds", "hardLimit", "graceHours"]);
        await DoAsync(new CreateBudget(Org, Input()));
        await GuardedAsync(new CreateBudget(Org, Input()));
        await GuardedAsync(new ChangeBudget(Org, "all", Input()));
        await GuardedAsync(new DeleteBudget(Org, "all"));
        await GuardedAsync(new EvaluateBudgets(Org));
        await GuardedAsync(new AcknowledgeBudgetAlert(Org, Ids.New()));
        (await RefusedAsync(new AcknowledgeBudgetAlert(Org, Ids.New()))).Kind.ShouldBe(ProblemKind.NotFound);
    }

    [Fact]
    public async Task Evaluation_BySystem_IsAudited()
    {
        await DoAsync(new CreateBudget(Org, Input()));
        (await World.Portal.SendAsync(Actor.System("budgets"), new EvaluateBudgets(Org))).Value.ShouldBe(0);
        (await AuditOfAsync("budget.evaluate")).NewValue.ShouldBe("""{"alertsRaised":0}""");
        (await AskAsync(new ListBudgetAlerts(Org, new PageRequest(), "all", true))).Items.ShouldBeEmpty();
    }
}
