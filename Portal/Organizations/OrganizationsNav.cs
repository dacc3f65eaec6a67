using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Organizations;

internal sealed class OrganizationsNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } =
    [
        new(NavGroups.Top, 10, "organizations", "organizations.title", "org", null, OfPlatform: true),
        new(NavGroups.Organization, 10, "business-units", "units.title", "org", OrganizationsPermissions.ReadBusinessUnits),
        new(NavGroups.Organization, 90, "settings", "settings.title", "settings", OrganizationsPermissions.Read),
    ];
}
