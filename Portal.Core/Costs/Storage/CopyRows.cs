using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Hexabase.Portal.Costs.Imports;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>Rows in the binary form of PostgreSQL's COPY, in a buffer that goes to the server part by part.</summary>
internal sealed class CopyRows(int columns) : RowWriter, IDisposable
{
    private const int PartBytes = 256 * 1024;

    // 2000-01-01, from which PostgreSQL counts microseconds and days.
    private const long EpochTicks = 630_822_816_000_000_000;
    private const int EpochDay = 730_119;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(PartBytes + (64 * 1024));
    private int _used;

    // The form's mark, no flags, no header extension.
    private static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public bool IsFull => _used >= PartBytes;

    public void Open() => Signature.CopyTo(Take(Signature.Length));

    public void Close() => BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);

    public async ValueTask SendAsync(Stream copy, CancellationToken cancellationToken)
    {
        await copy.WriteAsync(_buffer.AsMemory(0, _used), cancellationToken);
        _used = 0;
    }

    public override void Begin() => BinaryPrimitives.WriteInt16BigEndian(Take(2), (short)columns);

    public override void Number(long value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(4), 8);
        BinaryPrimitives.WriteInt64BigEndian(Take(8), value);
    }

    public override void Id(Guid value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(4), 16);
        value.TryWriteBytes(Take(16), bigEndian: true, out _);
    }

    public override void Day(int day)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(4), 4);
        BinaryPrimitives.WriteInt32BigEndian(Take(4), day - EpochDay);
    }

    public override void Time(long ticks) => Number((ticks - EpochTicks) / TimeSpan.TicksPerMicrosecond);

    public override void Text(ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(4), value.IsEmpty ? -1 : value.Length);
        value.CopyTo(Take(value.Length));
    }

    public override void Word(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        BinaryPrimitives.WriteInt32BigEndian(Take(4), length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    public override void Exact(Int128 atto)
    {
        var from = _used;
        _used = from + PgNumeric.Write(atto, Take(PgNumeric.MaxBytes));
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private Span<byte> Take(int length)
    {
        if (_used + length > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_used + length, _buffer.Length * 2));
            _buffer.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var taken = _buffer.AsSpan(_used, length);
        _used += length;
        return taken;
    }
}
