using System.Buffers;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Appends one line an event to a file a day (UTC) below the operator's folder and hands it to the disk (fsync) before it counts.</summary>
internal sealed class FileChannel(string directory, string name, TimeProvider clock) : ISinkChannel
{
    public bool NeedsConfirmation => false;

    public TimeSpan SafeTime => TimeSpan.Zero;

    public async Task<SinkSent> SendAsync(SinkWindow window, CancellationToken cancellationToken)
    {
        var lines = new ArrayBufferWriter<byte>(64 * 1024);
        foreach (var message in window.Messages) SyslogFrame.Write(window.BytesOf(message).Span, SyslogFraming.LineFeed, lines);
        await AppendAsync(lines.WrittenMemory, cancellationToken);
        return new SinkSent(window.Messages.Count, [], null);
    }

    public Task ConfirmAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<string> TestAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var line = new ArrayBufferWriter<byte>(message.Length + 1);
        SyslogFrame.Write(message.Span, SyslogFraming.LineFeed, line);
        return $"One line was appended to {Path.GetFileName(await AppendAsync(line.WrittenMemory, cancellationToken))}.";
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<string> AppendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, FormattableString.Invariant($"{Path.GetFileNameWithoutExtension(name)}-{clock.GetUtcNow():yyyyMMdd}{Path.GetExtension(name)}"));
        try
        {
            Directory.CreateDirectory(directory);
            await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0, Options = FileOptions.Asynchronous });
            file.Seek(0, SeekOrigin.End);
            // A line that a crash cut in two is ended, so that the next one begins on its own; the entry comes again whole.
            if (file.Length > 0)
            {
                var last = new byte[1];
                file.Seek(-1, SeekOrigin.End);
                await file.ReadExactlyAsync(last, cancellationToken);
                if (last[0] != (byte)'\n') await file.WriteAsync("\n"u8.ToArray(), cancellationToken);
            }

            await file.WriteAsync(lines, cancellationToken);
            file.Flush(flushToDisk: true);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinkFailure("file.write", $"The file cannot be written: {e.Message}", inner: e);
        }
    }
}
