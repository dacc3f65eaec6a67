using System.Buffers;
using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Entries as CSV (RFC 4180, UTF-8 with a byte-order mark, because spreadsheets take it for something else without one). What a spreadsheet would take for a formula gets an apostrophe in front.</summary>
public static class CsvAuditFormat
{
    private static readonly (string Name, Func<AuditEntryRow, string?> Value)[] Columns =
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

    public static AuditRowFormat Format { get; } =
        new("csv", "text/csv; charset=utf-8", "csv", Write, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(string.Join(',', Columns.Select(c => c.Name)) + "\r\n")]);

    private static void Write(AuditEntryRow row, IBufferWriter<byte> into)
    {
        for (var i = 0; i < Columns.Length; i++)
        {
            if (i > 0) into.Write(","u8);
            if (Columns[i].Value(row) is { Length: > 0 } text) Encoding.UTF8.GetBytes(Cell(text), into);
        }

        into.Write("\r\n"u8);
    }

    private static string Cell(string text)
    {
        // Full-width signs start formulas in East Asian spreadsheets as well.
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠') text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Time(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
