using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Integrations.Outbound;

/// <summary>Finds the addresses of a name: the system's resolver, or a test's.</summary>
public delegate Task<IPAddress[]> ResolveName(string host, CancellationToken cancellationToken);

/// <summary>
/// The one way out for addresses that people typed in. Names are resolved here, every address is checked, and the connection goes to the address that was checked, so that a name that
/// answers differently the second time (DNS rebinding) gains nothing.
/// </summary>
public sealed class OutboundGuard
{
    private readonly OutboundOptions _options;
    private readonly ResolveName _resolve;
    private readonly IPNetwork[] _allowed;

    public OutboundGuard(IOptions<OutboundOptions> options, ResolveName? resolve = null)
    {
        _options = options.Value;
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
        _allowed = [.. _options.AllowedNetworks.Select(n => IPNetwork.Parse(n.Contains('/', StringComparison.Ordinal) ? n : $"{n}/{IPAddress.Parse(n).GetAddressBytes().Length * 8}"))];
    }

    public bool Allows(IPAddress address)
    {
        var plain = AddressRanges.Plain(address);
        return AddressRanges.IsPublic(address) || Array.Exists(_allowed, n => n.Contains(plain));
    }

    /// <summary>A client that follows no redirect, uses no proxy and no cookies, and reads at most <see cref="OutboundOptions.MaxResponseBytes"/> of an answer. The caller disposes it.</summary>
    public HttpClient CreateClient(OutboundTls tls)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(_options.ConnectTimeoutSeconds),
            // TLS is made here, too, with the sink's authorities and a reason in words; the handler takes a stream that is secured already as it is.
            ConnectCallback = async (context, cancellationToken) => context.InitialRequestMessage.RequestUri is { Scheme: "https" }
                ? await SecureAsync(await OpenAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken), context.DnsEndPoint.Host, tls, cancellationToken)
                : new NetworkStream(await OpenAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken), ownsSocket: true),
        };
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(_options.TimeoutSeconds), MaxResponseContentBufferSize = _options.MaxResponseBytes };
    }

    /// <summary>A checked TCP connection.</summary>
    /// <exception cref="OutboundException">Refused, unknown, unreachable or too slow.</exception>
    public async Task<Socket> OpenAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(_options.ConnectTimeoutSeconds));
        try
        {
            var addresses = await AddressesAsync(host, limit.Token);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses, port, limit.Token);
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        catch (SocketException e)
        {
            throw new OutboundException("outbound.connect", FormattableString.Invariant($"{host}:{port} does not answer: {Words(e)}."), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OutboundException("outbound.timeout", FormattableString.Invariant($"{host}:{port} did not answer within {_options.ConnectTimeoutSeconds} s."), e);
        }
    }

    /// <summary>TLS on a connection of <see cref="OpenAsync"/>; the socket belongs to the stream afterwards.</summary>
    /// <exception cref="OutboundException">The certificate is not accepted, or the other side does not speak TLS.</exception>
    public async Task<SslStream> SecureAsync(Socket socket, string host, OutboundTls tls, CancellationToken cancellationToken)
    {
        string? why = null;
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(_options.ConnectTimeoutSeconds));
        try
        {
            await stream.AuthenticateAsClientAsync(tls.Options(host, reason => why = reason), limit.Token);
            return stream;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            throw new OutboundException("outbound.tls", why ?? $"{host} does not agree on TLS: {(e.InnerException ?? e).Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            await stream.DisposeAsync();
            throw new OutboundException("outbound.timeout", FormattableString.Invariant($"{host} did not finish the TLS handshake within {_options.ConnectTimeoutSeconds} s."), e);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        // Decimal, octal and hexadecimal forms of an address are addresses, too ("2130706433", "0x7f.1").
        var bare = host is ['[', .. var inner, ']'] ? inner : host;
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(bare, out var literal) ? [literal] : await _resolve(bare, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new OutboundException("outbound.name.unknown", $"The name {host} is not known to the name service.", e);
        }

        if (addresses.Length == 0) throw new OutboundException("outbound.name.unknown", $"The name {host} has no address.");
        // One closed address among open ones is refused as a whole: which one answers is the name's owner's choice.
        if (Array.Find(addresses, a => !Allows(a)) is { } closed)
            throw new OutboundException("outbound.address.closed", $"{host} is the address {AddressRanges.Plain(closed)}, which is not public. An operator can allow its network in the setting Outbound:AllowedNetworks.");
        return addresses;
    }

    private static string Words(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "the connection was refused",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "there is no way to it",
        SocketError.TimedOut => "it is too slow",
        _ => e.Message,
    };
}
