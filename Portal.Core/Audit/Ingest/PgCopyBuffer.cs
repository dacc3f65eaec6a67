using System.Buffers.Binary;
using System.Text;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Rows in PostgreSQL's binary COPY form ("COPY, File Formats" of its manual), collected and sent in large pieces.</summary>
internal sealed class PgCopyBuffer
{
    private const int ChunkBytes = 256 * 1024;

    // The day 2000-01-01, from which PostgreSQL counts microseconds.
    private const long EpochTicks = 630_822_816_000_000_000;

    private byte[] _buffer = new byte[ChunkBytes * 2];
    private int _used;

    // The form's mark, no flags, no header extension.
    private static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public bool IsFull => _used >= ChunkBytes;

    public void Begin()
    {
        _used = 0;
        Signature.CopyTo(Take(Signature.Length));
    }

    public void End() => BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);

    public async ValueTask FlushAsync(Stream copy, CancellationToken cancellationToken)
    {
        await copy.WriteAsync(_buffer.AsMemory(0, _used), cancellationToken);
        _used = 0;
    }

    public void Row(int fields) => BinaryPrimitives.WriteInt16BigEndian(Take(2), (short)fields);

    public void Id(Guid? value)
    {
        if (value is not { } id)
        {
            Length(-1);
            return;
        }

        Length(16);
        id.TryWriteBytes(Take(16), bigEndian: true, out _);
    }

    public void Number(int value)
    {
        Length(4);
        BinaryPrimitives.WriteInt32BigEndian(Take(4), value);
    }

    public void Time(DateTime utc)
    {
        Length(8);
        BinaryPrimitives.WriteInt64BigEndian(Take(8), (utc.Ticks - EpochTicks) / TimeSpan.TicksPerMicrosecond);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Length(value.Length);
        value.CopyTo(Take(value.Length));
    }

    public void Bytes(byte[]? value)
    {
        if (value is null) Length(-1);
        else Bytes(value.AsSpan());
    }

    public void Text(string? value)
    {
        if (value is null)
        {
            Length(-1);
            return;
        }

        Ensure(4 + (value.Length * 3));
        var bytes = Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_used + 4));
        Length(bytes);
        _used += bytes;
    }

    private void Length(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);

    private Span<byte> Take(int count)
    {
        Ensure(count);
        var span = _buffer.AsSpan(_used, count);
        _used += count;
        return span;
    }

    private void Ensure(int count)
    {
        if (_used + count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_used + count, _buffer.Length * 2));
    }
}
