using System.Data.Common;
using System.Numerics;
using Hexabase.Portal.Costs.Storage;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>What one place was allocated directly in one charge month and currency, in attos: the four metrics, then ConsumedQuantity.</summary>
internal sealed record SplitBase(DateOnly Month, string Currency, Guid? WorkspaceId, Guid? ProjectId, Guid? BusinessUnitId, string? CostCenter, BigInteger[] Amounts)
{
    public static SplitBase Read(DbDataReader r) => new(
        r.Day(0), r.GetString(1), r.Id(2), r.Id(3), r.Id(4), r.Text(5), [.. Enumerable.Range(6, 5).Select(i => WideAmount.Parse(r.GetString(i)).Atto)]);

    public bool Counts(AllocationTarget target) => target.Kind switch
    {
        AllocationTargetKind.Workspace => WorkspaceId == target.Id,
        AllocationTargetKind.Project => ProjectId == target.Id,
        AllocationTargetKind.BusinessUnit => BusinessUnitId == target.Id,
        AllocationTargetKind.CostCenter => CostCenter == target.Key,
        _ => false,
    };
}

/// <summary>The weights of splits.</summary>
internal sealed class SplitShares(IReadOnlyList<SplitBase> bases)
{
    private readonly ILookup<(DateOnly, string), SplitBase> _bases = bases.ToLookup(b => (b.Month, b.Currency));
    private readonly Dictionary<(AllocationSplit, DateOnly, string, int), (IReadOnlyList<BigInteger>? Weights, string? Problem)> _known = [];

    /// <summary>The weights of the targets for a day's amount of one metric; null, with the reason, where the base cannot divide it.</summary>
    public (IReadOnlyList<BigInteger>? Weights, string? Problem) Of(AllocationSplit split, DateOnly day, string currency, int metric)
    {
        var month = split.Kind == AllocationSplitKind.Proportional ? new DateOnly(day.Year, day.Month, 1) : default;
        var key = (split, month, month == default ? "" : currency, month == default || split.ByUsage ? 0 : metric);
        if (_known.TryGetValue(key, out var known)) return known;
        return _known[key] = Make(split, month, currency, split.ByUsage ? 4 : metric);
    }

    private (IReadOnlyList<BigInteger>? Weights, string? Problem) Make(AllocationSplit split, DateOnly month, string currency, int column)
    {
        if (split.Kind == AllocationSplitKind.Even) return ([.. split.Targets.Select(_ => BigInteger.One)], null);
        if (split.Kind == AllocationSplitKind.Fixed) return (LargestRemainder.Scale(split.Weights), null);
        var weights = split.Targets.Select(t => _bases[(month, currency)].Where(b => b.Counts(t)).Aggregate(BigInteger.Zero, (sum, b) => sum + b.Amounts[column])).ToArray();
        if (weights.Any(w => w.Sign < 0)) return (null, "splitBaseNegative");
        return weights.All(w => w.IsZero) ? (null, "splitBaseZero") : (weights, null);
    }
}
