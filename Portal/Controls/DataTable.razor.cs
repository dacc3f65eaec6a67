using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>
/// A list: sticky header, sort, paging by opaque cursor, totals, copy, column choice and width (kept by the browser), keys j/k/Enter.
/// Rows are keyed, so an update keeps the nodes of unchanged rows; rows whose <see cref="Version"/> changed fade once.
/// </summary>
public sealed partial class DataTable<TRow> : IDisposable
    where TRow : notnull
{
    private readonly List<Column<TRow>> _columns = [];
    private readonly RowChanges _changes = new();
    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource? _load;
    private List<TRow>? _rows;
    private IReadOnlyList<TRow>? _items;
    private string? _next;
    private long? _total;
    private string? _sort;
    private bool _descending;
    private bool _loading;
    private bool _failed;
    private Problem? _refused;
    private bool _ready;

    /// <summary>Unique and stable name; the browser keeps columns under it.</summary>
    [Parameter, EditorRequired] public required string Id { get; set; }

    [Parameter, EditorRequired] public required string Title { get; set; }

    /// <summary>All rows at once (short lists), or <see cref="Load"/>.</summary>
    [Parameter] public IReadOnlyList<TRow>? Items { get; set; }

    [Parameter] public Func<DataTableQuery, CancellationToken, Task<DataTablePage<TRow>>>? Load { get; set; }

    [Parameter, EditorRequired] public required Func<TRow, object> Key { get; set; }

    /// <summary>Anything that differs when the row changed; null: rows never fade.</summary>
    [Parameter] public Func<TRow, object?>? Version { get; set; }

    [Parameter] public int PageSize { get; set; } = 50;

    [Parameter] public int SkeletonRows { get; set; } = 6;

    /// <summary>Sort at the start; also set by the page from its URL.</summary>
    [Parameter] public string? Sort { get; set; }

    [Parameter] public bool Descending { get; set; }

    /// <summary>Told when the viewer sorts, so that the page can put it into the URL.</summary>
    [Parameter] public EventCallback<(string? Sort, bool Descending)> OnSort { get; set; }

    /// <summary>Where a row leads; portal.js follows it without this server.</summary>
    [Parameter] public Func<TRow, string?>? Href { get; set; }

    [Parameter] public EventCallback<TRow> OnOpen { get; set; }

    [Parameter] public Func<TRow, bool>? Selected { get; set; }

    /// <summary>Below 720 px each row becomes a card; otherwise columns marked NarrowHidden go.</summary>
    [Parameter] public bool Cards { get; set; }

    [Parameter] public bool ShowTools { get; set; } = true;

    /// <summary>Left side of the tool row, such as a filter input marked data-filter.</summary>
    [Parameter] public RenderFragment? Tools { get; set; }

    /// <summary>An <see cref="ExportMenu"/>.</summary>
    [Parameter] public RenderFragment? Export { get; set; }

    /// <summary>What stands here without rows: an <see cref="EmptyState"/> with the next step.</summary>
    [Parameter] public RenderFragment? Empty { get; set; }

    /// <summary>The columns.</summary>
    [Parameter, EditorRequired] public required RenderFragment ChildContent { get; set; }

    [Inject] private Text T { get; set; } = default!;

    [Inject] private Display Display { get; set; } = default!;

    [Inject] private Browser Browser { get; set; } = default!;

    [Inject] private Viewer Viewer { get; set; } = default!;

    [Inject] private ILogger<DataTable<TRow>> Log { get; set; } = default!;

    private bool IsEmpty => _rows is { Count: 0 } && !_failed && _refused is null;

    private bool Opens => Href is not null || OnOpen.HasDelegate;

    /// <summary>The number of rows stands in the tool row where that is free, below the rows otherwise.</summary>
    private bool CountsBelow => Tools is not null || !ShowTools;

    private string CountWords => _total is { } total && _rows is { } rows && _next is not null ? T["controls.table.rowsOf", Display.Number((long)rows.Count), Display.Number(total)]
        : _next is not null ? T["controls.table.rowsMore", Display.Number(_rows?.Count)] : T.Plural("controls.table.rows", _rows?.Count ?? 0);

    /// <summary>Loads again as many rows as are shown (after a live change, another filter): rows that stay keep their place, focus and nodes.</summary>
    public Task RefreshAsync() => LoadAsync(null, Math.Max(PageSize, _rows?.Count ?? 0));

    /// <summary>Forgets what was loaded and starts at the first page (another filter).</summary>
    public Task ResetAsync() => LoadAsync(null, PageSize);

    internal void Add(Column<TRow> column)
    {
        _columns.Add(column);
        StateHasChanged();
    }

    internal void Remove(Column<TRow> column) => _columns.Remove(column);

    protected override async Task OnParametersSetAsync()
    {
        var sorted = (_sort, _descending) != (Sort, Descending) && (Sort is not null || _rows is null);
        if (sorted) (_sort, _descending) = (Sort, Descending);
        if (Load is null)
        {
            if (Items is not null && (!ReferenceEquals(Items, _items) || sorted)) ShowItems();
        }
        else if (_rows is null && !_loading && !_failed)
        {
            await LoadAsync(null, PageSize);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // Columns have registered by now; Items given at once may need the sort of one of them.
        if (firstRender && Load is null && Items is not null && _sort is not null)
        {
            ShowItems();
            StateHasChanged();
        }

        if (_ready == !IsEmpty) return;
        _ready = !IsEmpty;
        if (_ready) await Browser.CallAsync("portal.tableReady", Id);
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
        _load?.Dispose();
    }

    private async Task SortAsync(Column<TRow> column)
    {
        var key = SortName(column);
        // Figures start with the largest, words with the first.
        (_sort, _descending) = _sort == key ? (key, !_descending) : (key, column.Align == ColumnAlign.End);
        if (Load is null) ShowItems();
        else await LoadAsync(null, PageSize);
        await OnSort.InvokeAsync((_sort, _descending));
    }

    private Task MoreAsync() => LoadAsync(_next, PageSize);

    private async Task LoadAsync(string? cursor, int take)
    {
        if (Load is null) return;
        if (_load is not null) await _load.CancelAsync();
        _load?.Dispose();
        var load = _load = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        (_loading, _failed, _refused) = (true, false, null);
        StateHasChanged();
        try
        {
            var page = await Load(new(cursor, take, _sort, _descending), load.Token);
            if (load.IsCancellationRequested) return;
            (_next, _total, _refused) = (page.Next, page.Total ?? _total, page.Refused);
            ShowRows(cursor is null ? [.. page.Rows] : [.. _rows ?? [], .. page.Rows]);
        }
        catch (OperationCanceledException) when (load.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (e is TimeoutException or System.Data.Common.DbException or IOException or HttpRequestException)
        {
            // An outage: the rows that are shown stay, and the person can try again.
            Log.LogError(e, "The list {Table} could not be loaded", Id);
            _failed = true;
        }

        _loading = false;
        StateHasChanged();
    }

    private void ShowItems()
    {
        _items = Items;
        IEnumerable<TRow> rows = Items ?? [];
        if (_columns.Find(c => SortName(c) == _sort)?.SortBy is { } by && _sort is not null) rows = rows.OrderBy(by, new CellOrder(Viewer.Culture, _descending));
        ShowRows([.. rows]);
    }

    private void ShowRows(List<TRow> rows)
    {
        if (Version is not null) _changes.See([.. rows.Select(r => (Key(r), Version(r)))], _rows?.Count);
        _rows = rows;
    }

    private string? AriaSort(Column<TRow> column) => SortName(column) is not { } name ? null : name != _sort ? "none" : _descending ? "descending" : "ascending";

    private static string? SortName(Column<TRow> column) => column.SortKey ?? (column.SortBy is null ? null : column.Key);

    private Task OpenAsync(TRow row) => OnOpen.InvokeAsync(row);
}
