using Hexabase.Portal.Access.Reviews;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AccessReviews;

/// <summary>The items of one review and deciding on those that are selected.</summary>
public sealed partial class ReviewItems
{
    private readonly HashSet<Guid> _selected = [];
    private readonly Dictionary<Guid, ReviewItemRow> _rows = [];
    private DataTable<ReviewItemRow>? _table;
    private IReadOnlyList<ReviewItemRow> _shown = [];
    private string? _reason;
    private (string? Filter, bool Undecided, bool Mine, long Version)? _loaded;

    [Parameter, EditorRequired] public required ReviewRow Review { get; set; }

    [Parameter] public string? Filter { get; set; }

    [Parameter] public bool Undecided { get; set; }

    [Parameter] public bool Mine { get; set; }

    [Parameter] public EventCallback OnDecided { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        var now = (Filter, Undecided, Mine, Review.Version);
        var before = _loaded;
        _loaded = now;
        if (before is not { } was || was == now || _table is null) return;
        if ((was.Filter, was.Undecided, was.Mine) == (Filter, Undecided, Mine)) await _table.RefreshAsync();
        else await _table.ResetAsync();
    }

    private async Task<DataTablePage<ReviewItemRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        var page = await TableLoading.LoadAsync(query, Filter, p => Portal.AskAsync(Actor, new ListReviewItems(Org, Review.Id, p, Undecided, Mine), cancellationToken));
        if (query.Cursor is null) _rows.Clear();
        foreach (var row in page.Rows) _rows[row.Id] = row;
        _shown = [.. _rows.Values];
        _selected.RemoveWhere(id => !_rows.TryGetValue(id, out var row) || !row.MayDecide);
        await InvokeAsync(StateHasChanged);
        return page;
    }

    private void Select(Guid id, bool on)
    {
        if (on) _selected.Add(id);
        else _selected.Remove(id);
    }

    private void SelectShown()
    {
        var all = _shown.Where(i => i is { MayDecide: true, Decision: ReviewDecision.None }).Select(i => i.Id).ToList();
        if (all.TrueForAll(_selected.Contains)) _selected.Clear();
        else _selected.UnionWith(all);
    }

    private async Task DecideAsync(string decision)
    {
        var count = _selected.Count;
        var (done, _) = await SendAsync(new DecideReviewItems(Org, Review.Id, new DecisionInput([.. _selected], decision, _reason)));
        if (!done) return;
        _selected.Clear();
        _reason = null;
        Toasts.Show(T.Plural("reviews.saved", count), Tone.Good);
        await OnDecided.InvokeAsync();
    }

    private string Toggle(string name, bool on) => Navigation.GetUriWithQueryParameter(name, on ? null : (bool?)true);
}
