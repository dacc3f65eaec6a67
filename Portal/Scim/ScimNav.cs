using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Scim;

/// <summary>The slice's places in the navigation.</summary>
internal sealed class ScimNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } =
    [
        new(NavGroups.Access, 12, "groups", "groups.title", "people", AccessPermissions.ReadPeople),
        new(NavGroups.Access, 40, "provisioning", "provisioning.title", "link", ScimPermissions.Read),
    ];
}
