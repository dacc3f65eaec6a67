using Hexabase.Portal.Access.Sso;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.SsoSetup;

/// <summary>The slice's place in the navigation.</summary>
internal sealed class SsoNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } = [new(NavGroups.Access, 30, "sso", "ssoSetup.title", "key", SsoPermissions.Read)];
}
