using System.Globalization;
using Hexabase.Portal.Controls;

namespace Hexabase.Portal.Budgets;

/// <summary>The burn chart's content from the course of a period.</summary>
internal static class BudgetCharts
{
    /// <param name="actual">The word for the actual line.</param>
    public static ChartData Burn(BudgetBurn burn, string actual)
    {
        var days = burn.Days;
        var hasForecast = days.Any(d => d.Forecast is not null);
        // The band begins at the last known day, so that it grows out of the line and not out of nothing.
        var last = hasForecast ? days.Count(d => d.Actual is not null) - 1 : -1;
        double? At(int i, Func<ForecastRange, Kernel.Money> pick) => days[i].Forecast is { } f ? pick(f).Amount.ToDouble() : i == last ? days[i].Actual?.Amount.ToDouble() : null;
        IReadOnlyList<double?> Line(Func<ForecastRange, Kernel.Money> pick) => [.. Enumerable.Range(0, days.Count).Select(i => At(i, pick))];
        return new ChartData(
            ChartKind.Burn, [.. days.Select(d => d.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))], [new ChartSeries(actual, 1, [.. days.Select(d => d.Actual?.Amount.ToDouble())])])
        {
            Currency = burn.Limit.Currency,
            Limit = burn.Limit.Amount.ToDouble(),
            Forecast = hasForecast ? new ChartForecast(Line(f => f.Low), Line(f => f.Mid), Line(f => f.High)) : null,
        };
    }
}
