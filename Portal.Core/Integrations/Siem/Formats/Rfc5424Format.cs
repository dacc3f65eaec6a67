using System.Buffers;
using System.Globalization;
using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>What the header of a syslog message says of its sender.</summary>
/// <param name="HostName">RFC 5424 HOSTNAME, printable ASCII; anything else is replaced.</param>
/// <param name="AppName">RFC 5424 APP-NAME.</param>
/// <param name="EnterpriseNumber">IANA private enterprise number of the structured data's names; 32473 is the one set aside for examples (RFC 5612).</param>
/// <param name="Facility">0 to 23; 13 = log audit.</param>
public sealed record SyslogHeader(string HostName = "portal", string AppName = "hexabase-portal", int EnterpriseNumber = 32473, int Facility = 13);

/// <summary>
/// RFC 5424: header, structured data, message. Without <paramref name="body"/> the fields stand in the structured data and the message is a sentence; with one the message is
/// the entry in that format and the structured data holds its number and id alone. Severity: notice (5) for success, warning (4) for failure.
/// </summary>
public sealed class Rfc5424Format(SyslogHeader header, IAuditEventFormat? body = null) : IAuditEventFormat
{
    private readonly string _host = Printable(header.HostName, 255);
    private readonly string _app = Printable(header.AppName, 48);
    private readonly string _process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    public string MediaType => "application/syslog";

    public void Write(AuditEntryRow entry, IBufferWriter<byte> into) => Write(AuditEvent.Of(entry), into);

    public void Write(AuditEvent audited, IBufferWriter<byte> into)
    {
        var priority = (header.Facility * 8) + (audited.Failed ? 4 : 5);
        into.Append(string.Create(CultureInfo.InvariantCulture, $"<{priority}>1 {AuditEvent.Time(audited.Timestamp)} {_host} {_app} {_process} {Printable(audited.Action, 32)} "));
        WriteStructuredData(audited, into);
        into.Append(" ");
        if (body is null)
        {
            into.Append("\ufeff");
            into.Append(Sentence(audited));
        }
        else
        {
            // A byte order mark before JSON or CEF would keep receivers from parsing it; without one MSG is MSG-ANY, whose bytes are UTF-8 all the same.
            body.Write(audited, into);
        }
    }

    private void WriteStructuredData(AuditEvent audited, IBufferWriter<byte> into)
    {
        if (audited.Sequence is { } sequence)
        {
            // RFC 5424 7.3.1: from 1 to 2147483647, then 1 again.
            into.Append(string.Create(CultureInfo.InvariantCulture, $"[meta sequenceId=\"{((sequence - 1) % int.MaxValue) + 1}\"]"));
        }

        into.Append(string.Create(CultureInfo.InvariantCulture, $"[audit@{header.EnterpriseNumber}"));
        if (audited.Sequence is { } number) Parameter(into, "sequence", number.ToString(CultureInfo.InvariantCulture));
        if (audited.Stream is { } stream) Parameter(into, "stream", stream);
        if (audited.IsReplay) Parameter(into, "replay", "true");
        if (audited.Truncated is { } truncated) Parameter(into, "truncated", truncated);
        if (body is not null)
        {
            Parameter(into, "id", audited.Id.ToString());
        }
        else
        {
            for (var field = (AuditField)0; (int)field < AuditFields.Count; field++)
            {
                if (field != AuditField.Timestamp && audited[field] is { } value) Parameter(into, SdName(audited.NameOf(field)), value);
            }
        }

        into.Append("]");
    }

    private static void Parameter(IBufferWriter<byte> into, string name, string value)
    {
        into.Append(" ");
        into.Append(name);
        into.Append("=\"");
        AppendParameterValue(value, into);
        into.Append("\"");
    }

    /// <summary>RFC 5424 6.3.3: '"', '\' and ']' take a backslash before them.</summary>
    internal static void AppendParameterValue(ReadOnlySpan<char> value, IBufferWriter<byte> into)
    {
        while (true)
        {
            var at = value.IndexOfAny('"', '\\', ']');
            if (at < 0)
            {
                into.Append(value);
                return;
            }

            into.Append(value[..at]);
            into.Append("\\");
            into.Append(value.Slice(at, 1));
            value = value[(at + 1)..];
        }
    }

    private static string Sentence(AuditEvent audited)
    {
        var who = audited[AuditField.ActorName] ?? audited[AuditField.UserId] ?? audited[AuditField.ActorKind] ?? "someone";
        var what = audited[AuditField.Resource] is { } resource ? audited[AuditField.ResourceName] is { } name ? $"{resource} ({name})" : resource : "";
        var reason = audited[AuditField.Reason] is { } because ? $": {because}" : "";
        return SiemText.OneLine($"{who} {audited.Action} {what} {(audited.Failed ? "failure" : "success")}{reason}".Replace("  ", " ", StringComparison.Ordinal));
    }

    /// <summary>PRINTUSASCII without spaces, at most <paramref name="length"/>; "-" where nothing is left.</summary>
    internal static string Printable(string text, int length)
    {
        var clean = text.Length <= length && text.Length > 0 && text.All(IsPrintable) ? text : new string([.. text.Where(IsPrintable).Take(length)]);
        return clean.Length == 0 ? "-" : clean;
    }

    private static bool IsPrintable(char c) => c is > ' ' and < '\u007f';

    /// <summary>SD-NAME: at most 32 printable characters without '=', ']' and '"'.</summary>
    private static string SdName(string name) => name.Length <= 32 && name.All(c => IsPrintable(c) && c is not ('=' or ']' or '"')) ? name : new string([.. name.Where(c => IsPrintable(c) && c is not ('=' or ']' or '"')).Take(32)]);
}

/// <summary>How messages follow each other on a stream (RFC 5425 4.3; RFC 6587 3.4).</summary>
public enum SyslogFraming
{
    /// <summary>MSG-LEN SP SYSLOG-MSG: what RFC 5425 asks for; any text fits.</summary>
    OctetCounting,

    /// <summary>A line feed behind each message, for receivers that know nothing else. Line breaks within a message become "#012" and "#015".</summary>
    LineFeed,
}

internal static class SyslogFrame
{
    public static void Write(ReadOnlySpan<byte> message, SyslogFraming framing, IBufferWriter<byte> into)
    {
        if (framing == SyslogFraming.OctetCounting)
        {
            into.Append(string.Create(CultureInfo.InvariantCulture, $"{message.Length} "));
            into.Write(message);
            return;
        }

        while (true)
        {
            var at = message.IndexOfAny((byte)'\n', (byte)'\r');
            if (at < 0) break;
            into.Write(message[..at]);
            into.Write(message[at] == '\n' ? "#012"u8 : "#015"u8);
            message = message[(at + 1)..];
        }

        into.Write(message);
        into.Write("\n"u8);
    }
}
