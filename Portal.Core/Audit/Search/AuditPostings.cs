using System.Buffers;
using System.Numerics;

namespace Hexabase.Portal.Audit.Search;

/// <summary>Unsigned numbers, seven bits a byte, lowest first.</summary>
internal static class AuditVarint
{
    public static void Write(ArrayBufferWriter<byte> to, uint value)
    {
        var span = to.GetSpan(5);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        to.Advance(length);
    }

    public static uint Read(ReadOnlySpan<byte> from, ref int at)
    {
        uint value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = from[at++];
            value |= (uint)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
    }
}

/// <summary>
/// The entries of a segment that hold a term, as stored: count × 4 + form, then distances (form 0), one bit an entry (1), or nothing because all entries do (2). The shortest form is taken.
/// </summary>
internal static class AuditPostings
{
    private const uint Distances = 0, Bits = 1, All = 2;

    public static void Write(ArrayBufferWriter<byte> to, ReadOnlySpan<ushort> docs, int segmentCount)
    {
        var form = docs.Length == segmentCount ? All : docs.Length > segmentCount / 8 ? Bits : Distances;
        AuditVarint.Write(to, ((uint)docs.Length << 2) | form);
        if (form == Bits)
        {
            var length = (segmentCount + 7) / 8;
            var bits = to.GetSpan(length)[..length];
            bits.Clear();
            foreach (var doc in docs) bits[doc >> 3] |= (byte)(1 << (doc & 7));
            to.Advance(length);
        }
        else if (form == Distances)
        {
            var last = -1;
            foreach (var doc in docs)
            {
                AuditVarint.Write(to, (uint)(doc - last - 1));
                last = doc;
            }
        }
    }

    public static int Count(ReadOnlySpan<byte> postings)
    {
        var at = 0;
        return (int)(AuditVarint.Read(postings, ref at) >> 2);
    }

    /// <summary>Adds the entries to the set.</summary>
    public static void OrInto(ReadOnlySpan<byte> postings, AuditDocs docs)
    {
        var at = 0;
        var head = AuditVarint.Read(postings, ref at);
        var words = docs.Words;
        switch (head & 3)
        {
            case All:
                docs.Fill();
                break;
            case Bits:
                for (var i = at; i < postings.Length; i++) words[(i - at) >> 3] |= (ulong)postings[i] << (((i - at) & 7) * 8);
                break;
            default:
                var doc = -1;
                for (var left = head >> 2; left > 0; left--)
                {
                    doc += (int)AuditVarint.Read(postings, ref at) + 1;
                    words[doc >> 6] |= 1UL << (doc & 63);
                }

                break;
        }
    }
}

/// <summary>A set of entries of one segment, one bit each.</summary>
internal sealed class AuditDocs(int count)
{
    public int Capacity => count;

    public ulong[] Words { get; } = new ulong[(count + 63) / 64];

    public bool IsEmpty => !Words.AsSpan().ContainsAnyExcept(0UL);

    public int Count
    {
        get
        {
            var sum = 0;
            foreach (var word in Words) sum += BitOperations.PopCount(word);
            return sum;
        }
    }

    public bool this[int doc] => (Words[doc >> 6] >> (doc & 63) & 1) != 0;

    public void Add(int doc) => Words[doc >> 6] |= 1UL << (doc & 63);

    public void Remove(int doc) => Words[doc >> 6] &= ~(1UL << (doc & 63));

    public void Fill()
    {
        Words.AsSpan().Fill(ulong.MaxValue);
        if ((count & 63) != 0) Words[^1] = (1UL << (count & 63)) - 1;
    }

    public void And(AuditDocs other)
    {
        for (var i = 0; i < Words.Length; i++) Words[i] &= other.Words[i];
    }

    public void AndNot(AuditDocs other)
    {
        for (var i = 0; i < Words.Length; i++) Words[i] &= ~other.Words[i];
    }

    public void Or(AuditDocs other)
    {
        for (var i = 0; i < Words.Length; i++) Words[i] |= other.Words[i];
    }

    /// <summary>The highest entry below the given one; -1 where there is none.</summary>
    public int Previous(int below)
    {
        if (below <= 0) return -1;
        var word = (below - 1) >> 6;
        var bits = Words[word] & (ulong.MaxValue >> (63 - ((below - 1) & 63)));
        while (bits == 0)
        {
            if (--word < 0) return -1;
            bits = Words[word];
        }

        return (word << 6) + 63 - BitOperations.LeadingZeroCount(bits);
    }

    /// <summary>The lowest entry from the given one on; -1 where there is none.</summary>
    public int Next(int from)
    {
        var word = from >> 6;
        if (word >= Words.Length) return -1;
        var bits = Words[word] & (ulong.MaxValue << (from & 63));
        while (bits == 0)
        {
            if (++word >= Words.Length) return -1;
            bits = Words[word];
        }

        return (word << 6) + BitOperations.TrailingZeroCount(bits);
    }
}
