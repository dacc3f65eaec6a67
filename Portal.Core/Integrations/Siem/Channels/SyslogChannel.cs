using System.Buffers;
using Hexabase.Portal.Integrations.Outbound;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>
/// Syslog over TCP or TLS (RFC 5425). The protocol has no acknowledgement, and a plain close loses what the receiver had not read. So a connection is ended in order every few
/// seconds, after its successor is open: there is always one open connection that breaks when the receiver dies.
/// </summary>
internal sealed class SyslogChannel(OutboundGuard guard, string host, int port, OutboundTls? tls, SyslogFraming framing, SiemOptions options) : ISinkChannel
{
    private const int ChunkBytes = 128 * 1024;

    private readonly ArrayBufferWriter<byte> _frames = new(ChunkBytes * 2);
    private SyslogConnection? _current;

    public bool NeedsConfirmation => true;

    public TimeSpan SafeTime => TimeSpan.FromSeconds(options.SyslogSafeSeconds);

    public async Task<SinkSent> SendAsync(SinkWindow window, CancellationToken cancellationToken)
    {
        var connection = _current ??= await OpenAsync(cancellationToken);
        foreach (var message in window.Messages)
        {
            SyslogFrame.Write(window.BytesOf(message).Span, framing, _frames);
            if (_frames.WrittenCount >= ChunkBytes) await FlushAsync(connection, cancellationToken);
        }

        if (_frames.WrittenCount > 0) await FlushAsync(connection, cancellationToken);
        return new SinkSent(window.Messages.Count, [], null);
    }

    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        if (_current is not { } ending) return;
        _current = await OpenAsync(cancellationToken);
        try
        {
            await ending.EndAsync(cancellationToken);
        }
        finally
        {
            await ending.DisposeAsync();
        }
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (_current is not { Ended.IsCompleted: true } gone) return;
        _current = null;
        await gone.DisposeAsync();
        // A receiver that closes idle connections takes a new one at once; one that died does not.
        _current = await OpenAsync(cancellationToken);
    }

    public async Task<string> TestAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        var frame = new ArrayBufferWriter<byte>(message.Length + 16);
        SyslogFrame.Write(message.Span, framing, frame);
        await connection.WriteAsync(frame.WrittenMemory, cancellationToken);
        await connection.EndAsync(cancellationToken);
        return tls is null ? "The receiver read the message to its end and closed the connection in order." : "The certificate is accepted; the receiver read the message to its end and closed the connection in order.";
    }

    public async ValueTask DisposeAsync()
    {
        if (_current is not null) await _current.DisposeAsync();
        _current = null;
        tls?.Dispose();
    }

    private async Task FlushAsync(SyslogConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.WriteAsync(_frames.WrittenMemory, cancellationToken);
        }
        finally
        {
            _frames.ResetWrittenCount();
        }
    }

    private Task<SyslogConnection> OpenAsync(CancellationToken cancellationToken) =>
        SyslogConnection.OpenAsync(guard, host, port, tls, TimeSpan.FromSeconds(options.StallSeconds), cancellationToken);
}
