using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Budgets;

/// <summary>Gathers what the evaluation needs; budgets that ask for the same costs share one read.</summary>
internal sealed class BudgetFactsReader(ReadScope scope, DateOnly? asOf = null)
{
    /// <summary>Before the period: what the forecast learns from.</summary>
    private const int HistoryDays = 60;

    private readonly Dictionary<(CostFilter, CostMetric, UtcRange), IReadOnlyList<DailyCost>> _reads = [];

    /// <summary>Now, or the end of the day asked for.</summary>
    public DateTime AtUtc { get; } = asOf is { } day && day != scope.TodayUtc ? day.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddTicks(-1) : scope.NowUtc;

    public DateOnly Day => DateOnly.FromDateTime(AtUtc);

    public async Task<BudgetOutcome> EvaluateAsync(BudgetRevision revision, CancellationToken cancellationToken)
    {
        var policy = revision.ToPolicy(scope.Tenant?.FiscalYearStartMonth ?? 1);
        var from = policy.Limits.Keys.Select(k => BudgetPeriod.Of(k, Day, policy.FiscalYearStartMonth).From).Append(Day.AddDays(-HistoryDays)).Min();
        var range = new UtcRange(from, Day.AddDays(1));
        if (FilterOf(revision) is not { } filter) return BudgetEvaluation.Evaluate(policy, new BudgetFacts(AtUtc, [], null));
        var days = await ReadAsync(filter, revision.Metric, range, cancellationToken);
        // Where the organization has data, a place without any has cost nothing; where it has none, nothing is known.
        var all = await ReadAsync(new CostFilter(), revision.Metric, range, cancellationToken);
        return BudgetEvaluation.Evaluate(policy, new BudgetFacts(AtUtc, days, all.Count == 0 ? null : all.Max(d => d.Day)));
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
            _reads[(filter, metric, range)] = days = await DailyCosts.ReadAsync(scope, filter, metric, range, cancellationToken);
        return days;
    }
}
