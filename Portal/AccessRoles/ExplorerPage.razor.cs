using System.Globalization;
using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AccessRoles;

/// <summary>"Why can X do Y here?" and "who can do Y here?": the question is in the address, so that an answer can be passed on.</summary>
public sealed partial class ExplorerPage
{
    private static readonly string[] Scopes = ["organization", "businessUnit", "workspace", "project"];
    private DataTable<WhoRow>? _table;
    private AccessExplanation? _answer;
    private Problem? _refused;
    private string? _shown;
    private string? _kind;
    private string? _principal;
    private string? _permission;
    private string? _scope;
    private string? _place;
    private DateOnly? _day;
    private string? _ip;
    private bool _mfa;

    [SupplyParameterFromQuery] public string? Tab { get; set; }

    /// <summary>person (null likewise), serviceAccount or token.</summary>
    [SupplyParameterFromQuery] public string? Kind { get; set; }

    [SupplyParameterFromQuery] public string? Principal { get; set; }

    /// <summary>area:verb</summary>
    [SupplyParameterFromQuery] public string? Permission { get; set; }

    [SupplyParameterFromQuery] public string? Scope { get; set; }

    [SupplyParameterFromQuery] public string? Place { get; set; }

    /// <summary>A past day: the moment is its end in the viewer's zone.</summary>
    [SupplyParameterFromQuery] public string? At { get; set; }

    [SupplyParameterFromQuery] public string? Ip { get; set; }

    [SupplyParameterFromQuery] public bool Mfa { get; set; }

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    [Inject] private Viewer Viewer { get; set; } = default!;

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Roles, LiveTopic.People, LiveTopic.Tokens, LiveTopic.Sso];

    private bool IsWho => Tab == "who";

    private IReadOnlyList<Tabs.Tab> TabItems => [new(Address("why"), T["explorer.why"], !IsWho), new(Address("who"), T["explorer.whoCan"], IsWho)];

    private IReadOnlyList<(string, string)> PermissionOptions => [.. PermissionCatalog.All.Select(p => (p.Permission, $"{RoleWords.Permission(T, p.Permission)} ({p.Permission})"))];

    private IReadOnlyList<(string, string)> KindOptions => [("person", T["bindings.person"]), ("serviceAccount", T["accounts.single"]), ("token", T["explorer.token"])];

    private IReadOnlyList<(string, string)> ScopeOptions => [.. Scopes.Select(s => (s, T[$"scope.{char.ToUpperInvariant(s[0])}{s[1..]}"]))];

    private DateTime? Moment
    {
        get
        {
            if (!DateOnly.TryParseExact(At, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return null;
            // Today's end has not come: today is now.
            return Viewer.EndOf(day) is { } end && end <= Clock.GetUtcNow().UtcDateTime ? end : null;
        }
    }

    private string? AtIso => ListCell.Utc(Moment);

    private AccessQuestion Question => new(Permission, Scope, Place, Moment, string.IsNullOrWhiteSpace(Ip) ? null : Ip, Mfa);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        (_kind, _principal, _permission, _scope, _place, _ip, _mfa) = (Kind ?? "person", Principal, Permission ?? PermissionCatalog.All[0].Permission, Scope ?? "organization", Place, Ip, Mfa);
        _day = DateOnly.TryParseExact(At, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
        (_answer, _refused) = (null, null);
        // Refused as a whole, the page says so before anything is asked.
        if (await AskAsync(new Access.Bindings.ListBindings(Org ?? "", new PageRequest(1))) is null || Permission is null) return;
        if (IsWho)
        {
            _refused = (await Portal.AskAsync(Actor, new ListWhoCan(Org ?? "", Question, new PageRequest(1)), cancellationToken)).Problem;
            if (_table is null || _refused is not null) return;
            if (_shown == Navigation.Uri) await _table.RefreshAsync();
            else await _table.ResetAsync();
            return;
        }

        if (Principal is null) return;
        var answer = await Portal.AskAsync(Actor, new ExplainAccess(Org ?? "", Principal, Question, Kind), cancellationToken);
        answer.TryGet(out _answer, out _refused);
    }

    private Task<DataTablePage<WhoRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        _shown = Navigation.Uri;
        return TableLoading.LoadAsync(query, Filter, page => Portal.AskAsync(Actor, new ListWhoCan(Org ?? "", Question, page), cancellationToken));
    }

    private void Ask() => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["kind"] = IsWho || _kind == "person" ? null : _kind, ["principal"] = IsWho ? null : _principal?.Trim(), ["permission"] = _permission, ["scope"] = _scope == "organization" ? null : _scope, ["place"] = _scope == "organization" ? null : _place,
        ["at"] = _day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["ip"] = string.IsNullOrWhiteSpace(_ip) ? null : _ip.Trim(), ["mfa"] = _mfa ? true : null, ["q"] = null,
    }));

    private string WhyOf(WhoRow row) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["tab"] = null, ["q"] = null,
        ["kind"] = row.Kind switch { ActorKind.ServiceAccount => "serviceAccount", ActorKind.Token => "token", _ => null }, ["principal"] = row.Kind == ActorKind.Person ? row.UserName : row.Id,
    });

    private string KindWord(ActorKind kind) => T[kind == ActorKind.ServiceAccount ? "accounts.single" : "explorer.token"];

    private string Address(string tab) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["tab"] = tab == "why" ? null : tab, ["q"] = null });
}
