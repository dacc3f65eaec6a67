using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit;

public static class AuditPermissions
{
    public static readonly Permission Read = new("audit", "read");

    /// <summary>Taking entries out of the portal: files, streams.</summary>
    public static readonly Permission Export = new("audit", "export");

    /// <summary>Adding events of outside logs.</summary>
    public static readonly Permission Ingest = new("audit", "ingest");

    /// <summary>Retention, legal holds, erasing persons, sinks.</summary>
    public static readonly Permission Administer = new("audit", "administer");
}
