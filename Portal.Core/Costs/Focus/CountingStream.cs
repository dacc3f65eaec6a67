namespace Hexabase.Portal.Costs.Focus;

/// <summary>
/// Reads ahead from a stream, so that its first bytes can be looked at, counts what was taken from it, and can put bytes behind its end. Leaves the stream open.
/// </summary>
internal sealed class CountingStream(Stream inner) : Stream
{
    private readonly byte[] _ahead = new byte[64 * 1024];
    private int _at;
    private int _length;
    private bool _ended;

    /// <summary>What is read behind the end of the inner stream; not counted.</summary>
    public ReadOnlyMemory<byte> Behind { get; set; }

    /// <summary>Whether the inner stream is at its end and the bytes behind it are being read.</summary>
    public bool IsBehind => _ended;

    /// <summary>Bytes taken from the inner stream and handed on.</summary>
    public long BytesRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => BytesRead; set => throw new NotSupportedException(); }

    /// <summary>The first bytes, up to the number asked for; fewer only where the stream is shorter. Valid until the first read.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken cancellationToken)
    {
        while (_length < count)
        {
            var read = await inner.ReadAsync(_ahead.AsMemory(_length), cancellationToken);
            if (read == 0) break;
            _length += read;
        }

        return _ahead.AsMemory(0, Math.Min(count, _length));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at == _length && !_ended)
        {
            _at = 0;
            _length = await inner.ReadAsync(_ahead, cancellationToken);
            _ended = _length == 0;
        }

        var from = _ended ? Behind : _ahead.AsMemory(_at, _length - _at);
        var count = Math.Min(buffer.Length, from.Length);
        from.Span[..count].CopyTo(buffer.Span);
        if (_ended)
        {
            Behind = Behind[count..];
        }
        else
        {
            _at += count;
            BytesRead += count;
        }

        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The reader is asynchronous.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
