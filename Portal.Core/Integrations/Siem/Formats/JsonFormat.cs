using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>One JSON object an entry, by the names of the specification in snake_case; what is not there is left out.</summary>
public sealed class JsonFormat : IAuditEventFormat
{
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public string MediaType => "application/json";

    public void Write(AuditEntryRow entry, IBufferWriter<byte> into) => Write(AuditEvent.Of(entry), into);

    public void Write(AuditEvent audited, IBufferWriter<byte> into)
    {
        using var json = new Utf8JsonWriter(into, Options);
        WriteObject(audited, json);
    }

    internal static void WriteObject(AuditEvent audited, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteOrigin(audited, json);
        for (var field = (AuditField)0; (int)field < AuditFields.Count; field++)
        {
            if (audited.Has(field)) WriteField(audited, field, json, audited.NameOf(field));
        }

        json.WriteEndObject();
    }

    internal static void WriteField(AuditEvent audited, AuditField field, Utf8JsonWriter json, string name)
    {
        json.WritePropertyName(name);
        if (audited.JsonOf(field) is { } value) value.WriteTo(json);
        else if (field == AuditField.Index && long.TryParse(audited[field], NumberStyles.None, CultureInfo.InvariantCulture, out var index)) json.WriteNumberValue(index);
        else json.WriteStringValue(audited[field]);
    }

    private static void WriteOrigin(AuditEvent audited, Utf8JsonWriter json)
    {
        if (audited.Sequence is { } sequence) json.WriteNumber("sequence", sequence);
        if (audited.Stream is { } stream) json.WriteString("stream", stream);
        if (audited.SinkId is { } sink) json.WriteString("sink_id", sink);
        if (audited.IsReplay) json.WriteBoolean("replay", true);
        if (audited.Truncated is { } truncated) json.WriteString("truncated", truncated);
    }
}
