using Hexabase.Portal.Access;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AuditRetention;

/// <summary>How long the audit log is kept: classes, legal holds, expiry, archives with their proofs, and erasing a person.</summary>
public sealed partial class RetentionPage
{
    private const string Keep = "keep";
    private const string Holds = "holds";
    private const string Expiry = "expiry";
    private const string Archives = "archives";
    private const string Persons = "persons";
    private static readonly IReadOnlyList<string> Sections = [Keep, Holds, Expiry, Archives, Persons];

    private RetentionRow? _retention;
    private IReadOnlyList<HoldRow>? _holds;
    private ExpiryPreview? _preview;
    private object? _previewOf;
    private JobRow? _expiryJob;
    private IReadOnlyList<ExpiryRow>? _receipts;
    private IReadOnlyList<JobRow> _restores = [];
    private IReadOnlyList<PersonRow> _people = [];
    private bool _morePeople;
    private IReadOnlyList<WorkspaceRow> _workspaces = [];
    private Dictionary<Guid, string> _names = [];
    private string? _namesOf;

    [SupplyParameterFromQuery(Name = "tab")] public string? Tab { get; set; }

    [SupplyParameterFromQuery(Name = "id")] public Guid? Id { get; set; }

    [SupplyParameterFromQuery(Name = "new")] public bool Create { get; set; }

    /// <summary>What the drawer of an archive shows: null = the receipt, "proof", "entries".</summary>
    [SupplyParameterFromQuery(Name = "show")] public string? Show { get; set; }

    [SupplyParameterFromQuery(Name = "contains")] public string? Contains { get; set; }

    /// <summary>Index of the archived entry that is open.</summary>
    [SupplyParameterFromQuery(Name = "entry")] public long? Entry { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Audit, LiveTopic.Jobs];

    private string Section => Sections.FirstOrDefault(s => s == Tab) ?? Keep;

    private bool MayWrite => May(AuditPermissions.Administer);

    private bool Creating => Create && MayWrite;

    private HoldRow? ChosenHold => _holds?.FirstOrDefault(h => h.Id == Id);

    private bool IsHoldOpen => Creating || ChosenHold is not null;

    private ExpiryRow? ChosenArchive => _receipts?.FirstOrDefault(r => r.Id == Id);

    private IReadOnlyList<Tabs.Tab> TabItems => [.. Sections.Select(s => new Tabs.Tab(Address(s), T[$"retention.tab.{s}"], s == Section))];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var org = Org ?? "";
        switch (Section)
        {
            case Holds:
                await LoadNamesAsync(org);
                _holds = await AskAsync(new ListAuditHolds(org)) ?? _holds;
                break;
            case Expiry:
                await LoadExpiryAsync(org);
                break;
            case Archives:
                if (May(JobPermissions.Read)) _restores = (await AskAsync(new ListJobs(org, new PageRequest(), RetentionWords.RestoreJob)))?.Items ?? _restores;
                _receipts = await AskAsync(new ListAuditExpiries(org)) ?? _receipts;
                break;
            case Persons:
                await LoadNamesAsync(org);
                break;
            default:
                _retention = await AskAsync(new GetAuditRetention(org)) ?? _retention;
                break;
        }
    }

    // Counting reads what is old of the whole log: done when something that the counts depend on has changed, not with every new entry.
    private async Task LoadExpiryAsync(string org)
    {
        if (May(JobPermissions.Read)) _expiryJob = await AskAsync(new ListJobs(org, new PageRequest(1), RetentionWords.ExpiryJob)) is { Items: [var newest, ..] } ? newest : null;
        if (await AskAsync(new ListAuditHolds(org)) is not { } holds || await AskAsync(new ListAuditExpiries(org)) is not { } receipts) return;
        var of = (org, _expiryJob?.Id, _expiryJob?.State, receipts.Count, string.Join(',', holds.Where(h => h.ReleasedAt is null).Select(h => h.Id)), Navigation.Uri);
        if (_preview is not null && of.Equals(_previewOf)) return;
        if (await AskAsync(new PreviewAuditExpiry(org)) is not { } preview) return;
        (_preview, _previewOf) = (preview, of);
    }

    private async Task LoadNamesAsync(string org)
    {
        if (_namesOf == Navigation.Uri) return;
        if (May(AccessPermissions.ReadPeople) && await AskAsync(new ListPeople(org, new PageRequest(PageRequest.MaxLimit))) is { } people) (_people, _morePeople) = (people.Items, people.NextCursor is not null);
        if (May(WorkspacesPermissions.Read) && await AskAsync(new ListWorkspaces(org, new PageRequest(PageRequest.MaxLimit), IncludeArchived: true)) is { } workspaces) _workspaces = workspaces.Items;
        _names = _people.ToDictionary(p => p.UserId, p => p.DisplayName.Length > 0 ? p.DisplayName : p.UserName);
        _namesOf = Navigation.Uri;
    }

    /// <summary>The newest restoring of the archive, where it has not ended well.</summary>
    private JobRow? RestoreOf(ExpiryRow archive) => _restores.FirstOrDefault(j => j.Title == archive.ArchiveFile) is { } job && job.State != JobState.Succeeded ? job : null;

    private async Task HoldPlacedAsync(Guid hold)
    {
        await ReloadAsync();
        Navigation.NavigateTo(Address(Holds, hold));
    }

    private string Address(string section, Guid? id = null, bool create = false, string? show = null, long? entry = null)
    {
        var parts = new List<string>();
        if (section != Keep) parts.Add($"tab={section}");
        if (id is { } known) parts.Add($"id={known}");
        if (create) parts.Add("new=true");
        if (show is not null) parts.Add($"show={show}");
        if (entry is { } index) parts.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"entry={index}"));
        // The filter of the entries stays while one of them is looked at.
        if (show == "entries" && Show == "entries" && !string.IsNullOrEmpty(Contains)) parts.Add($"contains={Uri.EscapeDataString(Contains)}");
        return Url("audit/retention") + (parts.Count == 0 ? "" : "?" + string.Join('&', parts));
    }
}
