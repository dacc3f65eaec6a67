using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Workspaces;

internal sealed class WorkspacesNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } =
    [
        new(NavGroups.Organization, 20, "workspaces", "workspaces.title", "workspace", WorkspacesPermissions.Read, Anywhere: true),
        new(NavGroups.Organization, 30, "quotas", "quotas.title", "quota", WorkspacesPermissions.ReadQuotas, Anywhere: true),
    ];
}
