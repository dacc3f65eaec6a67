using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>Cost by UTC charge day, from the roll-ups.</summary>
public static class DailyCosts
{
    /// <summary>One row per day and currency that has cost under the filter, by day; days without cost have no row.</summary>
    public static Task<IReadOnlyList<DailyCost>> ReadAsync(ReadScope scope, CostFilter filter, CostMetric metric, UtcRange range, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DailyCost>>([]);
}
