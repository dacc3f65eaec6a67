using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

internal static class SiemTables
{
    public static void Configure(ModelBuilder model)
    {
        AuditSink.Configure(model);
        AuditSinkProgress.Configure(model);
        AuditSinkReceipt.Configure(model);
        AuditSinkRun.Configure(model);
        AuditSinkDeadLetter.Configure(model);
    }
}
