using System.ComponentModel.DataAnnotations;

namespace Hexabase.Portal.Integrations.Outbound;

/// <summary>Settings "Outbound": where the portal may call.</summary>
public sealed class OutboundOptions
{
    /// <summary>Networks (CIDR) that may be called although they are not public: "10.20.0.0/16", "127.0.0.1/32". Empty = public addresses only.</summary>
    public string[] AllowedNetworks { get; init; } = [];

    [Range(1, 120)]
    public int ConnectTimeoutSeconds { get; init; } = 10;

    /// <summary>Of a whole HTTP exchange.</summary>
    [Range(1, 600)]
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>Of an answer's body.</summary>
    [Range(1024, 100_000_000)]
    public int MaxResponseBytes { get; init; } = 1024 * 1024;

    /// <summary>Who is asked for TXT records: "192.0.2.53", "192.0.2.53:5353" or "[2001:db8::53]:53". Empty = the name servers of /etc/resolv.conf.</summary>
    public string[] NameServers { get; init; } = [];

    /// <summary>Of one question to one name server; each is asked twice.</summary>
    [Range(50, 30_000)]
    public int DnsTimeoutMilliseconds { get; init; } = 2000;
}
