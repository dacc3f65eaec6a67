using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AccessRoles;

/// <summary>What every role may do, the organization's own roles, and the catalogue of permissions.</summary>
public sealed partial class RolesPage
{
    private ConfirmDialog? _confirm;
    private IReadOnlyList<RoleRow> _roles = [];
    private IReadOnlyList<PermissionRow> _permissions = [];
    private RoleRow? _chosen;

    [SupplyParameterFromQuery] public string? Tab { get; set; }

    /// <summary>The role that is open: a built-in name or a slug.</summary>
    [SupplyParameterFromQuery] public string? Id { get; set; }

    [SupplyParameterFromQuery] public bool New { get; set; }

    [SupplyParameterFromQuery] public bool Edit { get; set; }

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Roles];

    private string Section => Tab == "permissions" ? "permissions" : "roles";

    private bool MayWrite => May(RolesPermissions.Write);

    private bool Creating => New && MayWrite;

    private bool HasDrawer => Creating || Id is not null;

    private IReadOnlyList<Tabs.Tab> TabItems =>
        [new(Url("roles"), T["roles.title"], Section == "roles", _roles.Count), new(Url("roles?tab=permissions"), T["roles.permissions"], Section == "permissions", _permissions.Count)];

    private IReadOnlyList<PermissionRow> ShownPermissions => Filter is null
        ? _permissions
        : [.. _permissions.Where(p => p.Permission.Contains(Filter, StringComparison.OrdinalIgnoreCase) || RoleWords.Permission(T, p.Permission).Contains(Filter, StringComparison.CurrentCultureIgnoreCase) || p.UsedBy.Any(u => u.Contains(Filter, StringComparison.OrdinalIgnoreCase)))];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _roles = await AskAsync(new ListRoles(Org ?? "")) ?? _roles;
        _permissions = await AskAsync(new ListPermissions(Org ?? "")) ?? _permissions;
        _chosen = Id is null ? null : _roles.FirstOrDefault(r => r.Key == Id || r.Slug == Id);
    }

    private IEnumerable<string> Carrying(PermissionRow row) =>
        _roles.Where(r => new Role(r.Key, r.WidestScope, r.Permissions).Allows(new Permission(row.Area, row.Verb))).Select(r => RoleWords.Name(T, r));

    private string Scopes(RoleRow row) => row.WidestScope == row.NarrowestScope ? RoleWords.Scope(T, row.WidestScope) : T["roles.fromTo", RoleWords.Scope(T, row.WidestScope), RoleWords.Scope(T, row.NarrowestScope)];

    private void Opened(RoleRow row) => Navigation.NavigateTo(Address(row.Slug));

    private async Task ArchiveAsync(RoleRow row)
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["roles.archiveTitle", RoleWords.Name(T, row)], T["roles.archiveText"], T["roles.archive"], Dangerous: true))) return;
        var result = await SendAsync(new ArchiveCustomRole(Org ?? "", row.Key, row.Version));
        if (result.Problem is { } problem)
        {
            Toasts.Show(T.Problem(problem), Tone.Bad);
            return;
        }

        Toasts.Show(T["roles.archived", RoleWords.Name(T, row)], Tone.Good);
        Navigation.NavigateTo(Address());
    }

    private string Address(string? id = null, bool create = false, bool edit = false) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["id"] = id, ["new"] = create ? true : null, ["edit"] = edit ? true : null, ["tab"] = null, ["q"] = null,
    });
}
