using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AccessRoles;

/// <summary>Gives a person or a group a role; offers only the roles that the viewer may give.</summary>
public sealed partial class BindingForm
{
    private string? _kind = "person";
    private string? _principal;
    private string? _role = BuiltInRoles.OrgUser;
    private string? _scope = "organization";
    private string? _place;
    private string? _condition;
    private DateOnly? _lastDay;
    private IReadOnlyList<(string Value, string Text)> _groups = [];
    private PlaceFields? _where;

    [Parameter, EditorRequired] public required Guid OrganizationId { get; set; }

    [Parameter, EditorRequired] public required IReadOnlyList<RoleRow> Roles { get; set; }

    [Parameter] public EventCallback<BindingRow> OnDone { get; set; }

    private IReadOnlyList<(string, string)> Kinds => [("person", T["bindings.person"]), ("group", T["bindings.group"])];

    private IReadOnlyList<(string, string)> RoleOptions =>
        [.. Roles.Where(r => r.Key != BuiltInRoles.ServiceAdmin && AccessPolicy.MayGrant(Actor, new Role(r.Key, r.WidestScope, r.Permissions), new AccessTarget(OrganizationId))).Select(r => (r.Key, RoleWords.Name(T, r)))];

    private RoleRow? Chosen => Roles.FirstOrDefault(r => r.Key == _role);

    private string? RoleHelp => Chosen is { } role ? RoleWords.About(T, role) : null;

    private IReadOnlyList<(string, string)> ScopeOptions =>
        [.. Enum.GetValues<GrantScope>().Where(s => s != GrantScope.Platform && Chosen is { } role && s >= role.WidestScope && s <= role.NarrowestScope).Select(s => (Words.Of(s), RoleWords.Scope(T, s)))];

    protected override async Task OnInitializedAsync()
    {
        _groups = [.. ((await AskAsync(new ListGroups(Org, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(g => (g.Id.ToString(), g.DisplayName))];
        if (_kind == "group") _principal ??= _groups.Select(g => g.Value).FirstOrDefault();
        // What the form cannot list is not what was asked for.
        Problem = null;
    }

    private void SetKind(string? kind) => (_kind, _principal) = (kind, kind == "group" ? _groups.Select(g => g.Value).FirstOrDefault() : null);

    private async Task SetRole(string? role)
    {
        _role = role;
        if (_where is not null && !ScopeOptions.Any(s => s.Item1 == _scope)) await _where.SetScopeAsync(ScopeOptions.Select(s => s.Item1).FirstOrDefault());
    }

    private async Task SaveAsync()
    {
        // The last day counts, in the viewer's zone: the binding ends where the next day begins.
        var end = Viewer.EndOf(_lastDay);
        var (done, row) = await SendAsync(new BindRole(Org, new BindingInput(_principal, _role, _kind, _scope, _place, _condition, end)));
        if (done && row is not null) await OnDone.InvokeAsync(row);
    }

    [Inject] private Shell.Viewer Viewer { get; set; } = default!;
}
