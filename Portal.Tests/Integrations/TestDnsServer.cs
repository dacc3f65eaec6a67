using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hexabase.Portal.Integrations;

/// <summary>A name server on this machine, UDP and TCP on one port, that says what a test tells it.</summary>
internal sealed class TestDnsServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Socket _datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _streams;
    private readonly Task[] _running;

    public TestDnsServer()
    {
        // The port that the system gave for one is nearly always free for the other.
        for (var attempt = 0; ; attempt++)
        {
            _streams = new TcpListener(IPAddress.Loopback, 0);
            _streams.Start();
            try
            {
                _datagrams.Bind(_streams.LocalEndpoint);
                break;
            }
            catch (SocketException) when (attempt < 20)
            {
                _streams.Stop();
            }
        }

        _running = [Task.Run(DatagramsAsync), Task.Run(StreamsAsync)];
    }

    public string Address => _streams.LocalEndpoint.ToString() ?? "";

    /// <summary>Records by name; a name that is not here does not exist.</summary>
    public Dictionary<string, byte[][]> Records { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The datagrams that answer a question, in their order; none = silence. Null = <see cref="Records"/>.</summary>
    public Func<byte[], IEnumerable<byte[]>>? Datagrams { get; set; }

    /// <summary>What answers over TCP. Null = <see cref="Records"/>.</summary>
    public Func<byte[], byte[]>? Streams { get; set; }

    public int Asked { get; private set; }

    public int AskedByStream { get; private set; }

    /// <summary>A TXT record of these strings.</summary>
    public static byte[] Txt(params string[] strings) => [.. strings.SelectMany(s => Encoding.Latin1.GetBytes(s) is var bytes ? (byte[])[(byte)bytes.Length, .. bytes] : [])];

    public static string NameOf(ReadOnlySpan<byte> question)
    {
        var name = new List<string>();
        for (var at = 12; question[at] != 0; at += 1 + question[at]) name.Add(Encoding.ASCII.GetString(question.Slice(at + 1, question[at])));
        return string.Join('.', name);
    }

    /// <summary>The answer to a question with these TXT records, owned by the name that was asked for.</summary>
    public static byte[] Answer(byte[] question, params byte[][] texts) => Answer(question, 0, [.. texts.Select(t => ((byte[])[0xC0, 12], (ushort)16, t))]);

    public static byte[] Answer(byte[] question, int code, params (byte[] Owner, ushort Type, byte[] Data)[] records)
    {
        var message = new List<byte>(question);
        (message[2], message[3]) = (0x81, (byte)(0x80 | code));
        (message[6], message[7]) = ((byte)(records.Length >> 8), (byte)records.Length);
        foreach (var (owner, type, data) in records) message.AddRange([.. owner, (byte)(type >> 8), (byte)type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length, .. data]);
        return [.. message];
    }

    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested) return;
        await _ended.CancelAsync();
        _datagrams.Dispose();
        _streams.Stop();
        await Task.WhenAll(_running);
    }

    private byte[] Known(byte[] question) => Records.TryGetValue(NameOf(question), out var texts) ? Answer(question, texts) : Answer(question, 3);

    private async Task DatagramsAsync()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var came = await _datagrams.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _ended.Token);
                Asked++;
                var question = buffer[..came.ReceivedBytes];
                foreach (var answer in Datagrams?.Invoke(question) ?? [Known(question)]) await _datagrams.SendToAsync(answer, came.RemoteEndPoint, _ended.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException && _ended.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private async Task StreamsAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _streams.AcceptTcpClientAsync(_ended.Token);
                AskedByStream++;
                await using var stream = client.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, _ended.Token);
                var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(question, _ended.Token);
                var answer = Streams?.Invoke(question) ?? Known(question);
                await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], _ended.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException && _ended.IsCancellationRequested)
        {
            // The test is over.
        }
    }
}
