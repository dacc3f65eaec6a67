using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>
/// ApexCharts behind one door. The data goes to the browser once; hover, zoom, legend, table, CSV and image happen there.
/// A change of data updates the series of the chart that stands; it is never built again for it. The box has its height from the start.
/// </summary>
public sealed partial class Chart : IAsyncDisposable
{
    private ElementReference _figure;
    private ChartData? _drawn;
    private bool _live;

    [Parameter, EditorRequired] public required string Title { get; set; }

    [Parameter, EditorRequired] public required ChartData Data { get; set; }

    /// <summary>Pixels: 96, 160, 240, 320 or 360 (classes, so that no style attribute is needed).</summary>
    [Parameter] public int Height { get; set; } = 320;

    [Parameter] public bool Legend { get; set; } = true;

    /// <summary>The course in one sentence, for screen readers; the table has the figures.</summary>
    [Parameter] public string? Summary { get; set; }

    [Parameter] public string? EmptyWhy { get; set; }

    /// <summary>Controls beside the title, such as Day, Week, Month.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    [Inject] private Browser Browser { get; set; } = default!;

    [Inject] private Text T { get; set; } = default!;

    [Inject] private Viewer Viewer { get; set; } = default!;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (ReferenceEquals(_drawn, Data)) return;
        _drawn = Data;
        if (Data.IsEmpty)
        {
            await RemoveAsync();
            return;
        }

        _live = true;
        await Browser.CallAsync("portal.chart", _figure, new
        {
            kind = Data.Kind.ToString().ToLowerInvariant(),
            title = Title,
            language = Viewer.Language,
            digits = Data.Currency is { } currency ? Currencies.MinorDigits(currency) : 2,
            Data.Currency,
            Data.Labels,
            Data.Series,
            Data.Colors,
            Data.Forecast,
            Data.Events,
            Data.Limit,
            words = new
            {
                sum = T["controls.chart.sum"],
                forecast = T["controls.chart.forecast"],
                range = T["controls.chart.range", Data.Forecast?.RangePercent ?? 80],
                low = T["controls.chart.low"],
                high = T["controls.chart.high"],
                limit = T["controls.chart.limit"],
                table = T["controls.chart.table"],
                chart = T["controls.chart.chart"],
            },
        });
    }

    public ValueTask DisposeAsync() => RemoveAsync();

    private ValueTask RemoveAsync()
    {
        if (!_live) return ValueTask.CompletedTask;
        _live = false;
        return Browser.CallAsync("portal.chartGone", _figure);
    }
}
