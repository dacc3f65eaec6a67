using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Budgets;

/// <summary>A budget that is removed while somebody changes it.</summary>
public sealed class BudgetRaceTest(TestServer server) : OrganizationWorld(server)
{
    private static BudgetInput Input(string name) => new(name, new BudgetScopeInput(Organization: "aoyama-financial-group"), new BudgetLimitsInput(Monthly: new Money(Amount.FromInteger(100), "USD")));

    /// <summary>The change as it runs when the removal commits between what it reads and what it writes.</summary>
    private sealed record ChangeOvertaken(string Org, string Budget, Func<Task> Meanwhile) : Command<BudgetRow>
    {
        public override string Action => "test.changeOvertaken";

        public override string OrganizationKey => Org;

        public override Permission? Permission => BudgetsPermissions.Write;

        public override async Task<Result<BudgetRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
        {
            // From tomorrow on: a row that stands on the budget's.
            var result = await new ChangeBudget(Org, Budget, Input("Changed"), scope.TodayUtc.AddDays(1)).HandleAsync(scope, cancellationToken);
            await Meanwhile();
            return result;
        }
    }

    [Fact]
    public async Task RemovedMeanwhile_IsAnsweredAsMissing()
    {
        var budget = await DoAsync(new CreateBudget(Org, Input("Short-lived")));
        var removed = false;

        var refusal = await RefusedAsync(new ChangeOvertaken(Org, budget.Slug, async () =>
        {
            if (removed) return;
            removed = true;
            await DoAsync(new DeleteBudget(Org, budget.Slug));
        }), Admin);

        refusal.ShouldBe(Problem.NotFound("budget"));
        (await AuditOfAsync("budget.delete")).ShouldNotBeNull();
    }

    [Fact]
    public async Task ChangedAndRemovedAtOnce_IsAnswered_WhoeverComesFirst()
    {
        for (var round = 0; round < 15; round++)
        {
            var budget = await DoAsync(new CreateBudget(Org, Input($"Round {round}")));
            var changes = Enumerable.Range(0, 5).Select(i => World.Portal.SendAsync(Admin, new ChangeBudget(Org, budget.Slug, Input($"Round {round}"), DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(i))));
            var removal = World.Portal.SendAsync(Admin, new DeleteBudget(Org, budget.Slug));
            foreach (var change in await Task.WhenAll(changes)) (change.Problem?.Kind).ShouldBeOneOf(null, ProblemKind.NotFound, ProblemKind.Conflict);
            (await removal).Problem?.Kind.ShouldBe(ProblemKind.Conflict);
        }
    }
}
