using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Budgets;

/// <summary>One budget: how its period is used up, what was agreed when, and who is told.</summary>
public sealed partial class BudgetPage
{
    private ConfirmDialog? _confirm;
    private BudgetRow? _row;
    private BudgetOutcome? _status;
    private BudgetBurn? _burn;
    private ChartData? _chart;
    private IReadOnlyList<BudgetRow> _revisions = [];
    private Problem? _refused;

    [Parameter] public string Budget { get; set; } = "";

    [SupplyParameterFromQuery(Name = "asOf")] public string? AsOf { get; set; }

    [SupplyParameterFromQuery(Name = "period")] public string? PeriodWord { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Budgets, LiveTopic.Costs];

    private DateOnly? AsOfDay => CostQueryText.Day(AsOf);

    private DateOnly Day => AsOfDay ?? DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);

    private BudgetPeriodStatus? Period => _status?.Periods.FirstOrDefault(p => p.Kind == _burn?.Kind);

    private IReadOnlyList<(string, string)> PeriodOptions => [.. (_status?.Periods ?? []).Select(p => (Words.Of(p.Kind), T[BudgetWords.Period(p.Kind)]))];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var org = Org ?? "";
        var row = await AskAsync(new GetBudget(org, Budget, AsOfDay));
        if (row is null)
        {
            // Removed while it was looked at, or never there.
            if (Problem?.Kind == ProblemKind.NotFound) _row = null;
            return;
        }

        _row = row;
        _status = await AskAsync(new GetBudgetStatus(org, Budget, AsOfDay));
        _burn = await AskAsync(new GetBudgetBurn(org, Budget, PeriodWord, AsOfDay));
        if (_burn is not null) _chart = BudgetCharts.Burn(_burn, T["controls.chart.actual"]);
        _revisions = await AskAsync(new ListBudgetRevisions(org, Budget)) ?? [];
    }

    private IEnumerable<(string Key, string Title, string Note, Tone Tone, string Word)> Steps(BudgetPeriodStatus p)
    {
        var row = _row ?? throw new InvalidOperationException("No budget is shown.");
        var all = row.Thresholds.Select(t => (Key: $"a{t}", Ratio: t, Words: "budgets.step.actual", Forecast: false))
            .Concat(row.ForecastThresholds.Select(t => (Key: $"f{t}", Ratio: t, Words: "budgets.step.forecast", Forecast: true)))
            .Concat(row.SoftLimit is { } soft ? [("soft", soft, "budgets.step.soft", false)] : [])
            .Concat(row.HardLimit is { } hard ? [("hard", hard, "budgets.step.hard", false)] : []);
        foreach (var step in all)
        {
            var reached = step.Key is "soft" or "hard" ? p.Used >= step.Ratio : p.Reached.Any(r => r.Threshold == step.Ratio && r.OnForecast == step.Forecast);
            var amount = new Money(p.Limit.Amount.MultiplyDivide((long)(step.Ratio * 10_000), 10_000), p.Limit.Currency);
            yield return (step.Key, T[step.Words, Display.Percent((double)step.Ratio, 0)], Display.Money(amount), reached ? step.Key == "hard" ? Tone.Bad : Tone.Warn : Tone.Neutral, T[reached ? "budgets.reached" : "budgets.notReached"]);
        }
    }

    private string BreachNote(BudgetPeriodStatus p) => p switch
    {
        { Used: >= 1 } => T["budgets.breach.was"],
        { BreachDate: not null } => T["budgets.breach.expected"],
        { Forecast: null } => T["budgets.unknownForecast"],
        _ => T["budgets.breach.none", Display.Date(p.End.AddDays(-1))],
    };

    private string Summary(BudgetPeriodStatus p) => T["budgets.summary", p.Actual is { } a ? Display.Money(a) : Display.Unknown, Display.Money(p.Limit), p.Forecast is { } f ? BudgetWords.Range(Display, f) : Display.Unknown];

    private string Limits(BudgetRow row) => string.Join(" · ", new[] { (BudgetPeriodKind.Daily, row.Limits.Daily), (BudgetPeriodKind.Monthly, row.Limits.Monthly), (BudgetPeriodKind.Quarterly, row.Limits.Quarterly), (BudgetPeriodKind.Yearly, row.Limits.Yearly) }
        .Where(l => l.Item2 is not null).Select(l => $"{T[BudgetWords.Period(l.Item1)]} {(l.Item2 is { } money ? Display.Money(money) : "")}"));

    private async Task DeleteAsync()
    {
        if (_row is not { } row || _confirm is null) return;
        if (!await _confirm.AskAsync(new Question(T["budgets.delete.title", row.Name], T["budgets.delete.text"], T["budgets.delete"], Dangerous: true))) return;
        var result = await SendAsync(new DeleteBudget(Org ?? "", row.Id.ToString(), row.Version));
        _refused = result.Problem;
        if (!result.Succeeded) return;
        Toasts.Show(T["budgets.deleted", row.Name], Tone.Good);
        Navigation.NavigateTo(Url("budgets"));
    }

    private void Go(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value), replace: true);
}
