using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Budgets;

/// <summary>Raises alerts inside the transaction of whatever changed the facts: an import, a changed budget, the daily watch.</summary>
public static class BudgetAlerts
{
    /// <summary>Evaluates every budget of the scope's organization and adds the alerts that are new; the caller's commit saves them.</summary>
    /// <returns>How many are new.</returns>
    public static Task<int> EvaluateAsync(WriteScope scope, CancellationToken cancellationToken) => EvaluateAsync(scope, new BudgetFactsReader(scope), cancellationToken);

    internal static async Task<int> EvaluateAsync(WriteScope scope, BudgetFactsReader reader, CancellationToken cancellationToken)
    {
        var budgets = await scope.Db.Set<Budget>().AsNoTracking().ToListAsync(cancellationToken);
        var history = (await scope.Db.Set<BudgetRevision>().AsNoTracking().ToListAsync(cancellationToken)).ToLookup(r => r.BudgetId);
        var current = new List<(Budget, BudgetRevision)>();
        foreach (var budget in budgets)
        {
            if (BudgetRevision.On(history[budget.Id], scope.TodayUtc) is { } revision) current.Add((budget, revision));
            // Costs have changed, and with them where the budget stands.
            scope.Touch(LiveTopic.Budgets, budget.Id, budget.Version);
        }

        return await RaiseAsync(scope, current, reader, cancellationToken);
    }

    internal static async Task<int> RaiseAsync(WriteScope scope, IReadOnlyList<(Budget Budget, BudgetRevision Revision)> budgets, BudgetFactsReader reader, CancellationToken cancellationToken)
    {
        var ids = budgets.Select(b => b.Budget.Id).ToList();
        var raised = (await scope.Db.Set<BudgetAlert>().AsNoTracking().Where(a => ids.Contains(a.BudgetId)).Select(a => new { a.BudgetId, a.PeriodKind, a.PeriodStart, a.Threshold, a.OnForecast }).ToListAsync(cancellationToken))
            .Select(a => (a.BudgetId, a.PeriodKind, a.PeriodStart, a.Threshold, a.OnForecast)).ToHashSet();
        var count = 0;
        foreach (var (budget, revision) in budgets)
        {
            var outcome = await reader.EvaluateAsync(revision, cancellationToken);
            foreach (var period in outcome.Periods)
            {
                foreach (var reached in period.Reached)
                {
                    if (!raised.Add((budget.Id, period.Kind, period.Start, reached.Threshold, reached.OnForecast))) continue;
                    scope.Db.Add(Alert(scope, budget, period, reached));
                    count++;
                }
            }
        }

        return count;
    }

    private static BudgetAlert Alert(WriteScope scope, Budget budget, BudgetPeriodStatus period, ReachedThreshold reached)
    {
        var amount = reached.OnForecast ? period.Forecast?.Mid : period.Actual;
        return new BudgetAlert
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, BudgetId = budget.Id, PeriodKind = period.Kind, PeriodStart = period.Start, Threshold = reached.Threshold,
            OnForecast = reached.OnForecast, Amount = (amount ?? Money.Zero(period.Limit.Currency)).Amount.Round(10).ToDecimal(), Limit = period.Limit.Amount.ToDecimal(),
            Currency = period.Limit.Currency, RaisedAtUtc = scope.NowUtc,
        };
    }
}

/// <summary>Evaluates every budget of an organization and raises what is new; sent by the portal itself each day.</summary>
public sealed record EvaluateBudgets(string Org) : Command<int>
{
    public override string Action => "budget.evaluate";

    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Write;

    public override async Task<Result<int>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var raised = await BudgetAlerts.EvaluateAsync(scope, cancellationToken);
        scope.Audit("organization", scope.OrganizationId, scope.Tenant?.Name ?? "", newValue: new { alertsRaised = raised });
        return raised;
    }
}

/// <summary>An alert as people and programs see it.</summary>
public sealed record BudgetAlertRow(
    Guid Id, Guid BudgetId, string Budget, string BudgetName, BudgetPeriodKind PeriodKind, DateOnly PeriodStart, decimal Threshold, bool OnForecast, Money Amount, Money Limit,
    DateTime RaisedAtUtc, string? AcknowledgedBy, DateTime? AcknowledgedAtUtc, long Version)
{
    internal static BudgetAlertRow Of(BudgetAlert a, Budget b, long version) => new(
        a.Id, a.BudgetId, b.Slug, b.Name, a.PeriodKind, a.PeriodStart, decimal.Round(a.Threshold, 4), a.OnForecast, new Money(Kernel.Amount.FromDecimal(a.Amount), a.Currency),
        new Money(Kernel.Amount.FromDecimal(a.Limit), a.Currency), a.RaisedAtUtc, a.AcknowledgedBy, a.AcknowledgedAtUtc, version);
}

/// <summary>Alerts, newest first (sort -raisedAt; raisedAt reverses).</summary>
/// <param name="Budget">Id or slug; null = all.</param>
/// <param name="OpenOnly">Leave out what somebody has acknowledged.</param>
public sealed record ListBudgetAlerts(string Org, PageRequest Page, string? Budget = null, bool OpenOnly = false) : SharedQuery<Paged<BudgetAlertRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Read;

    public override async Task<Result<Paged<BudgetAlertRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var alerts = scope.Db.Set<BudgetAlert>().AsQueryable();
        if (OpenOnly) alerts = alerts.Where(a => a.AcknowledgedAtUtc == null);
        if (!string.IsNullOrEmpty(Budget))
        {
            var id = await BudgetLookup.Find(scope, Budget).Select(b => (Guid?)b.Id).SingleOrDefaultAsync(cancellationToken);
            if (id is null) return Problem.NotFound("budget");
            alerts = alerts.Where(a => a.BudgetId == id);
        }

        var request = string.IsNullOrEmpty(Page.Sort) ? Page with { Sort = "-raisedAt" } : Page;
        if (!(await KeyedList.PageAsync(alerts, request, a => a.Id, [new("raisedAt", (BudgetAlert a) => a.RaisedAtUtc)], cancellationToken)).TryGet(out var page, out var problem)) return problem;
        var ids = page.Items.Select(a => a.BudgetId).ToHashSet();
        var budgets = await scope.Db.Set<Budget>().Where(b => ids.Contains(b.Id)).ToDictionaryAsync(b => b.Id, cancellationToken);
        return new Paged<BudgetAlertRow>([.. page.Items.Select(a => BudgetAlertRow.Of(a, budgets[a.BudgetId], a.Version))], page.NextCursor);
    }
}

/// <summary>Somebody has seen the alert and takes it from the queue.</summary>
public sealed record AcknowledgeBudgetAlert(string Org, Guid Alert, long? ExpectedVersion = null) : Command<BudgetAlertRow>
{
    public override string Action => "budgetAlert.acknowledge";

    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Write;

    public override async Task<Result<BudgetAlertRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var alert = await scope.Db.Set<BudgetAlert>().SingleOrDefaultAsync(a => a.Id == Alert, cancellationToken);
        if (alert is null) return Problem.NotFound("budgetAlert");
        var budget = await scope.Db.Set<Budget>().AsNoTracking().SingleAsync(b => b.Id == alert.BudgetId, cancellationToken);
        scope.Audit("budgetAlert", alert.Id, budget.Name);
        if (ExpectedVersion is { } expected && expected != alert.Version) return Problem.Stale("budgetAlert", alert.Version);
        if (alert.AcknowledgedAtUtc is not null) return Problem.Conflict("budgetAlert.acknowledged", "Somebody has acknowledged the alert already.");
        alert.AcknowledgedBy = scope.Actor.Name.Length > 300 ? scope.Actor.Name[..300] : scope.Actor.Name;
        alert.AcknowledgedAtUtc = scope.NowUtc;
        var version = NextVersion.Of(scope, alert);
        scope.Touch(LiveTopic.Budgets, budget.Id, budget.Version);
        return BudgetAlertRow.Of(alert, budget, version);
    }
}
