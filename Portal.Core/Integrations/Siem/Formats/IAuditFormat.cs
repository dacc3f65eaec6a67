using System.Buffers;
using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Writes an audit entry in the words of another system. Formats hold no state and may be used by several threads.</summary>
public interface IAuditFormat
{
    /// <summary>Of one entry, without parameters: "application/json".</summary>
    string MediaType { get; }

    /// <summary>Appends one entry, without a line break at its end. JSON and CEF hold none within either; RFC 5424 keeps those of its values.</summary>
    void Write(AuditEntryRow entry, IBufferWriter<byte> into);
}

/// <summary>A format that also takes events that a sink has numbered, renamed and redacted.</summary>
public interface IAuditEventFormat : IAuditFormat
{
    void Write(AuditEvent audited, IBufferWriter<byte> into);
}

/// <summary>The formats by the names that exports and sinks use.</summary>
public static class AuditFormats
{
    public const string Json = "json";
    public const string Cef = "cef";
    public const string Ocsf = "ocsf";
    public const string Rfc5424 = "rfc5424";

    public static readonly IReadOnlyList<string> Names = [Rfc5424, Cef, Ocsf, Json];

    private static readonly JsonFormat AsJson = new();
    private static readonly CefFormat AsCef = new();
    private static readonly OcsfFormat AsOcsf = new();
    private static readonly Rfc5424Format AsRfc5424 = new(new SyslogHeader());

    /// <summary>Null for a name that is none of <see cref="Names"/>.</summary>
    public static IAuditEventFormat? Find(string name) => name switch
    {
        Json => AsJson,
        Cef => AsCef,
        Ocsf => AsOcsf,
        Rfc5424 => AsRfc5424,
        _ => null,
    };
}
