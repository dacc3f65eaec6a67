using Hexabase.Portal.Audit;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.AuditIngest;

internal sealed class SourcesNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } = [new(NavGroups.Evidence, 30, "audit/sources", "sources.title", "import", AuditPermissions.Read)];
}
