using Hexabase.Portal.Budgets;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Costs;

/// <summary>The cost explorer: one period against another, by any dimension, down to the lines.</summary>
public sealed partial class CostsPage
{
    private const int MostCauses = 5;
    private CostPicture? _picture;
    private Problem? _refused;
    private ChartData _chart = new(ChartKind.Stacked, [], []);
    private ChartData _why = new(ChartKind.Waterfall, [], []);
    private IReadOnlyList<CostCause> _causes = [];

    [SupplyParameterFromQuery(Name = "from")] public string? FromText { get; set; }

    [SupplyParameterFromQuery(Name = "to")] public string? ToText { get; set; }

    [SupplyParameterFromQuery(Name = "metric")] public string? MetricText { get; set; }

    [SupplyParameterFromQuery(Name = "by")] public string? ByText { get; set; }

    [SupplyParameterFromQuery(Name = "where")] public string[]? WhereText { get; set; }

    [SupplyParameterFromQuery(Name = "against")] public string? AgainstText { get; set; }

    [SupplyParameterFromQuery(Name = "step")] public string? StepText { get; set; }

    [SupplyParameterFromQuery(Name = "view")] public string? ViewText { get; set; }

    [SupplyParameterFromQuery(Name = "currency")] public string? CurrencyText { get; set; }

    [SupplyParameterFromQuery(Name = "lines")] public bool Lines { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Costs, LiveTopic.Budgets];

    private CostMetric Metric => CostQueryText.Metric(MetricText) ?? CostMetric.Effective;

    private string By => string.IsNullOrEmpty(ByText) ? "businessUnit" : ByText;

    private string[] Filters => WhereText ?? [];

    private CostAgainst AgainstChoice => Enum.TryParse<CostAgainst>(AgainstText, true, out var against) ? against : CostAgainst.Previous;

    private string View => ViewText is "treemap" or "heat" ? ViewText : "bars";

    private IReadOnlyList<(string, string)> Views => [("bars", T["costs.view.bars"]), ("treemap", T["costs.view.treemap"]), ("heat", T["costs.view.heat"])];

    private IReadOnlyList<(string, string)> Steps => [.. Enum.GetValues<CostStep>().Select(s => (s.ToString(), T[$"costs.step.{s}"]))];

    private string LinesUrl => Navigation.GetUriWithQueryParameter("lines", true);

    private string? NextBy => CostDimensions.Next(By, Filtered);

    private HashSet<string> Filtered => [.. Filters.Select(w => CostDimensions.Split(w)?.Dimension ?? ""), By];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (Tenant is not { } tenant) return;
        var period = CostQueryText.Day(FromText) is { } from && CostQueryText.Day(ToText) is { } to && from < to && to.DayNumber - from.DayNumber <= 4000 ? new UtcRange(from, to) : (UtcRange?)null;
        // A heat map is made of days, whatever the bars were.
        var step = View == "heat" ? CostStep.Day : Enum.TryParse<CostStep>(StepText, true, out var chosen) ? chosen : (CostStep?)null;
        var explorer = new CostExplorer(Portal, Actor, Org ?? "", tenant);
        var view = new CostView(period, Metric, By, Filters, step, AgainstChoice, CurrencyText);
        var picture = await explorer.LoadAsync(view, May(BudgetsPermissions.Read), May(CostsPermissions.ReadAllocation), v => CostDimensions.Value(T, By, v), CostDimensions.Nameless(T, By), cancellationToken);
        _refused = explorer.Problem;
        // An outage leaves what is shown; everything else shows what is there now.
        if (picture is null && _refused?.Kind == ProblemKind.Unavailable) return;
        _picture = picture;
        if (picture is not null) Draw(picture);
    }

    private void Draw(CostPicture p)
    {
        _causes = p.Before is null ? [] : CostWaterfall.Of(p.Groups, MostCauses, T["costs.others"]);
        _why = p.Before is { } before
            ? CostCharts.Waterfall(Display.Period(before.From, before.To.AddDays(-1)), p.Previous, _causes, Display.Period(p.Period.From, p.Period.To.AddDays(-1)), p.Current, p.Currency)
            : _why;
        _chart = View switch
        {
            "treemap" => CostCharts.Treemap(p.Groups, p.Currency),
            "heat" => CostCharts.Heat(p.Groups, p.Bars, p.Currency),
            _ => CostCharts.Stacked(p.Groups, p.Bars, p.Step, p.Currency, T["costs.others"], p.Forecast, BarName(p.Step)),
        };
    }

    private Func<DateOnly, string>? BarName(CostStep step) => step switch
    {
        CostStep.Quarter => Display.Quarter,
        CostStep.FiscalYear => Display.Year,
        _ => null,
    };

    private WideMoney Money(WideAmount amount) => new(amount, _picture?.Currency ?? "");

    private static Amount? Narrow(WideAmount amount) => amount.TryNarrow(out var narrow) ? narrow : null;

    private static double? Ratio(WideAmount now, WideAmount before) => before.IsZero ? null : (now - before).ToDouble() / Math.Abs(before.ToDouble());

    private BudgetRow? BudgetOf(CostGroup group) => By is "businessUnit" or "workspace" or "project" && group.Key is { } slug
        ? _picture?.Budgets.FirstOrDefault(b => b.Scope.Slug == slug && b.Scope.Kind.ToString().Equals(By, StringComparison.OrdinalIgnoreCase))
        : null;

    private string ExportUrl(string format) => _picture is not { } p
        ? ""
        : $"/api/v1/organizations/{Org}/costs/export?{CostQueryText.Write(new CostQuery(p.Period.From, p.Period.To, Metric, [By], CostPeriods.Asked(p.Step), Filters, p.Currency))}&format={format}";

    // A click narrows to the value and asks the next question; where none is left, the lines come.
    private void Drill(CostGroup group)
    {
        var next = NextBy;
        Go(new Dictionary<string, object?> { ["where"] = Filters.Append($"{By}={group.Key}").Distinct(StringComparer.Ordinal).ToArray(), ["by"] = next ?? By, ["lines"] = next is null ? true : null });
    }

    private void Go(string name, object? value) => Go(new Dictionary<string, object?> { [name] = value });

    private void Go(IReadOnlyDictionary<string, object?> values) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(values));
}
