using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Budgets;

public sealed class BudgetAlertsTest(TestServer server) : OrganizationWorld(server)
{
    /// <summary>What an import does in its own commit, with known costs: so much on each of the last ten days.</summary>
    private sealed record KnownCosts(string Org, decimal Daily) : Command<int>
    {
        public override string Action => "test.import";

        public override string OrganizationKey => Org;

        public override Permission? Permission => BudgetsPermissions.Write;

        public override Task<Result<int>> HandleAsync(WriteScope scope, CancellationToken cancellationToken) => RaiseAsync(scope, cancellationToken);

        private async Task<Result<int>> RaiseAsync(WriteScope scope, CancellationToken cancellationToken)
        {
            IReadOnlyList<DailyCost> days = [.. Enumerable.Range(0, 10).Select(i => new DailyCost(scope.TodayUtc.AddDays(-i), new Money(Amount.FromDecimal(Daily), "USD")))];
            return await BudgetAlerts.EvaluateAsync(scope, new BudgetFactsReader(scope, null, (_, _, _, _, _) => Task.FromResult(days)), cancellationToken);
        }
    }

    private Task<BudgetRow> BudgetAsync() => DoAsync(new CreateBudget(Org, new BudgetInput(
        "Daily", new BudgetScopeInput(Organization: Org), new BudgetLimitsInput(Daily: new Money(Amount.FromInteger(100), "USD")), null, [0.8m, 1m], [])));

    [Fact]
    public async Task Threshold_IsRaisedExactlyOnce_EvenAtTheSameMoment()
    {
        await BudgetAsync();
        (await DoAsync(new KnownCosts(Org, 10))).ShouldBe(0);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => World.Portal.SendAsync(Admin, new KnownCosts(Org, 85))));

        var alert = (await AskAsync(new ListBudgetAlerts(Org, new PageRequest()))).Items.ShouldHaveSingleItem();
        alert.ShouldSatisfyAllConditions(a => a.Threshold.ShouldBe(0.8m), a => a.Amount.ToString().ShouldBe("85 USD"), a => a.OnForecast.ShouldBeFalse(), a => a.Budget.ShouldBe("daily"));
        (await DoAsync(new KnownCosts(Org, 120))).ShouldBe(1);
        (await AskAsync(new ListBudgetAlerts(Org, new PageRequest(1)))).NextCursor.ShouldNotBeNull();
    }

    [Fact]
    public async Task Acknowledged_LeavesTheQueue_Once()
    {
        await BudgetAsync();
        await DoAsync(new KnownCosts(Org, 85));
        var alert = (await AskAsync(new ListBudgetAlerts(Org, new PageRequest(), OpenOnly: true))).Items.ShouldHaveSingleItem();

        (await RefusedAsync(new AcknowledgeBudgetAlert(Org, alert.Id, 7))).Code.ShouldBe("version.stale");
        (await DoAsync(new AcknowledgeBudgetAlert(Org, alert.Id, alert.Version))).AcknowledgedBy.ShouldBe(Admin.Name);

        (await AuditOfAsync("budgetAlert.acknowledge")).NewValue.ShouldNotBeNull().ShouldContain("acknowledgedBy");
        (await AskAsync(new ListBudgetAlerts(Org, new PageRequest(), OpenOnly: true))).Items.ShouldBeEmpty();
        (await RefusedAsync(new AcknowledgeBudgetAlert(Org, alert.Id))).Code.ShouldBe("budgetAlert.acknowledged");
        await DoAsync(new DeleteBudget(Org, "daily"));
    }

    [Fact]
    public async Task Watch_EvaluatesOrganizationsThatHaveBudgets()
    {
        await BudgetAsync();
        using var watch = new BudgetWatch(World.Portal, TimeProvider.System, NullLogger<BudgetWatch>.Instance);
        (await watch.EvaluateAllAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await AuditOfAsync("budget.evaluate")).ActorName.ShouldBe("system:budgets");
    }
}
