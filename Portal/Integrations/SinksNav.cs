using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Integrations;

/// <summary>The slice's place in the navigation.</summary>
internal sealed class SinksNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } = [new(NavGroups.Evidence, 30, "audit/sinks", "sinks.nav", "export", SiemPermissions.Read)];
}
