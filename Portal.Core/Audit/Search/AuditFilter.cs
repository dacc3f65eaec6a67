namespace Hexabase.Portal.Audit.Search;

/// <summary>A Bloom filter over the terms of a segment: "certainly not here" for all but two in a hundred terms that are not, without reading the terms.</summary>
internal static class AuditFilter
{
    private const int BitsATerm = 8;
    private const int Probes = 5;

    public static byte[] Make(int terms) => new byte[Math.Max(8, terms * BitsATerm / 8)];

    public static void Add(Span<byte> filter, ulong hash)
    {
        for (var i = 0; i < Probes; i++)
        {
            var bit = Bit(hash, i, filter.Length);
            filter[(int)(bit >> 3)] |= (byte)(1 << (int)(bit & 7));
        }
    }

    public static bool MayHold(ReadOnlySpan<byte> filter, ulong hash)
    {
        for (var i = 0; i < Probes; i++)
        {
            var bit = Bit(hash, i, filter.Length);
            if ((filter[(int)(bit >> 3)] >> (int)(bit & 7) & 1) == 0) return false;
        }

        return true;
    }

    private static ulong Bit(ulong hash, int probe, int bytes)
    {
        var spread = hash + ((ulong)probe * ((hash >> 32) | 1) * 0x9E3779B97F4A7C15UL);
        return Math.BigMul(spread, (ulong)bytes * 8, out _);
    }
}
