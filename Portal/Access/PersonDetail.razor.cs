using Hexabase.Portal.Controls;
using Hexabase.Portal.Access.Roles;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>One member: what they are, their role, taking them out. The command protects the last administrator.</summary>
public sealed partial class PersonDetail
{
    private ConfirmDialog? _confirm;
    private string? _role;
    private string? _taken;
    private long _version;

    [Parameter, EditorRequired] public required PersonRow Row { get; set; }

    [Parameter] public bool CanEdit { get; set; }

    /// <summary>The row was changed by somebody else: load it again.</summary>
    [Parameter] public EventCallback OnReload { get; set; }

    [Parameter] public EventCallback OnRemoved { get; set; }

    private bool IsSelf => Row.UserId == Actor.Id;

    private bool Covered => RoleChoice.Covers(Actor, OrganizationId, Known, Row.Roles);

    private bool Changed => _role is not null && (Row.Roles.Count != 1 || Row.Roles[0] != _role);

    protected override void OnParametersSet()
    {
        // A choice that was made but not saved stays; the command says when somebody was faster.
        if (_version != 0 && _role != _taken) return;
        _taken = _role = Row.Roles is [var first, ..] ? first : null;
        _version = Row.Version;
    }

    private async Task SaveAsync()
    {
        if (_role is null || _confirm is null) return;
        if (IsSelf && _role != BuiltInRoles.OrgAdmin && !await _confirm.AskAsync(new Question(T["people.selfRoleTitle"], T["people.selfRoleText"], T["people.changeRole"], Dangerous: true))) return;
        var (done, _) = await SendAsync(new ChangeMemberRole(Org, Row.Id, _role, _version));
        if (!done) return;
        _version = 0;
        Toasts.Show(T["people.roleChanged", Row.DisplayName, Known.FirstOrDefault(r => r.Word == _role)?.Name ?? _role], Tone.Good);
        await OnReload.InvokeAsync();
    }

    private async Task RemoveAsync()
    {
        if (_confirm is null) return;
        var question = new Question(T["people.removeTitle", Row.DisplayName], T[IsSelf ? "people.leaveText" : "people.removeText"], T[IsSelf ? "people.leave" : "people.remove"], Dangerous: true);
        if (!await _confirm.AskAsync(question)) return;
        var (done, _) = await SendAsync(new RemoveMember(Org, Row.Id, _version));
        if (!done) return;
        Toasts.Show(T["people.removed", Row.DisplayName], Tone.Good);
        await OnRemoved.InvokeAsync();
    }

    private async Task LoadNewerAsync()
    {
        (Problem, _version) = (null, 0);
        await OnReload.InvokeAsync();
    }
}
