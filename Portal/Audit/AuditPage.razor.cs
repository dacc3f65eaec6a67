using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Audit;

/// <summary>
/// The audit log of an organization, or (without one in the address) the platform's own. Looking leaves entries too, so the list does not load
/// again by itself: it says how many entries came in meanwhile, or follows them where the viewer asked for it.
/// </summary>
public sealed partial class AuditPage
{
    private const string AllTime = "all";
    private static readonly TimeSpan LivePause = TimeSpan.FromSeconds(5);
    private static readonly string[] PassingParameters = ["id", "live"];
    private static readonly IReadOnlyList<(string Key, TimeSpan? Span)> Ranges =
        [("1h", TimeSpan.FromHours(1)), ("24h", TimeSpan.FromDays(1)), ("7d", TimeSpan.FromDays(7)), ("30d", TimeSpan.FromDays(30)), ("90d", TimeSpan.FromDays(90)), (AllTime, null)];

    private AuditTable? _table;
    private AuditEntryDetails? _details;
    private AuditSummary? _summary;
    private AuditLogState? _state;
    private FieldError? _refusal;
    private Problem? _denied;
    private DateTime? _after;
    private DateTime? _before;
    private DateTime _loadedUtc;
    private string? _shown;
    private long _came;
    private long _ownReads;
    private bool _isLive;
    private bool _ready;

    [SupplyParameterFromQuery] public string? Q { get; set; }

    /// <summary>1h, 24h, 7d, 30d (default), 90d, all.</summary>
    [SupplyParameterFromQuery] public string? Range { get; set; }

    /// <summary>A time of its own instead of the range: from this moment on.</summary>
    [SupplyParameterFromQuery] public DateTime? After { get; set; }

    /// <summary>Up to, without, this moment.</summary>
    [SupplyParameterFromQuery] public DateTime? Before { get; set; }

    [SupplyParameterFromQuery(Name = "group")] public bool Grouped { get; set; }

    /// <summary>New entries are shown as they come.</summary>
    [SupplyParameterFromQuery] public bool Live { get; set; }

    /// <summary>The entry that is open.</summary>
    [SupplyParameterFromQuery] public Guid? Id { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Audit];

    private bool HasOwnTime => After is not null || Before is not null;

    private string RangeKey => Ranges.Any(r => r.Key == Range) ? Range ?? "30d" : "30d";

    private string TimeWords => HasOwnTime ? $"{(After is null ? "…" : Display.Time(_after))} – {(Before is null ? "…" : Display.Time(_before))}" : T[$"audit.range.{RangeKey}"];

    private IReadOnlyList<FilterChip.Option> RangeOptions => [.. Ranges.Select(r => new FilterChip.Option(r.Key, T[$"audit.range.{r.Key}"], r.Key == RangeKey && !HasOwnTime))];

    /// <summary>Entries since the list was loaded that this page did not cause by looking.</summary>
    private long Unseen => Math.Max(0, _came - _ownReads);

    private string EmptyWhy => string.IsNullOrEmpty(Q) ? T["audit.emptyRange", TimeWords] : T["audit.emptyQuery", Q, TimeWords];

    protected override void OnChanged(IReadOnlyList<LiveChange> changes)
    {
        _came += changes.Count;
        _isLive = true;
    }

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_isLive)
        {
            _isLive = false;
            // Other viewers' looks come in as entries as well: a pause keeps two open pages from chasing each other.
            if (Live && Unseen > 0 && Clock.GetUtcNow().UtcDateTime - _loadedUtc >= LivePause) await ShowNewAsync();
            return;
        }

        if (!_ready && !May(AuditPermissions.Read))
        {
            // Who sees only some workspaces is let in here; of others the gateway says no, and its log keeps it: once, since that entry is news for this page too.
            _denied = (await Portal.AskAsync(Actor, new EnterAudit(Org), cancellationToken)).Problem;
            if (_denied is not null) return;
        }

        (_ready, _denied) = (true, null);
        _refusal = AuditQueryParser.Parse(Q).Problem?.Errors?[0];
        await OpenAsync(cancellationToken);
        var state = $"{Q}\n{RangeKey}\n{Grouped}\n{After:O}\n{Before:O}";
        if (_shown == state || _refusal is not null) return;
        var first = _shown is null;
        _shown = state;
        Restart();
        if (!first && _table is not null) await _table.ResetAsync();
        await CountAsync(cancellationToken);
    }

    private void Restart()
    {
        _loadedUtc = Clock.GetUtcNow().UtcDateTime;
        (_after, _before) = HasOwnTime ? (After?.ToUniversalTime(), Before?.ToUniversalTime()) : (Ranges.First(r => r.Key == RangeKey).Span is { } span ? _loadedUtc - span : null, null);
        (_came, _ownReads) = (0, 0);
    }

    /// <summary>Facets and bars; where they would take too long the list stands without them. The list's own search leaves the entry of this look.</summary>
    private async Task CountAsync(CancellationToken cancellationToken)
    {
        var answer = await Portal.AskAsync(Actor, new SummarizeAudit(Org, Q, _after, _before) { IsBesideItsSearch = true }, cancellationToken);
        _summary = answer.Succeeded ? answer.Value : null;
        if (May(AuditPermissions.Read) && (await Portal.AskAsync(Actor, new GetAuditLogState(Org), cancellationToken)).TryGet(out var state, out _)) _state = state;
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (Id is not { } id)
        {
            _details = null;
            return;
        }

        if (_details?.Entry.Id == id) return;
        _ownReads++;
        var answer = await Portal.AskAsync(Actor, new GetAuditEntry(Org, id), cancellationToken);
        _details = answer.Succeeded ? answer.Value : null;
    }

    private async Task<DataTablePage<AuditLine>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        var page = await TableLoading.LoadAsync(query, null, p =>
        {
            _ownReads++;
            return Portal.AskAsync(Actor, new SearchAudit(Org, Q, _after, _before, p.Limit, p.Cursor), cancellationToken);
        }, problem => _refusal = problem.Errors?[0] ?? new FieldError("q", problem.Code, problem.Message));
        StateHasChanged();
        return new DataTablePage<AuditLine>(AuditLine.Of(page.Rows, Grouped), page.Next);
    }

    private async Task ShowNewAsync()
    {
        Restart();
        if (_table is not null) await (Live ? _table.RefreshAsync() : _table.ResetAsync());
        await CountAsync(Left);
    }

    private void Search(string text)
    {
        // What cannot be read is said at once; the list of the last search stays.
        _refusal = AuditQueryParser.Parse(text).Problem?.Errors?[0];
        if (_refusal is null) Navigation.NavigateTo(SearchAddress(text));
    }

    private void Show(string name, string value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value.Length == 0 ? null : value), replace: true);

    private void PickRange(string range) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["range"] = range, ["after"] = null, ["before"] = null }), replace: true);

    private string SearchAddress(string text) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["q"] = text.Trim() is { Length: > 0 } q ? q : null, ["id"] = null });

    private string TimeAddress(DateTime from, DateTime to) => TimeAddress((DateTime?)from, to);

    private string TimeAddress(DateTime? from, DateTime? to) => Navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?> { ["after"] = from is { } a ? Display.Iso(a) : null, ["before"] = to is { } b ? Display.Iso(b) : null, ["id"] = null });

    private string Address(Guid? id) => Navigation.GetUriWithQueryParameter("id", id);
}
