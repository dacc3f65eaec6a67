using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>
/// An audit entry on its way out: its fields as text, after a sink has left out, masked or renamed some of them, and the place that the sink gave it.
/// </summary>
public sealed class AuditEvent
{
    private readonly string?[] _values = new string?[AuditFields.Count];
    private readonly JsonElement?[] _json = new JsonElement?[AuditFields.Count];

    private AuditEvent(AuditEntryRow row)
    {
        Row = row;
        Set(AuditField.Timestamp, Time(row.Timestamp));
        if (row.RecordedAt is { } recorded) Set(AuditField.RecordedAt, Time(recorded));
        Set(AuditField.TenantId, (row.TenantId ?? Guid.Empty).ToString());
        Set(AuditField.Id, row.Id.ToString());
        if (row.Index is { } index) Set(AuditField.Index, index.ToString(CultureInfo.InvariantCulture));
        if (row.UserId != Guid.Empty) Set(AuditField.UserId, row.UserId.ToString());
        Set(AuditField.ActorName, row.ActorName);
        Set(AuditField.ActorKind, row.ActorKind);
        Set(AuditField.Action, row.Action);
        Set(AuditField.Resource, row.Resource);
        Set(AuditField.ResourceKind, row.ResourceKind);
        Set(AuditField.ResourceId, row.ResourceId);
        Set(AuditField.ResourceName, row.ResourceName);
        Set(AuditField.WorkspaceId, row.Workspace?.ToString());
        SetJson(AuditField.OldValue, row.OldValue);
        SetJson(AuditField.NewValue, row.NewValue);
        Set(AuditField.IpAddress, row.IpAddress);
        Set(AuditField.UserAgent, row.UserAgent);
        Set(AuditField.Status, row.Status == AuditStatus.Success ? "success" : "failure");
        Set(AuditField.Reason, row.Reason);
        Set(AuditField.ApproverId, row.Approver?.ToString());
        Set(AuditField.SessionId, row.Session?.ToString());
        Set(AuditField.RequestId, row.RequestId);
        Set(AuditField.OperationId, row.Operation?.ToString());
        Set(AuditField.Permission, row.Permission);
        Set(AuditField.Scope, row.Scope);
        SetJson(AuditField.Decision, row.Decision);
        Set(AuditField.Source, row.Source);
        Set(AuditField.SourceId, row.SourceId);
    }

    internal AuditEntryRow Row { get; }

    public Guid Id => Row.Id;

    /// <summary>UTC.</summary>
    public DateTime Timestamp => Row.Timestamp;

    public bool Failed => Row.Status == AuditStatus.Failure;

    public string Action => Row.Action;

    /// <summary>The sink's own number from 1 without gaps; null outside of sinks.</summary>
    public long? Sequence { get; init; }

    /// <summary>Which numbering <see cref="Sequence"/> belongs to: "live", or a back-fill's own.</summary>
    public string? Stream { get; init; }

    public Guid? SinkId { get; init; }

    /// <summary>It was sent before and goes again because someone asked for it.</summary>
    public bool IsReplay { get; init; }

    /// <summary>Other names for fields, by <see cref="AuditField"/>; null where the name stays.</summary>
    internal string?[]? Names { get; init; }

    /// <summary>Comma-separated names of fields that were cut to the receiver's length; null = whole.</summary>
    public string? Truncated { get; internal set; }

    public static AuditEvent Of(AuditEntryRow row) => new(row);

    internal static AuditEvent Of(AuditEntryRow row, Guid? sinkId, string? stream, long? sequence, bool isReplay, string?[]? names) =>
        new(row) { SinkId = sinkId, Stream = stream, Sequence = sequence, IsReplay = isReplay, Names = names };

    /// <summary>The field as text (JSON as its text); null = not there.</summary>
    public string? this[AuditField field] => _values[(int)field] ?? _json[(int)field]?.GetRawText();

    internal bool Has(AuditField field) => _values[(int)field] is not null || _json[(int)field] is not null;

    /// <summary>The JSON of a field that nobody has masked or cut.</summary>
    internal JsonElement? JsonOf(AuditField field) => _json[(int)field];

    internal string NameOf(AuditField field) => Names?[(int)field] ?? AuditFields.NameOf(field);

    internal void Replace(AuditField field, string? text)
    {
        _json[(int)field] = null;
        _values[(int)field] = text;
    }

    /// <summary>UTC with six decimals, as in the log's own leaves.</summary>
    internal static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private void Set(AuditField field, string? value)
    {
        if (!string.IsNullOrEmpty(value)) _values[(int)field] = value;
    }

    private void SetJson(AuditField field, JsonElement? value)
    {
        if (value is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) }) _json[(int)field] = value;
    }
}
