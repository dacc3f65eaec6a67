using Hexabase.Portal.Access.Sso;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.SsoSetup;

/// <summary>How people of the organization sign in: connections to identity providers, mail domains, each attempt with its cause, and the way in when the provider is down.</summary>
public sealed partial class SsoPage
{
    private const string Connections = "connections";
    private const string Domains = "domains";
    private const string Attempts = "attempts";
    private const string Emergency = "emergency";
    private static readonly PageRequest All = new(PageRequest.MaxLimit);
    private IReadOnlyList<SsoConnectionRow>? _connections;
    private IReadOnlyList<SsoDomainRow> _domains = [];
    private IReadOnlyList<SsoExpiryRow> _expiries = [];
    private BreakGlassRow? _breakGlass;
    private DataTable<SsoAttemptRow>? _table;
    private Dictionary<Guid, SsoAttemptRow> _shown = [];
    private (bool Failures, string? Filter)? _shownOf;

    [SupplyParameterFromQuery(Name = "tab")] public string? Tab { get; set; }

    /// <summary>The connection or attempt that is open.</summary>
    [SupplyParameterFromQuery(Name = "id")] public Guid? Id { get; set; }

    [SupplyParameterFromQuery(Name = "new")] public bool Create { get; set; }

    [SupplyParameterFromQuery(Name = "edit")] public bool Edit { get; set; }

    [SupplyParameterFromQuery(Name = "failures")] public bool Failures { get; set; }

    /// <summary>The short code that a person was shown.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Sso];

    private string Section => Tab is Domains or Attempts or Emergency ? Tab : Connections;

    private bool MayWrite => May(SsoPermissions.Write);

    private bool Creating => Create && MayWrite && Section == Connections;

    private SsoConnectionRow? Chosen => Section == Connections ? _connections?.FirstOrDefault(c => c.Id == Id) : null;

    private SsoAttemptRow? Attempt => Id is { } id ? _shown.GetValueOrDefault(id) : null;

    private bool IsOpen => Creating || Chosen is not null || (Section == Attempts && Attempt is not null);

    private IReadOnlyList<Tabs.Tab> TabItems =>
    [
        new(Address(Connections), T["ssoSetup.connections"], Section == Connections),
        new(Address(Domains), T["ssoSetup.domains"], Section == Domains, _domains.Count),
        new(Address(Attempts), T["ssoSetup.attempts"], Section == Attempts),
        new(Address(Emergency), T["ssoSetup.emergency"], Section == Emergency),
    ];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new ListSsoConnections(Org ?? "", All)) is not { } connections || await AskAsync(new ListSsoDomains(Org ?? "", All)) is not { } domains
            || await AskAsync(new ListSsoExpiries(Org ?? "")) is not { } expiries || await AskAsync(new GetBreakGlass(Org ?? "")) is not { } breakGlass) return;
        (_connections, _domains, _expiries, _breakGlass) = (connections.Items, domains.Items, expiries, breakGlass);
        if (_table is null || Section != Attempts) return;
        if (_shownOf == (Failures, Filter)) await _table.RefreshAsync();
        else await _table.ResetAsync();
    }

    private async Task<DataTablePage<SsoAttemptRow>> LoadAttemptsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        _shownOf = (Failures, Filter);
        var page = await TableLoading.LoadAsync(query, Filter, p => Portal.AskAsync(Actor, new ListSsoAttempts(Org ?? "", p, Failures), cancellationToken));
        if (query.Cursor is null) _shown = [];
        foreach (var row in page.Rows) _shown[row.Id] = row;
        return page;
    }

    private async Task SavedAsync(Guid id)
    {
        await ReloadAsync();
        Navigation.NavigateTo(Address(Connections, id));
    }

    private string Address(string tab, Guid? id = null, bool create = false, bool edit = false, bool? failures = null) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["tab"] = tab == Connections ? null : tab, ["id"] = id, ["new"] = create ? true : null, ["edit"] = edit ? true : null,
            ["failures"] = tab == Attempts && (failures ?? Failures) ? true : null, ["q"] = tab == Attempts ? Filter : null,
        });
}
