using System.Globalization;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Entries as rows of a table: what CSV and XLSX have in common.</summary>
internal static class TableOfEntries
{
    public static IReadOnlyList<(string Name, Func<AuditEntryRow, string?> Value)> Columns { get; } =
    [
        ("timestamp", r => Time(r.Timestamp)),
        ("recorded_at", r => r.RecordedAt is { } at ? Time(at) : null),
        ("tenant_id", r => (r.TenantId ?? Guid.Empty).ToString()),
        ("id", r => r.Id.ToString()),
        ("index", r => r.Index?.ToString(CultureInfo.InvariantCulture)),
        ("user_id", r => r.UserId == Guid.Empty ? null : r.UserId.ToString()),
        ("actor_name", r => r.ActorName),
        ("actor_kind", r => r.ActorKind),
        ("action", r => r.Action),
        ("resource", r => r.Resource),
        ("resource_kind", r => r.ResourceKind),
        ("resource_id", r => r.ResourceId),
        ("resource_name", r => r.ResourceName),
        ("workspace_id", r => r.Workspace?.ToString()),
        ("old_value", r => r.OldValue?.GetRawText()),
        ("new_value", r => r.NewValue?.GetRawText()),
        ("ip_address", r => r.IpAddress),
        ("user_agent", r => r.UserAgent),
        ("status", r => r.Status == AuditStatus.Success ? "success" : "failure"),
        ("reason", r => r.Reason),
        ("approver_id", r => r.Approver?.ToString()),
        ("session_id", r => r.Session?.ToString()),
        ("request_id", r => r.RequestId),
        ("operation_id", r => r.Operation?.ToString()),
        ("permission", r => r.Permission),
        ("scope", r => r.Scope),
        ("decision", r => r.Decision?.GetRawText()),
        ("source", r => r.Source),
        ("source_id", r => r.SourceId),
        ("person_erased", r => r.PersonErased ? "yes" : null),
    ];

    private static string Time(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
