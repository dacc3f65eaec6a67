using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit;

public static class AuditPermissions
{
    public static readonly Permission Read = new("audit", "read");
}
