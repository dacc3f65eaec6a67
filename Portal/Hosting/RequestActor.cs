using System.Net;
using System.Net.Sockets;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Hosting;

/// <summary>Who makes a request: the actor that authentication found, with where the request came from.</summary>
public static class RequestActor
{
    private static readonly object Key = new();

    /// <summary>Set by the authentication handlers once a token or session was found to hold.</summary>
    internal static void SetActor(this HttpContext http, Actor actor) => http.Items[Key] = actor;

    public static Actor Actor(this HttpContext http)
    {
        var actor = http.Items[Key] as Actor ?? Kernel.Actor.Anonymous;
        return actor with { IpAddress = http.Address(), UserAgent = http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null, RequestId = http.TraceIdentifier };
    }

    /// <summary>The caller's address, as the connection (or a trusted proxy) gives it.</summary>
    public static string? Address(this HttpContext http) => http.Connection.RemoteIpAddress is { } ip ? (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString() : null;

    /// <summary>What throttles count by: the IPv4 address, or the /64 that one IPv6 subscriber has.</summary>
    public static string Source(this HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } ip) return "unknown";
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        if (ip.AddressFamily != AddressFamily.InterNetworkV6) return ip.ToString();
        var bytes = ip.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes) + "/64";
    }
}
