using System.Net;
using System.Net.Sockets;

namespace Hexabase.Portal.Integrations.Outbound;

/// <summary>Which addresses are out in the world: neither this machine, nor a private network, nor a cloud's metadata service.</summary>
public static class AddressRanges
{
    // IANA special-purpose registries (RFC 6890 and later), and the addresses that clouds keep for their machines' metadata.
    private static readonly IPNetwork[] Closed = [.. new[]
    {
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    }.Select(IPNetwork.Parse)];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static bool IsPublic(IPAddress address)
    {
        var plain = Plain(address);
        return !Array.Exists(Closed, n => n.Contains(plain));
    }

    /// <summary>The IPv4 address where an IPv6 one only carries it (mapped, NAT64); without a scope.</summary>
    public static IPAddress Plain(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return Nat64.Contains(address) ? new IPAddress(bytes.AsSpan(12)) : new IPAddress(bytes);
    }
}
