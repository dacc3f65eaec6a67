using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Budgets;

/// <summary>Budgets as a file: one row a period, with where it stands.</summary>
internal static class BudgetFiles
{
    public static readonly ListFile<BudgetRow> Budgets = new(
        "budgets",
        [
            "slug", "name", "scope", "place", "placeName", "state", "metric", "period", "from", "through", "currency", ListCell.Number("limit"), ListCell.Number("actual"), ListCell.Number("used"),
            ListCell.Number("forecastLow"), ListCell.Number("forecast"), ListCell.Number("forecastHigh"), "breachDate", "dataThrough", "id",
        ],
        Rows);

    private static IEnumerable<IReadOnlyList<string?>> Rows(BudgetRow b) => (b.Status?.Periods ?? []).Select(p => (IReadOnlyList<string?>)
    [
        b.Slug, b.Name, Words.Of(b.Scope.Kind), b.Scope.Key is { } key ? $"{key}={b.Scope.Value}" : b.Scope.Slug ?? b.Scope.Value, b.Scope.Name, b.Status is { } status ? Words.Of(status.State) : null,
        Words.Of(b.Metric), Words.Of(p.Kind), ListCell.Day(p.Start), ListCell.Day(p.End.AddDays(-1)), p.Limit.Currency, ListCell.Of(p.Limit.Amount), ListCell.Of(p.Actual?.Amount), ListCell.Of(p.Used),
        ListCell.Of(p.Forecast?.Low.Amount), ListCell.Of(p.Forecast?.Mid.Amount), ListCell.Of(p.Forecast?.High.Amount), p.BreachDate is { } breach ? ListCell.Day(breach) : null,
        p.DataThrough is { } through ? ListCell.Day(through) : null, b.Id.ToString(),
    ]);
}
