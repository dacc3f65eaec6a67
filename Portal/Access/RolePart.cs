using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>A form in which a role is picked, built-in or the organization's own.</summary>
public abstract class RolePart : PortalPart
{
    /// <summary><see cref="Guid.Empty"/> = the platform.</summary>
    [Parameter, EditorRequired] public required Guid OrganizationId { get; set; }

    /// <summary>Every role that can be had there; what is offered are <see cref="Offered"/>.</summary>
    private protected IReadOnlyList<RoleOption> Known { get; private set; } = [];

    /// <summary>Those that the viewer may give.</summary>
    private protected IReadOnlyList<RoleOption> Offered => RoleChoice.Of(Actor, OrganizationId, Known);

    protected override async Task OnInitializedAsync() =>
        Known = OrganizationId == Guid.Empty ? RoleChoice.OfPlatform(T) : RoleChoice.Among(T, await AskAsync(new ListRoles(Org)) ?? []);
}
