using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Budgets;

/// <summary>
/// Cost at the end of a period: what is known to the last day with data, plus an expectation for each day after it. With four weeks of history or more a
/// day is expected to cost the median of its weekday over the last eight weeks; with less, the winsorized mean of all days. Both ignore one-time charges. The 80 %
/// range comes from the scatter of the days around their expectation, widened by the uncertainty of the expectation itself.
/// </summary>
internal sealed class CostProjection
{
    private const int MinDays = 3;
    private const int SeasonalDays = 28;
    private const int WindowDays = 56;

    /// <summary>Half the width of the middle 80 % of a normal distribution, in standard deviations.</summary>
    private const double Z80 = 1.2815515655446004;

    /// <summary>Less scatter than this share of the daily level is luck.</summary>
    private const double LeastScatter = 0.02;

    private readonly DateOnly _firstRemaining;
    private readonly IReadOnlyList<Amount> _cumulative;

    private CostProjection(Amount low, Amount mid, Amount high, DateOnly firstRemaining, IReadOnlyList<Amount> cumulative)
    {
        (Low, Mid, High) = (low, mid, high);
        _firstRemaining = firstRemaining;
        _cumulative = cumulative;
    }

    public Amount Low { get; }

    public Amount Mid { get; }

    public Amount High { get; }

    /// <summary>The first remaining day on which the expected sum reaches the limit.</summary>
    public DateOnly? FirstDayAtOrAbove(Amount limit)
    {
        for (var i = 0; i < _cumulative.Count; i++)
        {
            if (_cumulative[i] >= limit) return _firstRemaining.AddDays(i);
        }

        return null;
    }

    /// <param name="days">Cost by day; days without entry between the first and <paramref name="through"/> cost nothing.</param>
    /// <param name="through">The last day with data.</param>
    /// <param name="range">The period.</param>
    /// <param name="actual">The period's cost so far.</param>
    /// <returns>Null with less than three days of history, unless the period is complete.</returns>
    public static CostProjection? Of(SortedDictionary<DateOnly, Amount> days, DateOnly through, UtcRange range, Amount actual)
    {
        var first = through >= range.From ? through.AddDays(1) : range.From;
        var remaining = range.To.DayNumber - first.DayNumber;
        if (remaining <= 0) return new CostProjection(actual, actual, actual, range.To, []);
        var history = History(days, through);
        if (history.Count < MinDays) return null;
        var expected = Expectation(history);
        var scatter = Scatter(history, expected);
        // Costs that never were negative do not become so.
        var neverNegative = history.TrueForAll(d => d.Cost >= 0);
        var sum = 0.0;
        var cumulative = new List<Amount>(remaining);
        for (var i = 0; i < remaining; i++)
        {
            var day = expected(first.AddDays(i).DayOfWeek);
            sum += neverNegative ? Math.Max(0, day) : day;
            cumulative.Add(Plus(actual, sum));
        }

        var deviation = scatter * Math.Sqrt(remaining + ((double)remaining * remaining / history.Count));
        var floor = neverNegative ? actual : actual.Sign >= 0 ? Amount.Zero : (Amount?)null;
        Amount Floored(Amount amount) => floor is { } least && amount < least ? least : amount;
        return new CostProjection(Floored(Plus(actual, sum - (Z80 * deviation))), Floored(Plus(actual, sum)), Floored(Plus(actual, sum + (Z80 * deviation))), first, cumulative);
    }

    private static List<(DateOnly Day, double Cost)> History(SortedDictionary<DateOnly, Amount> days, DateOnly through)
    {
        var from = through.AddDays(1 - WindowDays);
        var history = new List<(DateOnly, double)>(WindowDays);
        var begun = false;
        for (var day = from; day <= through; day = day.AddDays(1))
        {
            begun = begun || days.ContainsKey(day) || (day == from && days.Keys.FirstOrDefault(DateOnly.MaxValue) < from);
            if (begun) history.Add((day, days.GetValueOrDefault(day).ToDouble()));
        }

        return history;
    }

    private static Func<DayOfWeek, double> Expectation(List<(DateOnly Day, double Cost)> history)
    {
        if (history.Count < SeasonalDays)
        {
            var level = WinsorizedMean([.. history.Select(d => d.Cost)]);
            return _ => level;
        }

        var weekdays = history.GroupBy(d => d.Day.DayOfWeek).ToDictionary(g => g.Key, g => Median([.. g.Select(d => d.Cost)]));
        return weekday => weekdays[weekday];
    }

    private static double Scatter(List<(DateOnly Day, double Cost)> history, Func<DayOfWeek, double> expected)
    {
        double[] residuals = [.. history.Select(d => d.Cost - expected(d.Day.DayOfWeek))];
        var center = Median(residuals);
        var robust = 1.4826 * Median([.. residuals.Select(r => Math.Abs(r - center))]);
        var clipped = Winsorized(residuals);
        var mean = clipped.Average();
        var deviation = Math.Sqrt(clipped.Sum(r => (r - mean) * (r - mean)) / Math.Max(1, clipped.Length - 1));
        var level = Math.Abs(WinsorizedMean([.. history.Select(d => d.Cost)]));
        // A handful of days knows little of its own scatter.
        var few = history.Count < 7 ? 2.0 : 1.0;
        return few * Math.Max(Math.Max(robust, deviation), LeastScatter * level);
    }

    internal static double Median(double[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    /// <summary>The mean after the outermost tenth on each side (at least one value) is pulled in to its neighbour.</summary>
    internal static double WinsorizedMean(double[] values) => Winsorized(values).Average();

    private static double[] Winsorized(double[] values)
    {
        double[] sorted = [.. values.Order()];
        var cut = Math.Min((sorted.Length - 1) / 2, Math.Max(1, sorted.Length / 10));
        for (var i = 0; i < cut; i++)
        {
            sorted[i] = sorted[cut];
            sorted[^(i + 1)] = sorted[^(cut + 1)];
        }

        return sorted;
    }

    // An estimate needs no more than six decimals; the known part stays exact.
    private static Amount Plus(Amount actual, double estimate)
    {
        var added = actual + Amount.FromDecimal(decimal.Round((decimal)Math.Clamp(estimate, -1e18, 1e18), 6));
        return added;
    }
}
