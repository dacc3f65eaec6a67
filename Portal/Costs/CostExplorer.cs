using Hexabase.Portal.Budgets;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>What the explorer looks at, as its address says it; null periods and currencies are filled from the data.</summary>
internal sealed record CostView(UtcRange? Period, CostMetric Metric, string By, IReadOnlyList<string> Where, CostStep? Step, CostAgainst Against, string? Currency);

/// <summary>Everything the explorer shows, loaded together so that its figures belong to each other.</summary>
public sealed record CostPicture(
    UtcRange Period, UtcRange? Before, CostStep Step, string Currency, IReadOnlyList<string> Currencies, IReadOnlyList<DateOnly> Bars, IReadOnlyList<CostGroup> Groups, InvoiceTotals? Bills,
    WideAmount Unallocated, WideAmount UnallocatedBefore, UnallocatedRow? Oldest, CostForecast? Forecast, BudgetRow? Budget, IReadOnlyList<BudgetRow> Budgets, DateTime? DataAsOf, int? RuleVersion, DateOnly? RulesSince)
{
    public WideAmount Current { get; } = Groups.Select(g => g.Current).Sum();

    public WideAmount Previous { get; } = Groups.Select(g => g.Previous).Sum();

    /// <summary>True where the bills' own sums were read and are the same to the last digit; null where they cannot be compared.</summary>
    public bool? EqualsBills => Bills is null ? null : Bills.Totals.Where(t => t.Currency == Currency).Select(t => t.Amount).Sum() == Current;
}

/// <summary>Asks the queries behind the explorer.</summary>
internal sealed class CostExplorer(IPortal portal, Actor actor, string org, Tenant tenant)
{
    private static readonly string[] Unowned = ["businessUnit=", "workspace=", "project=", "costCenter="];
    private static readonly DateOnly FirstDay = new(1970, 1, 1);
    private static readonly DateOnly LastDay = new(2200, 12, 31);

    /// <summary>What was refused, if the answer is null without there being no data.</summary>
    public Problem? Problem { get; private set; }

    /// <returns>Null: no bill is there, or a problem.</returns>
    public async Task<CostPicture?> LoadAsync(CostView view, bool mayBudgets, bool mayRules, Func<string, string> word, string nameless, CancellationToken cancellationToken)
    {
        var period = view.Period ?? await LatestAsync(view.Metric, cancellationToken);
        if (period is not { } shown) return null;
        var step = view.Step ?? CostPeriods.DefaultStep(shown);
        var before = CostPeriods.Against(shown, view.Against);
        var query = new CostQuery(shown.From, shown.To, view.Metric, [view.By], CostPeriods.Asked(step), view.Where);
        if (await AskAsync(new GetCosts(org, query), cancellationToken) is not { } now) return null;
        var then = before is { } b ? await AskAsync(new GetCosts(org, query with { From = b.From, To = b.To, Granularity = CostGranularity.Total }), cancellationToken) : null;
        var currencies = now.Total.Concat(then?.Total ?? []).Select(t => t.Currency).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var currency = view.Currency is { } asked && currencies.Contains(asked) ? asked : currencies.Contains(tenant.Currency) ? tenant.Currency : currencies.FirstOrDefault() ?? tenant.Currency;
        var bars = CostPeriods.Bars(shown, step, tenant.FiscalYearStartMonth);
        var groups = CostGroups.Of(now.Rows, then?.Rows ?? [], view.By, currency, bars, d => CostPeriods.BarOf(d, step, tenant.FiscalYearStartMonth), word, nameless);

        var ofBills = view.Where.All(w => CostDimensions.Split(w) is { } filter && CostDimensions.IsOfBill(filter.Dimension));
        var bills = ofBills ? await AskAsync(new GetInvoiceTotals(org, shown.From, shown.To, view.Metric, view.Where), cancellationToken) : null;
        var unowned = new CostQuery(shown.From, shown.To, view.Metric, null, CostGranularity.Total, [.. view.Where, .. Unowned], currency);
        var unallocated = (await AskAsync(new GetCosts(org, unowned), cancellationToken))?.Total.Select(t => t.Amount).Sum() ?? WideAmount.Zero;
        var unallocatedBefore = before is { } earlier ? (await AskAsync(new GetCosts(org, unowned with { From = earlier.From, To = earlier.To }), cancellationToken))?.Total.Select(t => t.Amount).Sum() ?? WideAmount.Zero : WideAmount.Zero;
        var oldest = unallocated.IsZero ? null : (await AskAsync(new ListUnallocated(org, FirstDay, LastDay, view.Metric), cancellationToken))?.Where(r => r.Amount.Currency == currency).OrderBy(r => r.OldestDay).FirstOrDefault();
        // A filtered part has no forecast of its own, and a month that is over needs none.
        var forecast = view.Where.Count == 0 ? (await AskAsync(new GetCostForecast(org, shown.To.AddDays(-1), view.Metric, currency), cancellationToken))?.Forecast : null;
        var budgets = mayBudgets ? (await AskAsync(new ListBudgets(org, new PageRequest(PageRequest.MaxLimit), shown.To.AddDays(-1)), cancellationToken))?.Items ?? [] : [];
        var rules = mayRules && now.RuleVersion is { } version ? await AskAsync(new Allocation.GetAllocationRuleSet(org, version), cancellationToken) : null;
        return new CostPicture(
            shown, before, step, currency, currencies, bars, groups, bills, unallocated, unallocatedBefore, oldest, forecast,
            budgets.FirstOrDefault(x => x.Scope.Kind == BudgetScopeKind.Organization && x.Metric == view.Metric && x.Limits.Monthly?.Currency == currency), budgets, now.DataAsOf, now.RuleVersion, rules?.EffectiveFrom);
    }

    /// <summary>The month with the newest cost, up to its last day with data; null without any.</summary>
    private async Task<UtcRange?> LatestAsync(CostMetric metric, CancellationToken cancellationToken)
    {
        var months = await AskAsync(new GetCosts(org, new CostQuery(FirstDay, LastDay, metric, null, CostGranularity.Month)), cancellationToken);
        if (months?.Rows.Max(r => r.PeriodStart) is not { } last) return null;
        var days = await AskAsync(new GetCosts(org, new CostQuery(last, last.AddMonths(1), metric, null, CostGranularity.Day)), cancellationToken);
        return days?.Rows.Max(r => r.PeriodStart) is { } day ? CostPeriods.Latest(day) : null;
    }

    private async Task<T?> AskAsync<T>(Query<T> query, CancellationToken cancellationToken)
    {
        var result = await portal.AskAsync(actor, query, cancellationToken);
        if (result.TryGet(out var value, out var problem)) return value;
        Problem = problem;
        return default;
    }
}
