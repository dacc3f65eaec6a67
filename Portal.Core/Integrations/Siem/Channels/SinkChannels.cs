using System.Globalization;
using System.Net;
using Hexabase.Portal.Integrations.Outbound;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Opens the way to a sink's receiver and makes the format of its messages.</summary>
internal sealed class SinkChannels(OutboundGuard guard, SinkSecrets secrets, IOptions<SiemOptions> options, TimeProvider clock)
{
    private readonly string _host = options.Value.HostName ?? Dns.GetHostName();

    public ISinkChannel Open(AuditSink sink)
    {
        var settings = sink.ReadSettings();
        switch (sink.Kind)
        {
            case AuditSinkKind.SyslogTls or AuditSinkKind.SyslogTcp:
                var (host, port) = SinkAddress.Endpoint(sink.Address) ?? throw new SinkFailure("sink.address", "The address is not HOST:PORT.");
                return new SyslogChannel(guard, host, port, sink.Kind == AuditSinkKind.SyslogTls ? Tls(sink, settings) : null, settings.Framing, options.Value);
            case AuditSinkKind.Hec:
                var token = secrets.Open(sink.Credential) ?? "";
                var collector = Tls(sink, settings);
                return new HecChannel(guard.CreateClient(collector), collector, new Uri(sink.Address), token, settings.Acknowledge, options.Value, clock);
            case AuditSinkKind.Https:
                var keys = (secrets.Open(sink.Credential) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var hook = Tls(sink, settings);
                return new HttpsChannel(guard.CreateClient(hook), hook, new Uri(sink.Address), sink.Id, keys, sink.Format is AuditFormats.Json or AuditFormats.Ocsf, clock);
            case AuditSinkKind.File:
                var root = options.Value.FileDirectory ?? throw new SinkFailure("sink.file.closed", "File sinks are switched off: an operator sets Siem:FileDirectory.");
                return new FileChannel(Path.Combine(root, sink.OrganizationId.ToString()), sink.Address, clock);
            default:
                throw new InvalidOperationException($"Sinks of the kind {sink.Kind} are not known.");
        }
    }

    public IAuditEventFormat Format(AuditSink sink)
    {
        var settings = sink.ReadSettings();
        var body = AuditFormats.Find(sink.Format) ?? throw new SinkFailure("sink.format", $"The format {sink.Format} is not known.");
        var header = new SyslogHeader(settings.Host ?? _host, EnterpriseNumber: options.Value.EnterpriseNumber);
        return sink.Kind switch
        {
            AuditSinkKind.SyslogTls or AuditSinkKind.SyslogTcp => new Rfc5424Format(header, body is Rfc5424Format ? null : body),
            AuditSinkKind.Hec => new HecFormat(new HecMetadata(settings.Host ?? _host, settings.Source, settings.SourceType ?? "hexabase:audit", settings.Index), body is Rfc5424Format ? new Rfc5424Format(header) : body),
            _ => body is Rfc5424Format ? new Rfc5424Format(header) : body,
        };
    }

    public SinkRedaction Redaction(AuditSink sink) => new(sink.ReadSettings().Fields, secrets.Open(sink.HashKey) ?? "");

    private OutboundTls Tls(AuditSink sink, AuditSinkSettings settings)
    {
        try
        {
            return OutboundTls.Create(sink.CaPem, sink.ClientCertificatePem, secrets.Open(sink.ClientKey), settings.ServerName);
        }
        catch (OutboundException e)
        {
            throw new SinkFailure(e.Code, e.Message, inner: e);
        }
    }
}

internal static class SinkAddress
{
    /// <summary>"host:6514", "[2001:db8::1]:6514"; null = it is neither.</summary>
    public static (string Host, int Port)? Endpoint(string address)
    {
        var colon = address.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535) return null;
        var host = address[..colon];
        if (host is ['[', .. var inner, ']']) return IPAddress.TryParse(inner, out _) ? (inner, port) : null;
        return !host.Contains(':', StringComparison.Ordinal) && Uri.CheckHostName(host) != UriHostNameType.Unknown ? (host, port) : null;
    }
}
