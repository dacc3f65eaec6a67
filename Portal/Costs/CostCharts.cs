using Hexabase.Portal.Budgets;
using Hexabase.Portal.Controls;

namespace Hexabase.Portal.Costs;

/// <summary>What the explorer's charts show; pure.</summary>
internal static class CostCharts
{
    /// <summary>The largest groups by name, the others together, what nobody owns in grey on top.</summary>
    /// <param name="label">Names a bar where days and months do not; null: the machine's form, which the browser puts into words.</param>
    /// <param name="forecast">Days after the last one with data; only for bars of a day.</param>
    public static ChartData Stacked(IReadOnlyList<CostGroup> groups, IReadOnlyList<DateOnly> bars, CostStep step, string currency, string others, CostForecast? forecast, Func<DateOnly, string>? label = null)
    {
        var owned = groups.Where(g => g.Key is not null).ToList();
        var shown = owned.Count <= CostGroups.Colors ? owned : owned.Take(CostGroups.Colors - 1).ToList();
        var more = step == CostStep.Day && forecast is not null ? forecast.Days.Where(d => bars.Count == 0 || d.Day > bars[^1]).ToList() : [];
        IReadOnlyList<double?> Padded(IEnumerable<double> values) => [.. values.Select(v => (double?)v), .. more.Select(_ => (double?)null)];
        var series = shown.Select(g => new ChartSeries(g.Name, g.Color, Padded(g.Course))).ToList();
        if (owned.Count > shown.Count)
        {
            var rest = owned.Skip(shown.Count).ToList();
            series.Add(new ChartSeries(others, CostGroups.Colors, Padded(bars.Select((_, i) => rest.Sum(g => g.Course[i])))));
        }

        series.AddRange(groups.Where(g => g.Key is null).Select(g => new ChartSeries(g.Name, 0, Padded(g.Course))));
        var labels = bars.Select(b => label?.Invoke(b) ?? CostPeriods.Label(b, step)).Concat(more.Select(d => CostPeriods.Label(d.Day, step))).ToList();
        return new ChartData(ChartKind.Stacked, labels, series)
        {
            Currency = currency,
            Forecast = more.Count == 0 ? null : new ChartForecast(Band(f => f.Low), Band(f => f.Mid), Band(f => f.High)),
        };

        IReadOnlyList<double?> Band(Func<ForecastRange, Kernel.Money> pick) => [.. bars.Select(_ => (double?)null), .. more.Select(d => (double?)pick(d.Expected).Amount.ToDouble())];
    }

    /// <summary>Areas cannot be negative: credits are left out here and stand in the table.</summary>
    public static ChartData Treemap(IReadOnlyList<CostGroup> groups, string currency)
    {
        var shown = groups.Where(g => g.Current.Sign > 0).ToList();
        return new ChartData(ChartKind.Treemap, [.. shown.Select(g => g.Name)], [new ChartSeries("", 1, [.. shown.Select(g => (double?)g.Current.ToDouble())])]) { Currency = currency, Colors = [.. shown.Select(g => g.Color)] };
    }

    public static ChartData Heat(IReadOnlyList<CostGroup> groups, IReadOnlyList<DateOnly> days, string currency) =>
        new(ChartKind.Heat, [.. days.Select(d => CostPeriods.Label(d, CostStep.Day))], [new ChartSeries("", 1, [.. days.Select((_, i) => (double?)groups.Sum(g => g.Course[i]))])]) { Currency = currency };

    public static ChartData Waterfall(string before, WideAmount previous, IReadOnlyList<CostCause> causes, string now, WideAmount current, string currency) =>
        new(ChartKind.Waterfall, [before, .. causes.Select(c => c.Name), now],
            [new ChartSeries("", 1, [previous.ToDouble(), .. causes.Select(c => (double?)c.Difference.ToDouble()), current.ToDouble()])]) { Currency = currency };
}
