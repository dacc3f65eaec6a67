using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Integrations.Siem;

public static class SiemPermissions
{
    public static readonly Permission Read = new("auditSinks", "read");
    public static readonly Permission Write = new("auditSinks", "write");
}
