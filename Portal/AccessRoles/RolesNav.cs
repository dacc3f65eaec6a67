using Hexabase.Portal.Shell;

namespace Hexabase.Portal.AccessRoles;

/// <summary>The slice's places in the navigation.</summary>
internal sealed class RolesNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } =
    [
        new(NavGroups.Access, 14, "roles", "roles.title", "shield", null),
        new(NavGroups.Access, 15, "access/bindings", "bindings.title", "key", Access.Roles.RolesPermissions.Read),
        new(NavGroups.Access, 17, "access", "explorer.title", "search", Access.Roles.RolesPermissions.Read, Exact: true),
        new(NavGroups.Access, 16, "access/rules", "rules.title", "filter", Access.Roles.RolesPermissions.Read),
    ];
}
