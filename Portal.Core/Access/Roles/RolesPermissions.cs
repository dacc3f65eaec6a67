using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Roles;

public static class RolesPermissions
{
    /// <summary>Roles, bindings, rules and what they come to.</summary>
    public static readonly Permission Read = new("roles", "read");

    /// <summary>Making roles, binding them, and the organization's rules.</summary>
    public static readonly Permission Write = new("roles", "write");
}
