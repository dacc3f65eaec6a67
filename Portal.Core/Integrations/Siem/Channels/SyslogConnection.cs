using System.Net.Security;
using System.Net.Sockets;
using Hexabase.Portal.Integrations.Outbound;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>
/// One connection to a syslog receiver. It answers nothing; all that can be known is whether it is still there and, when the connection is ended in order (close_notify, FIN), that it
/// has read to the end: only then does it close its own side.
/// </summary>
internal sealed class SyslogConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly TimeSpan _stall;
    private readonly CancellationTokenSource _closed = new();

    private SyslogConnection(Socket socket, Stream stream, TimeSpan stall)
    {
        (_socket, _stream, _stall) = (socket, stream, stall);
        Ended = ReadToEndAsync();
    }

    /// <summary>Completes with null when the receiver ended the connection in order, with what happened otherwise. Never fails.</summary>
    public Task<Exception?> Ended { get; }

    public static async Task<SyslogConnection> OpenAsync(OutboundGuard guard, string host, int port, OutboundTls? tls, TimeSpan stall, CancellationToken cancellationToken)
    {
        try
        {
            var socket = await guard.OpenAsync(host, port, cancellationToken);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            return new SyslogConnection(socket, tls is null ? new NetworkStream(socket, ownsSocket: true) : await guard.SecureAsync(socket, host, tls, cancellationToken), stall);
        }
        catch (OutboundException e)
        {
            throw new SinkFailure(e.Code, e.Message, inner: e);
        }
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (Ended.IsCompleted) throw await GoneAsync();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_stall);
        try
        {
            await _stream.WriteAsync(bytes, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Stalled(e);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw new SinkFailure("syslog.broken", $"The receiver broke the connection while messages were on their way: {(e.InnerException ?? e).Message}", inner: e);
        }
    }

    /// <summary>Ends our side and waits until the receiver, having read everything, ends its own.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (Ended.IsCompleted) throw await GoneAsync();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_stall);
        Exception? broken;
        try
        {
            if (_stream is SslStream secure) await secure.ShutdownAsync().WaitAsync(limit.Token);
            _socket.Shutdown(SocketShutdown.Send);
            broken = await Ended.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Stalled(e);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            broken = e;
        }

        if (broken is not null) throw new SinkFailure("syslog.broken", $"The receiver broke the connection before it had read everything: {(broken.InnerException ?? broken).Message}", inner: broken);
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _stream.DisposeAsync();
        _socket.Dispose();
        await Ended;
        _closed.Dispose();
    }

    private async Task<Exception?> ReadToEndAsync()
    {
        var buffer = new byte[512];
        try
        {
            // What a receiver says is not part of the protocol; it is read so that its end is seen.
            while (await _stream.ReadAsync(buffer, _closed.Token) > 0)
            {
            }

            return null;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            return e;
        }
    }

    private async Task<SinkFailure> GoneAsync() => await Ended is { } broken
        ? new SinkFailure("syslog.broken", $"The receiver broke the connection: {(broken.InnerException ?? broken).Message}", inner: broken)
        : new SinkFailure("syslog.closed", "The receiver closed the connection.");

    private SinkFailure Stalled(Exception e) => new("syslog.stalled", FormattableString.Invariant($"The receiver has read nothing for {_stall.TotalSeconds:0} s."), inner: e);
}
