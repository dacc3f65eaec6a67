using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Workspaces;

/// <summary>Workspaces, their projects and the label catalogue; quotas.</summary>
public static class WorkspacesPermissions
{
    public static readonly Permission Read = new("workspaces", "read");
    public static readonly Permission Write = new("workspaces", "write");
    public static readonly Permission ReadQuotas = new("quotas", "read");
    public static readonly Permission WriteQuotas = new("quotas", "write");
}
