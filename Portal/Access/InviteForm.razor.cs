using Hexabase.Portal.Access.Roles;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Invites a person and shows the link, this once; an earlier invitation of the same address ends.</summary>
public sealed partial class InviteForm
{
    private string? _email;
    private string? _role;
    private string? _link;
    private InvitationRow? _made;

    /// <summary>Filled in at the start.</summary>
    [Parameter] public string? Email { get; set; }

    [Parameter] public string? Role { get; set; }

    protected override void OnInitialized() => (_email, _role) = (Email, Role ?? BuiltInRoles.OrgUser);

    private async Task SaveAsync()
    {
        var (done, answer) = await SendAsync(new InviteMember(Org, _email, _role));
        if (!done || answer is null) return;
        (_made, _link) = (answer.Row, Navigation.ToAbsoluteUri($"/invitation/{answer.Token}").ToString());
    }

    private void Again() => (_made, _link, _email, Problem) = (null, null, null, null);
}
