using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Costs;

/// <summary>The newest month of one workspace by service, held against as many days of the month before.</summary>
public sealed partial class WorkspaceCosts : IAsyncDisposable
{
    private static readonly DateOnly FirstDay = new(1970, 1, 1);
    private static readonly DateOnly LastDay = new(2200, 12, 31);
    private IAsyncDisposable? _watch;
    private IReadOnlyList<CostGroup>? _groups;
    private ChartData? _chart;
    private UtcRange _month;
    private UtcRange _period;
    private UtcRange _before;
    private string _currency = "";
    private IReadOnlyList<string> _currencies = [];
    private CostReport? _now;
    private CostReport? _then;

    /// <summary>Slug.</summary>
    [Parameter, EditorRequired] public required string Workspace { get; set; }

    /// <summary>The organization, for its currency and live changes.</summary>
    [Parameter, EditorRequired] public required Tenant Tenant { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _watch = Portal.Watch(Actor, Tenant.Id, [LiveTopic.Costs], _ => InvokeAsync(async () =>
        {
            if (Left.IsCancellationRequested) return;
            await LoadAsync();
            StateHasChanged();
        }));
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        string[] where = [$"workspace={Workspace}"];
        var all = new CostQuery(FirstDay, LastDay, CostMetric.Effective, null, CostGranularity.Month, where);
        if (await AskAsync(new GetCosts(Org, all)) is not { } months) return;
        if (months.Rows.Max(r => r.PeriodStart) is not { } last)
        {
            _groups = [];
            return;
        }

        _month = UtcRange.Month(last);
        var query = new CostQuery(_month.From, _month.To, CostMetric.Effective, ["service"], CostGranularity.Day, where);
        _now = await AskAsync(new GetCosts(Org, query));
        if (_now is null) return;
        _period = CostPeriods.Latest(_now.Rows.Max(r => r.PeriodStart) ?? last);
        _before = CostPeriods.Against(_period, CostAgainst.Previous) ?? _period;
        _then = await AskAsync(new GetCosts(Org, query with { From = _before.From, To = _before.To, Granularity = CostGranularity.Total }));
        _currencies = [.. _now.Total.Select(t => t.Currency)];
        if (!_currencies.Contains(_currency)) _currency = _currencies.Contains(Tenant.Currency) ? Tenant.Currency : _currencies.Count > 0 ? _currencies[0] : Tenant.Currency;
        Draw();
    }

    private void Choose(string currency)
    {
        _currency = currency;
        Draw();
    }

    private void Draw()
    {
        var days = CostPeriods.Bars(_month, CostStep.Day);
        _groups = CostGroups.Of(_now?.Rows ?? [], _then?.Rows ?? [], "service", _currency, days, d => d, v => v, T["costs.without"]);
        _chart = CostCharts.Stacked(_groups, days, CostStep.Day, _currency, T["costs.others"], null);
    }

    private string Money(WideAmount amount) => Display.Money(new WideMoney(amount, _currency));

    private string Figure(WideAmount amount) => Display.Figure(new WideMoney(amount, _currency));

    public async ValueTask DisposeAsync()
    {
        if (_watch is not null) await _watch.DisposeAsync();
        Dispose();
    }
}
