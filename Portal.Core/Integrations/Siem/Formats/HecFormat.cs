using System.Buffers;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>What a Splunk HTTP Event Collector is told of where events belong; null = as the token says.</summary>
public sealed record HecMetadata(string Host = "portal", string? Source = null, string? SourceType = "hexabase:audit", string? Index = null);

/// <summary>
/// One event of Splunk's HTTP Event Collector: time in seconds with microseconds, metadata, the entry in <paramref name="body"/>'s format, and the sink's number, the entry's id and the
/// organization as indexed fields.
/// </summary>
public sealed class HecFormat(HecMetadata metadata, IAuditEventFormat body) : IAuditEventFormat
{
    public string MediaType => "application/json";

    public void Write(AuditEntryRow entry, IBufferWriter<byte> into) => Write(AuditEvent.Of(entry), into);

    public void Write(AuditEvent audited, IBufferWriter<byte> into)
    {
        using var json = new Utf8JsonWriter(into, JsonFormat.Options);
        json.WriteStartObject();
        json.WriteNumber("time", decimal.Round((decimal)(audited.Timestamp - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond, 6));
        json.WriteString("host", metadata.Host);
        if (metadata.Source is not null) json.WriteString("source", metadata.Source);
        if (metadata.SourceType is not null) json.WriteString("sourcetype", metadata.SourceType);
        if (metadata.Index is not null) json.WriteString("index", metadata.Index);
        json.WritePropertyName("event");
        if (body is JsonFormat) JsonFormat.WriteObject(audited, json);
        else if (body is OcsfFormat) OcsfFormat.WriteObject(audited, json);
        else json.WriteStringValue(AsText(audited));
        json.WriteStartObject("fields");
        if (audited.Sequence is { } sequence) json.WriteNumber("sequence", sequence);
        if (audited.Stream is { } stream) json.WriteString("stream", stream);
        if (audited.SinkId is { } sink) json.WriteString("sink_id", sink);
        json.WriteString("event_id", audited.Id);
        if (audited[AuditField.TenantId] is { } tenant) json.WriteString("tenant_id", tenant);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string AsText(AuditEvent audited)
    {
        var text = new ArrayBufferWriter<byte>(1024);
        body.Write(audited, text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
