using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Ingest;

internal static class IngestTables
{
    public static void Configure(ModelBuilder model)
    {
        AuditSourceId.Configure(model);
        AuditSourceState.Configure(model);
        AuditEventMapping.Configure(model);
    }
}
