namespace Hexabase.Portal.Costs.Focus;

/// <summary>Reads ahead from a stream, so that its first bytes can be looked at, and counts what was taken from it. Leaves the stream open.</summary>
internal sealed class CountingStream(Stream inner) : Stream
{
    private readonly byte[] _ahead = new byte[64 * 1024];
    private int _at;
    private int _length;

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
        if (_at == _length && buffer.Length >= _ahead.Length)
        {
            var direct = await inner.ReadAsync(buffer, cancellationToken);
            BytesRead += direct;
            return direct;
        }

        if (_at == _length)
        {
            _at = 0;
            _length = await inner.ReadAsync(_ahead, cancellationToken);
        }

        var count = Math.Min(buffer.Length, _length - _at);
        _ahead.AsSpan(_at, count).CopyTo(buffer.Span);
        _at += count;
        BytesRead += count;
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
