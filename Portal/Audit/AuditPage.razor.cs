using Hexabase.Portal.Controls;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Audit;

/// <summary>
/// The audit log of an organization, or (without one in the address) the platform's own. Looking leaves entries too, so the list does not load
/// again by itself: it says how many entries came in meanwhile.
/// </summary>
public sealed partial class AuditPage
{
    private static readonly IReadOnlyList<(string Key, TimeSpan? Span)> Ranges =
        [("1h", TimeSpan.FromHours(1)), ("24h", TimeSpan.FromDays(1)), ("7d", TimeSpan.FromDays(7)), ("30d", TimeSpan.FromDays(30)), ("90d", TimeSpan.FromDays(90)), ("all", null)];

    private DataTable<AuditLine>? _table;
    private AuditEntryDetails? _details;
    private IReadOnlyList<AuditEntryRow> _known = [];
    private FieldError? _refusal;
    private Problem? _denied;
    private DateTime? _after;
    private string? _shown;
    private long _came;
    private long _ownReads;
    private bool _isLive;
    private bool _ready;

    [SupplyParameterFromQuery] public string? Q { get; set; }

    /// <summary>1h, 24h, 7d, 30d (default), 90d, all.</summary>
    [SupplyParameterFromQuery] public string? Range { get; set; }

    [SupplyParameterFromQuery(Name = "group")] public bool Grouped { get; set; }

    /// <summary>The entry that is open.</summary>
    [SupplyParameterFromQuery] public Guid? Id { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Audit];

    private string RangeKey => Ranges.Any(r => r.Key == Range) ? Range ?? "30d" : "30d";

    private IReadOnlyList<FilterChip.Option> RangeOptions => [.. Ranges.Select(r => new FilterChip.Option(r.Key, T[$"audit.range.{r.Key}"], r.Key == RangeKey))];

    /// <summary>Entries since the list was loaded that this page did not cause by looking.</summary>
    private long Unseen => Math.Max(0, _came - _ownReads);

    private string EmptyWhy => string.IsNullOrEmpty(Q) ? T["audit.emptyRange", T[$"audit.range.{RangeKey}"]] : T["audit.emptyQuery", Q, T[$"audit.range.{RangeKey}"]];

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
            return;
        }

        if (!May(AuditPermissions.Read))
        {
            // The gateway says no, and its log keeps it: once, since that entry is news for this page too.
            _denied = (await Portal.AskAsync(Actor, new SearchAudit(Org, Limit: 1), cancellationToken)).Problem;
            return;
        }

        (_ready, _denied) = (true, null);
        _refusal = AuditQueryParser.Parse(Q).Problem?.Errors?[0];
        await OpenAsync(cancellationToken);
        var state = $"{Q}\n{RangeKey}\n{Grouped}";
        if (_shown == state || _refusal is not null) return;
        var first = _shown is null;
        _shown = state;
        Restart();
        if (!first && _table is not null) await _table.ResetAsync();
    }

    private void Restart()
    {
        _after = Ranges.First(r => r.Key == RangeKey).Span is { } span ? Clock.GetUtcNow().UtcDateTime - span : null;
        (_came, _ownReads) = (0, 0);
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
            return Portal.AskAsync(Actor, new SearchAudit(Org, Q, _after, null, p.Limit, p.Cursor), cancellationToken);
        }, problem => _refusal = problem.Errors?[0] ?? new FieldError("q", problem.Code, problem.Message));
        _known = page.Rows;
        StateHasChanged();
        return new DataTablePage<AuditLine>(AuditLine.Of(page.Rows, Grouped), page.Next);
    }

    private async Task ShowNewAsync()
    {
        Restart();
        if (_table is not null) await _table.ResetAsync();
    }

    private void Search(string text)
    {
        // What cannot be read is said at once; the list of the last search stays.
        _refusal = AuditQueryParser.Parse(text).Problem?.Errors?[0];
        if (_refusal is null) Navigation.NavigateTo(SearchAddress(text));
    }

    private void Show(string name, string value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value.Length == 0 ? null : value), replace: true);

    private string SearchAddress(string text) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["q"] = text.Trim() is { Length: > 0 } q ? q : null, ["id"] = null });

    private string Address(Guid? id) => Navigation.GetUriWithQueryParameter("id", id);
}
