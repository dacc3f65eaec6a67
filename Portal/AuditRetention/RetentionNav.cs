using Hexabase.Portal.Audit;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.AuditRetention;

/// <summary>The slice's place in the navigation.</summary>
internal sealed class RetentionNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } = [new(NavGroups.Evidence, 40, "audit/retention", "retention.nav", "clock", AuditPermissions.Read)];
}
