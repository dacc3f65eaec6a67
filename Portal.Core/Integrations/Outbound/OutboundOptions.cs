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
}
