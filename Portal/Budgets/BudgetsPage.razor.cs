using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Budgets;

/// <summary>All budgets, nearest to their limit first, and the alerts that nobody has acknowledged.</summary>
public sealed partial class BudgetsPage
{
    private const int MaxAlerts = 5;
    private IReadOnlyList<BudgetRow>? _rows;
    private IReadOnlyList<BudgetRow>? _shown;
    private (IReadOnlyList<BudgetRow>?, string?, string?) _shownFor;
    private IReadOnlyList<BudgetAlertRow> _alerts = [];

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    [SupplyParameterFromQuery(Name = "state")] public string? State { get; set; }

    [SupplyParameterFromQuery(Name = "asOf")] public string? AsOf { get; set; }

    [SupplyParameterFromQuery] public string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "desc")] public bool Descending { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Budgets, LiveTopic.Costs];

    private bool MayWrite => May(BudgetsPermissions.Write);

    private DateOnly? AsOfDay => CostQueryText.Day(AsOf);

    private DateOnly Day => AsOfDay ?? DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);

    private DateOnly? _through => _rows?.SelectMany(b => b.Status?.Periods ?? []).Max(p => p.DataThrough);

    private IEnumerable<(BudgetState State, int Count)> StateCounts => (_rows ?? []).Where(b => b.Status is not null).GroupBy(b => b.Status?.State ?? BudgetState.NoData).OrderByDescending(g => g.Key).Select(g => (g.Key, g.Count()));

    // The same list object as long as nothing changed, so that the table is not built anew.
    private IReadOnlyList<BudgetRow>? Shown
    {
        get
        {
            var now = (_rows, Filter, State);
            if (_shownFor == now) return _shown;
            _shownFor = now;
            return _shown = _rows?.Where(Matches).ToList();
        }
    }

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var rows = new List<BudgetRow>();
        string? cursor = null;
        do
        {
            if (await AskAsync(new ListBudgets(Org ?? "", new PageRequest(PageRequest.MaxLimit, cursor), AsOfDay)) is not { } page) return;
            rows.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        _rows = rows;
        _alerts = (await AskAsync(new ListBudgetAlerts(Org ?? "", new PageRequest(MaxAlerts), OpenOnly: true)))?.Items ?? [];
    }

    private static BudgetPeriodStatus? Near(BudgetRow row) => BudgetWords.Nearest(row.Status);

    // What a person sees of the row: it fades when this differs.
    private static object Signature(BudgetRow b) => (b.Version, b.Status?.State, Near(b)?.Limit, Near(b)?.Actual, Near(b)?.BreachDate);

    private bool Matches(BudgetRow row) =>
        (State is null || row.Status?.State.ToString() == State)
        && (Filter is null || new[] { row.Name, row.Slug, row.Scope.Name, row.Scope.Value }.Any(v => v?.Contains(Filter, StringComparison.CurrentCultureIgnoreCase) == true));

    private async Task AcknowledgeAsync(BudgetAlertRow alert)
    {
        var result = await SendAsync(new AcknowledgeBudgetAlert(Org ?? "", alert.Id, alert.Version));
        if (result.Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
        await ReloadAsync();
    }

    private void SetAsOf(DateOnly? day) => Go("asOf", day is { } known ? CostQueryText.Day(known) : null);

    private void ClearAsOf() => Go("asOf", null);

    private void SetState(BudgetState state) => Go("state", State == state.ToString() ? null : state.ToString());

    private void Go(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value), replace: true);

    private void Sorted((string? Sort, bool Descending) by) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["sort"] = by.Sort, ["desc"] = by.Descending ? true : null }), replace: true);
}
