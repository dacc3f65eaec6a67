using System.Buffers.Binary;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>An exact amount in PostgreSQL's binary form of <c>numeric</c>: base-10000 digits, most significant first, the point between two of them.</summary>
internal static class PgNumeric
{
    /// <summary>Length prefix, header, and at most 6 digits before and 5 behind the point.</summary>
    public const int MaxBytes = 4 + 8 + (11 * 2);

    private const ulong One = 1_000_000_000_000_000_000;

    /// <summary>Writes the value with its length in front; returns the bytes used.</summary>
    public static int Write(Int128 atto, Span<byte> target)
    {
        if (atto == Int128.Zero)
        {
            // No digits: eight bytes of header, all of them zero.
            target[..12].Clear();
            target[3] = 8;
            return 12;
        }

        Span<ushort> digits = stackalloc ushort[11];
        var (whole, fraction) = Split(UInt128.CreateChecked(Int128.Abs(atto)));

        // Behind the point: 18 decimals are four full digits and one of two decimals.
        var low = fraction / 100;
        digits[10] = (ushort)(fraction % 100 * 100);
        for (var i = 9; i >= 6; i--)
        {
            digits[i] = (ushort)(low % 10_000);
            low /= 10_000;
        }

        var first = 6;
        if (whole > ulong.MaxValue)
        {
            for (; whole > 0; whole /= 10_000) digits[--first] = (ushort)(whole % 10_000);
        }
        else
        {
            for (var rest = (ulong)whole; rest > 0; rest /= 10_000) digits[--first] = (ushort)(rest % 10_000);
        }

        var end = 11;
        while (end > first && digits[end - 1] == 0) end--;
        while (first < end && digits[first] == 0) first++;
        var count = end - first;
        BinaryPrimitives.WriteInt32BigEndian(target, 8 + (count * 2));
        BinaryPrimitives.WriteInt16BigEndian(target[4..], (short)count);
        BinaryPrimitives.WriteInt16BigEndian(target[6..], (short)(count == 0 ? 0 : 5 - first));
        BinaryPrimitives.WriteUInt16BigEndian(target[8..], (ushort)(Int128.IsNegative(atto) ? 0x4000 : 0));
        // The displayed scale must cover the digits that follow.
        BinaryPrimitives.WriteInt16BigEndian(target[10..], end > 6 ? (short)18 : (short)0);
        for (var i = 0; i < count; i++) BinaryPrimitives.WriteUInt16BigEndian(target[(12 + (i * 2))..], digits[first + i]);
        return 12 + (count * 2);
    }

    private static (UInt128 Whole, ulong Fraction) Split(UInt128 magnitude)
    {
        var (high, low) = ((ulong)(magnitude >> 64), (ulong)magnitude);
        if (high == 0) return (low / One, low % One);
        if (high >= 1UL << 44)
        {
            var (quotient, rest) = UInt128.DivRem(magnitude, One);
            return (quotient, (ulong)rest);
        }

        // Division in 128 bits is slow. The quotient has at most 49 bits, so that 53 of a double miss it by one at most; the rest says by which.
        var whole = (ulong)(((high * 18446744073709551616.0) + low) / One);
        var fraction = low - (whole * One);
        if ((long)fraction < 0) return (whole - 1, fraction + One);
        return fraction >= One ? (whole + 1, fraction - One) : (whole, fraction);
    }
}
