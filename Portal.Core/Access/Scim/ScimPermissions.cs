using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Scim;

public static class ScimPermissions
{
    /// <summary>The SCIM service itself: tokens with the scope <c>scim</c>, and service administrators. No other role carries it.</summary>
    public static readonly Permission Provision = new("scim", "provision");

    /// <summary>The request log and the changes that wait for approval.</summary>
    public static readonly Permission Read = new("provisioning", "read");

    /// <summary>Approving and rejecting, replaying, binding groups to roles.</summary>
    public static readonly Permission Write = new("provisioning", "write");
}
