using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Integrations.Outbound;

public enum TxtState
{
    /// <summary>The name server answered; with no texts where the name or the record does not exist.</summary>
    Answered,

    /// <summary>No name server answered in time.</summary>
    Silent,

    /// <summary>A name server answered that it cannot or will not say, or with what cannot be read.</summary>
    Failed,
}

/// <summary>What was found at a name.</summary>
/// <param name="Server">Who answered last; null where nobody did.</param>
/// <param name="Detail">Of a failure: "SERVFAIL", "REFUSED", "an unreadable answer".</param>
public sealed record TxtLookup(TxtState State, IReadOnlyList<string> Texts, string? Server = null, string? Detail = null);

/// <summary>
/// Asks the name servers of this machine (or those of <see cref="OutboundOptions.NameServers"/>) for TXT records, which the framework's resolver does not read. Each question has a random id
/// and a port of its own, the socket hears the asked server alone, and an answer counts only where it repeats id and question.
/// </summary>
public sealed class TxtResolver(IOptions<OutboundOptions> options)
{
    private const int Port = 53;
    private const int Rounds = 2;
    private const int MaxServers = 3;
    private const string ResolvConf = "/etc/resolv.conf";

    /// <param name="name">One that <see cref="DnsMessage.CanHold"/>.</param>
    public async Task<TxtLookup> FindAsync(string name, CancellationToken cancellationToken)
    {
        var last = new TxtLookup(TxtState.Silent, []);
        foreach (var server in Enumerable.Repeat(await ServersAsync(cancellationToken), Rounds).SelectMany(s => s))
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromMilliseconds(options.Value.DnsTimeoutMilliseconds));
            try
            {
                last = Of(await AskAsync(server, name, limit.Token), server);
                if (last.State == TxtState.Answered) return last;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The next one, and all of them once more: a datagram may be lost.
            }
            catch (SocketException)
            {
                // Nobody listens there; the next one.
            }
        }

        return last;
    }

    /// <summary>The servers of a file as in resolv.conf(5), at most three; the machine itself where it names none.</summary>
    internal static IReadOnlyList<IPEndPoint> Servers(IEnumerable<string> lines)
    {
        var found = lines.Select(l => l.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)).Where(w => w is ["nameserver", _, ..])
            .Select(w => IPAddress.TryParse(w[1], out var address) ? new IPEndPoint(address, Port) : null).OfType<IPEndPoint>().Take(MaxServers).ToList();
        return found.Count > 0 ? found : [new IPEndPoint(IPAddress.Loopback, Port)];
    }

    internal static bool TryReadServer(string text, out IPEndPoint server)
    {
        var valid = IPEndPoint.TryParse(text, out var parsed);
        server = parsed is null ? new IPEndPoint(IPAddress.None, 0) : new IPEndPoint(parsed.Address, parsed.Port == 0 ? Port : parsed.Port);
        return valid;
    }

    private async Task<IReadOnlyList<IPEndPoint>> ServersAsync(CancellationToken cancellationToken)
    {
        if (options.Value.NameServers is { Length: > 0 } set) return [.. set.Select(s => TryReadServer(s, out var server) ? server : throw new InvalidOperationException($"'{s}' was let through as a name server."))];
        return Servers(File.Exists(ResolvConf) ? await File.ReadAllLinesAsync(ResolvConf, cancellationToken) : []);
    }

    private static TxtLookup Of(DnsAnswer answer, IPEndPoint server) => answer switch
    {
        { State: DnsAnswerState.Answered, Code: 0 or 3 } => new TxtLookup(TxtState.Answered, answer.Texts, server.ToString()),
        { State: DnsAnswerState.Answered } => new TxtLookup(TxtState.Failed, [], server.ToString(), answer.Code switch { 1 => "FORMERR", 2 => "SERVFAIL", 4 => "NOTIMP", 5 => "REFUSED", var code => code.ToString("'RCODE' 0", CultureInfo.InvariantCulture) }),
        _ => new TxtLookup(TxtState.Failed, [], server.ToString(), "an unreadable answer"),
    };

    private static async Task<DnsAnswer> AskAsync(IPEndPoint server, string name, CancellationToken cancellationToken)
    {
        var id = BinaryPrimitives.ReadUInt16BigEndian(RandomNumberGenerator.GetBytes(2));
        var question = DnsMessage.Question(id, name);
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // Port 0: the system takes a random one. Connected, it passes on what this server sends and nothing else.
        socket.Bind(new IPEndPoint(server.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(question, cancellationToken);
        var buffer = new byte[DnsMessage.MaxBytes];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken);
            var answer = DnsMessage.Read(buffer.AsSpan(0, length), id, name);
            if (answer.State == DnsAnswerState.Truncated) return await AskByStreamAsync(server, question, id, name, cancellationToken);
            if (answer.State != DnsAnswerState.Foreign) return answer;
        }
    }

    private static async Task<DnsAnswer> AskByStreamAsync(IPEndPoint server, byte[] question, ushort id, string name, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken);
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var framed = new byte[2 + question.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)question.Length);
        question.CopyTo(framed, 2);
        await stream.WriteAsync(framed, cancellationToken);
        try
        {
            var length = new byte[2];
            await stream.ReadExactlyAsync(length, cancellationToken);
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(message, cancellationToken);
            return DnsMessage.Read(message, id, name);
        }
        catch (IOException)
        {
            // Cut off in the middle, which EndOfStreamException is, too.
            return DnsAnswer.Of(DnsAnswerState.Unreadable);
        }
    }
}
