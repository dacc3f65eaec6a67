using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Scim;

/// <summary>Provisioning by the identity provider: how to connect it, departures that wait for approval, and what it sent, with replay.</summary>
public sealed partial class ProvisioningPage
{
    private const string SetUp = "setup";
    private const string Held = "held";
    private const string Requests = "requests";
    private DataTable<ScimRequestRow>? _table;
    private ProvisioningView? _view;
    private IReadOnlyList<HeldChangeRow> _held = [];
    private Dictionary<Guid, string> _names = [];
    private Dictionary<Guid, ScimRequestRow> _shown = [];
    private bool? _shownFailures;

    [SupplyParameterFromQuery(Name = "tab")] public string? Tab { get; set; }

    /// <summary>The logged request that is open.</summary>
    [SupplyParameterFromQuery(Name = "id")] public Guid? Id { get; set; }

    [SupplyParameterFromQuery(Name = "new")] public bool Create { get; set; }

    [SupplyParameterFromQuery(Name = "failures")] public bool Failures { get; set; }

    [SupplyParameterFromQuery(Name = "decided")] public bool Decided { get; set; }

    [Inject] private ScimRequestLog Log { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.People, LiveTopic.Tokens];

    private string Section => Tab is Held or Requests ? Tab : SetUp;

    private bool MayWrite => May(ScimPermissions.Write);

    private bool Creating => Create && MayWrite && Section == SetUp;

    private ScimRequestRow? Chosen => Id is { } id ? _shown.GetValueOrDefault(id) : null;

    private bool IsOpen => Creating || (Section == Requests && Chosen is not null);

    private string BaseAddress => Navigation.ToAbsoluteUri($"/scim/v2/{Org}").ToString();

    private IReadOnlyList<Tabs.Tab> TabItems =>
    [
        new(Address(SetUp), T["provisioning.setUp"], Section == SetUp),
        new(Address(Held), T["provisioning.held"], Section == Held, _view?.Held),
        new(Address(Requests), T["provisioning.requests"], Section == Requests),
    ];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        // What was sent a moment ago is seen.
        await Log.FlushAsync(cancellationToken);
        if (await AskAsync(new GetProvisioning(Org ?? "")) is not { } view) return;
        if (Section == Held)
        {
            if (await AskAsync(new ListHeldChanges(Org ?? "", new PageRequest(PageRequest.MaxLimit), !Decided)) is not { } held) return;
            _held = held.Items;
            if (Decided && May(AccessPermissions.ReadPeople)) await NameAsync(cancellationToken);
        }

        _view = view;
        if (_table is null || Section != Requests) return;
        if (_shownFailures == Failures) await _table.RefreshAsync();
        else await _table.ResetAsync();
    }

    /// <summary>Who decided, by name.</summary>
    private async Task NameAsync(CancellationToken cancellationToken)
    {
        var people = await Portal.AskAsync(Actor, new ListPeople(Org ?? "", new PageRequest(PageRequest.MaxLimit)), cancellationToken);
        if (people.TryGet(out var page, out _)) _names = page.Items.ToDictionary(p => p.UserId, p => p.DisplayName);
    }

    private async Task<DataTablePage<ScimRequestRow>> LoadRequestsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        _shownFailures = Failures;
        var page = await TableLoading.LoadAsync(query, null, p => Portal.AskAsync(Actor, new ListScimRequests(Org ?? "", p, Failures), cancellationToken));
        if (query.Cursor is null) _shown = [];
        foreach (var row in page.Rows) _shown[row.Id] = row;
        return page;
    }

    private string Address(string tab, Guid? id = null, bool create = false, bool? failures = null, bool decided = false) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["tab"] = tab == SetUp ? null : tab, ["id"] = id, ["new"] = create ? true : null,
            ["failures"] = tab == Requests && (failures ?? Failures) ? true : null, ["decided"] = decided ? true : null,
        });
}
