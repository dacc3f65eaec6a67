using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>One row of the explorer: what a value of the dimension cost in the period and in the one before.</summary>
/// <param name="Key">Null: unallocated, or without such a value.</param>
/// <param name="Course">Cost by bar of the chart; 0 where nothing was billed.</param>
/// <param name="Color">1 to 8; 0 for what nobody owns.</param>
public sealed record CostGroup(string? Key, string Name, IReadOnlyList<double> Course, WideAmount Current, WideAmount Previous, int Color)
{
    public WideAmount Difference => Current - Previous;

    /// <summary>Relative change; null where there was nothing before.</summary>
    public double? Ratio => Previous.IsZero ? null : Difference.ToDouble() / Math.Abs(Previous.ToDouble());

    /// <summary>For the table's place of the row; the null key has one of its own.</summary>
    public object Id => Key is null ? "\0" : "=" + Key;
}

/// <summary>Puts the rows of reports together for one dimension and currency; pure.</summary>
internal static class CostGroups
{
    public const int Colors = 8;

    /// <param name="dimension">Null: everything is one group.</param>
    /// <param name="bars">First days of the chart's bars, ascending.</param>
    /// <param name="barOf">The bar that a period of the report belongs to.</param>
    /// <param name="nameless">What people read for the null key.</param>
    /// <returns>The largest first, the null key last.</returns>
    public static IReadOnlyList<CostGroup> Of(
        IEnumerable<CostReportRow> current, IEnumerable<CostReportRow> previous, string? dimension, string currency, IReadOnlyList<DateOnly> bars, Func<DateOnly, DateOnly> barOf, Func<string, string> word, string nameless)
    {
        var places = bars.Select((bar, i) => (bar, i)).ToDictionary(b => b.bar, b => b.i);
        var sums = new Dictionary<string, (WideAmount Now, WideAmount Before, double[] Course, string? Name)>(StringComparer.Ordinal);
        (WideAmount Now, WideAmount Before, double[] Course, string? Name) At(string key) => sums.TryGetValue(key, out var found) ? found : (WideAmount.Zero, WideAmount.Zero, new double[bars.Count], null);
        foreach (var row in current.Where(r => r.Amount.Currency == currency))
        {
            var (key, name) = Key(row, dimension);
            var sum = At(key);
            if (row.PeriodStart is { } day && places.TryGetValue(barOf(day), out var i)) sum.Course[i] += row.Amount.Amount.ToDouble();
            sums[key] = (sum.Now + row.Amount.Amount, sum.Before, sum.Course, name ?? sum.Name);
        }

        foreach (var row in previous.Where(r => r.Amount.Currency == currency))
        {
            var (key, name) = Key(row, dimension);
            var sum = At(key);
            sums[key] = (sum.Now, sum.Before + row.Amount.Amount, sum.Course, name ?? sum.Name);
        }

        var ordered = sums.OrderBy(s => s.Key == "\0").ThenByDescending(s => s.Value.Now.Atto).ThenBy(s => s.Key, StringComparer.Ordinal).ToList();
        return [.. ordered.Select((s, i) => s.Key == "\0"
            ? new CostGroup(null, nameless, s.Value.Course, s.Value.Now, s.Value.Before, 0)
            : new CostGroup(s.Key[1..], s.Value.Name ?? word(s.Key[1..]), s.Value.Course, s.Value.Now, s.Value.Before, Math.Min(i + 1, Colors)))];
    }

    private static (string Key, string? Name) Key(CostReportRow row, string? dimension)
    {
        if (dimension is null) return ("=", null);
        return row.Keys[dimension] is { } key ? ("=" + key, row.KeyNames.GetValueOrDefault(dimension)) : ("\0", null);
    }

    /// <summary>For charts only; loses digits.</summary>
    public static double ToDouble(this WideAmount amount) => amount.TryNarrow(out var narrow) ? narrow.ToDouble() : (double)amount.Atto / 1e18;

    public static WideAmount Sum(this IEnumerable<WideAmount> amounts) => amounts.Aggregate(WideAmount.Zero, (sum, amount) => sum + amount);
}

/// <summary>One step of a waterfall.</summary>
public sealed record CostCause(string Name, WideAmount Difference, string? Key, bool IsRest);

/// <summary>A period-to-period difference split into the largest contributions and a rest that makes it add up exactly.</summary>
internal static class CostWaterfall
{
    public static IReadOnlyList<CostCause> Of(IReadOnlyList<CostGroup> groups, int most, string rest)
    {
        var moved = groups.Where(g => !g.Difference.IsZero).OrderByDescending(g => System.Numerics.BigInteger.Abs(g.Difference.Atto)).ThenBy(g => g.Name, StringComparer.Ordinal).ToList();
        var named = moved.Count <= most + 1 ? moved : moved.Take(most).ToList();
        var causes = named.Select(g => new CostCause(g.Name, g.Difference, g.Key, false)).ToList();
        if (moved.Count > named.Count) causes.Add(new CostCause(rest, moved.Skip(named.Count).Select(g => g.Difference).Sum(), null, true));
        return causes;
    }
}
