using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Hexabase.Portal.Audit.Search;

/// <summary>What is counted in facets.</summary>
public enum AuditFacetField
{
    Actor,
    Action,
    ResourceKind,
    Workspace,
    Status,
    Source,
}

/// <summary>Numbers of a fixed count of bits each: [bits][smallest value, 8 bytes][the differences, packed][8 bytes of room]. Any one is read without the others.</summary>
internal static class AuditPacked
{
    private const int Head = 9;

    public static byte[] Write(ReadOnlySpan<long> values)
    {
        var (low, high) = (long.MaxValue, long.MinValue);
        foreach (var value in values) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        if (values.IsEmpty) (low, high) = (0, 0);
        var bits = 64 - BitOperations.LeadingZeroCount((ulong)(high - low));
        // More than 56 bits may span nine bytes; such a column is stored in whole words.
        if (bits > 56) bits = 64;
        var packed = new byte[Head + (((long)values.Length * bits) + 7) / 8 + 8];
        packed[0] = (byte)bits;
        BinaryPrimitives.WriteInt64LittleEndian(packed.AsSpan(1), low);
        for (var i = 0; i < values.Length; i++)
        {
            var bit = (long)i * bits;
            var at = packed.AsSpan(Head + (int)(bit >> 3));
            var old = BinaryPrimitives.ReadUInt64LittleEndian(at);
            BinaryPrimitives.WriteUInt64LittleEndian(at, old | ((ulong)(values[i] - low) << (int)(bit & 7)));
        }

        return packed;
    }

    public static long Read(ReadOnlySpan<byte> packed, int index)
    {
        int bits = packed[0];
        var low = BinaryPrimitives.ReadInt64LittleEndian(packed[1..]);
        if (bits == 0) return low;
        var bit = (long)index * bits;
        var word = BinaryPrimitives.ReadUInt64LittleEndian(packed[(Head + (int)(bit >> 3))..]) >> (int)(bit & 7);
        return low + (long)(bits == 64 ? word : word & ((1UL << bits) - 1));
    }
}

/// <summary>The values of a field over a segment: a dictionary with counts, and each entry's place in it.</summary>
internal sealed class AuditColumn
{
    private readonly byte[] _data;
    private readonly int _packed;

    public AuditColumn(byte[] data)
    {
        _data = data;
        var at = 0;
        var count = (int)AuditVarint.Read(data, ref at);
        (Values, Counts) = (new string[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            var length = (int)AuditVarint.Read(data, ref at);
            Values[i] = Encoding.UTF8.GetString(data, at, length);
            at += length;
            Counts[i] = (int)AuditVarint.Read(data, ref at);
        }

        _packed = at;
    }

    /// <summary>The empty text stands for "none".</summary>
    public string[] Values { get; }

    /// <summary>How many readable entries of the segment have the value.</summary>
    public int[] Counts { get; }

    public int Ordinal(int doc) => (int)AuditPacked.Read(_data.AsSpan(_packed), doc);

    /// <summary>Adds one to the count of each entry's value.</summary>
    public void Count(AuditDocs docs, Span<int> counts)
    {
        var packed = _data.AsSpan(_packed);
        for (var doc = docs.Next(0); doc >= 0; doc = docs.Next(doc + 1)) counts[(int)AuditPacked.Read(packed, doc)]++;
    }

    public static byte[] Write(IReadOnlyList<string> values, ReadOnlySpan<int> counts, ReadOnlySpan<long> ordinals)
    {
        var to = new ArrayBufferWriter<byte>();
        AuditVarint.Write(to, (uint)values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(values[i]);
            AuditVarint.Write(to, (uint)bytes.Length);
            to.Write(bytes);
            AuditVarint.Write(to, (uint)counts[i]);
        }

        to.Write(AuditPacked.Write(ordinals));
        return to.WrittenSpan.ToArray();
    }
}
