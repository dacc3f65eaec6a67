using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Budgets;

/// <summary>The shape of <see cref="DailyCosts.ReadAsync"/>.</summary>
internal delegate Task<IReadOnlyList<DailyCost>> ReadDailyCosts(ReadScope scope, CostFilter filter, CostMetric metric, UtcRange range, CancellationToken cancellationToken);

/// <summary>Gathers what the evaluation needs; budgets that ask for the same costs share one read.</summary>
/// <param name="costs">Null = the costs slice.</param>
internal sealed class BudgetFactsReader(ReadScope scope, DateOnly? asOf = null, ReadDailyCosts? costs = null)
{
    /// <summary>Before the period: what the forecast learns from.</summary>
    private const int HistoryDays = 60;

    private readonly Dictionary<(CostFilter, CostMetric, UtcRange), IReadOnlyList<DailyCost>> _reads = [];

    /// <summary>Now, or the end of the day asked for.</summary>
    public DateTime AtUtc { get; } = asOf is { } day && day != scope.TodayUtc ? day.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddTicks(-1) : scope.NowUtc;

    public DateOnly Day => DateOnly.FromDateTime(AtUtc);

    public async Task<BudgetOutcome> EvaluateAsync(BudgetRevision revision, CancellationToken cancellationToken) =>
        BudgetEvaluation.Evaluate(PolicyOf(revision), await FactsAsync(revision, cancellationToken));

    public BudgetPolicy PolicyOf(BudgetRevision revision) => revision.ToPolicy(scope.Tenant?.FiscalYearStartMonth ?? 1);

    /// <summary>The daily costs that a revision counts, from its longest period's start (and at least the forecast's history) on.</summary>
    public async Task<BudgetFacts> FactsAsync(BudgetRevision revision, CancellationToken cancellationToken)
    {
        var policy = PolicyOf(revision);
        // The fiscal year holds all shorter periods; the same range for every budget lets them share reads.
        var year = BudgetPeriod.Of(BudgetPeriodKind.Yearly, Day, policy.FiscalYearStartMonth).From;
        var month = BudgetPeriod.Of(BudgetPeriodKind.Monthly, Day, 1).From.AddDays(-HistoryDays);
        var range = new UtcRange(year < month ? year : month, Day.AddDays(1));
        if (FilterOf(revision) is not { } filter) return new BudgetFacts(AtUtc, [], null);
        var days = await ReadAsync(filter, revision.Metric, range, cancellationToken);
        // Where the organization has data, a place without any has cost nothing; where it has none, nothing is known.
        var all = await ReadAsync(new CostFilter(), revision.Metric, range, cancellationToken);
        return new BudgetFacts(AtUtc, days, all.Count == 0 ? null : all.Max(d => d.Day));
    }

    /// <summary>Null where the cost data cannot be narrowed so yet (users): nothing is known.</summary>
    private static CostFilter? FilterOf(BudgetRevision r) => r.ScopeKind switch
    {
        BudgetScopeKind.Organization => new CostFilter(),
        BudgetScopeKind.BusinessUnit => new CostFilter(BusinessUnitId: r.ScopeId),
        BudgetScopeKind.Workspace => new CostFilter(WorkspaceId: r.ScopeId),
        BudgetScopeKind.Project => new CostFilter(ProjectId: r.ScopeId),
        BudgetScopeKind.Label => new CostFilter(Label: (r.ScopeKey ?? "", r.ScopeValue ?? "")),
        BudgetScopeKind.Environment => new CostFilter(Environment: r.ScopeValue),
        BudgetScopeKind.User => null,
        _ => throw new InvalidOperationException($"Unknown scope {r.ScopeKind}."),
    };

    private async Task<IReadOnlyList<DailyCost>> ReadAsync(CostFilter filter, CostMetric metric, UtcRange range, CancellationToken cancellationToken)
    {
        if (!_reads.TryGetValue((filter, metric, range), out var days))
            _reads[(filter, metric, range)] = days = await (costs ?? DailyCosts.ReadAsync)(scope, filter, metric, range, cancellationToken);
        return days;
    }
}
