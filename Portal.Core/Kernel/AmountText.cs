using System.Buffers.Text;

namespace Hexabase.Portal.Kernel;

/// <summary>What reading an <see cref="Amount"/> from text found.</summary>
internal enum AmountReading
{
    /// <summary>The value was read without loss.</summary>
    Exact,

    /// <summary>A number with more than 18 significant decimals; the amount is it, rounded half away from zero.</summary>
    Rounded,

    /// <summary>A number with more than 20 whole digits.</summary>
    TooLarge,

    /// <summary>NaN or an infinity.</summary>
    NonFinite,

    /// <summary>No decimal number.</summary>
    Unreadable,
}

/// <summary>Text to <see cref="Amount"/> and back: ASCII, invariant, exact. Most numbers of a bill have at most 19 digits and take the first path, one multiplication.</summary>
internal static class AmountText
{
    /// <summary>Sign, 21 whole digits, point, 18 decimals.</summary>
    public const int MaxLength = 41;

    private const int FastDigits = 19;
    private const ulong AttosPerOne = 1_000_000_000_000_000_000;

    private static readonly UInt128 MaxMagnitude = MakeMaxMagnitude();

    private static ReadOnlySpan<ulong> SmallPowers =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000, 1_000_000_000_000,
        10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000, AttosPerOne,
    ];

    public static AmountReading Read(ReadOnlySpan<byte> utf8, out Amount amount)
    {
        var at = utf8.Length > 0 && utf8[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        var negative = at == 1 && utf8[0] == (byte)'-';
        var mantissa = 0UL;
        var point = -1;
        // A point costs one position: what fits in 19 positions fits an unsigned 64-bit mantissa.
        if (utf8.Length - at is > 0 and <= FastDigits)
        {
            var i = at;
            for (; i < utf8.Length; i++)
            {
                var digit = (uint)(utf8[i] - '0');
                if (digit <= 9) mantissa = (mantissa * 10) + digit;
                else if (utf8[i] == (byte)'.' && point < 0) point = i;
                else break;
            }

            if (i == utf8.Length && (point < 0 || utf8.Length - at > 1))
            {
                var places = point < 0 ? 0 : utf8.Length - point - 1;
                var high = Math.BigMul(mantissa, SmallPowers[Amount.Scale - places], out var low);
                var attos = new Int128(high, low);
                amount = new(negative ? -attos : attos);
                return AmountReading.Exact;
            }
        }

        return ReadLong(utf8[at..], negative, out amount);
    }

    /// <summary>Writes the canonical form and answers its length.</summary>
    public static int Write(Int128 attos, Span<byte> destination)
    {
        var at = 0;
        var magnitude = (UInt128)attos;
        if (attos < 0)
        {
            destination[at++] = (byte)'-';
            magnitude = UInt128.Zero - magnitude;
        }

        UInt128 whole;
        ulong fraction;
        if (magnitude <= ulong.MaxValue)
        {
            // Division by a constant in 64 bits, an order of magnitude faster than in 128.
            var small = (ulong)magnitude;
            whole = small / AttosPerOne;
            fraction = small % AttosPerOne;
        }
        else
        {
            (whole, var rest) = UInt128.DivRem(magnitude, AttosPerOne);
            fraction = (ulong)rest;
        }

        int written;
        if (whole <= ulong.MaxValue) Utf8Formatter.TryFormat((ulong)whole, destination[at..], out written);
        else whole.TryFormat(destination[at..], out written, default, System.Globalization.CultureInfo.InvariantCulture);
        at += written;
        if (fraction == 0) return at;

        destination[at++] = (byte)'.';
        for (var i = Amount.Scale - 1; i >= 0; i--)
        {
            (fraction, var digit) = Math.DivRem(fraction, 10);
            destination[at + i] = (byte)('0' + digit);
        }

        at += Amount.Scale;
        while (destination[at - 1] == (byte)'0') at--;
        return at;
    }

    private static AmountReading ReadLong(ReadOnlySpan<byte> unsigned, bool negative, out Amount amount)
    {
        amount = default;
        if (IsNonFinite(unsigned)) return AmountReading.NonFinite;

        // The digits without leading zeros; "scale" is the number of digits after the point.
        Span<byte> digits = stackalloc byte[64];
        var (count, scale, dropped, anyDigit, seenPoint, droppedNonZero) = (0, 0L, 0L, false, false, false);
        var i = 0;
        for (; i < unsigned.Length; i++)
        {
            if (unsigned[i] == (byte)'.' && !seenPoint)
            {
                seenPoint = true;
                continue;
            }

            var digit = (uint)(unsigned[i] - '0');
            if (digit > 9) break;
            anyDigit = true;
            if (seenPoint) scale++;
            if (count == 0 && digit == 0) continue;
            if (count < digits.Length)
            {
                digits[count++] = (byte)digit;
                continue;
            }

            dropped++;
            droppedNonZero |= digit != 0;
        }

        var exponent = 0;
        if (!anyDigit || (i < unsigned.Length && !TryReadExponent(unsigned[i..], out exponent))) return AmountReading.Unreadable;
        if (count == 0) return AmountReading.Exact;

        // value in attos = digits * 10^shift, then what was dropped behind them.
        var shift = dropped - scale + exponent + Amount.Scale;
        if (count + shift > 38) return AmountReading.TooLarge;
        var kept = (int)Math.Clamp(count + Math.Min(shift, 0), 0, count);
        UInt128 magnitude = 0;
        for (var d = 0; d < kept; d++) magnitude = (magnitude * 10) + digits[d];
        for (var z = 0; z < shift; z++) magnitude *= 10;

        var exact = !droppedNonZero && !digits[kept..count].ContainsAnyExcept((byte)0);
        // Half away from zero: the first digit behind the last place decides. It is a zero when the number ends further right than its first digit.
        var next = count + shift < 0 ? (byte)0 : kept < count ? digits[kept] : (byte)0;
        if (!exact && next >= 5) magnitude++;
        if (magnitude > MaxMagnitude) return AmountReading.TooLarge;
        amount = new(negative ? -(Int128)magnitude : (Int128)magnitude);
        return exact ? AmountReading.Exact : AmountReading.Rounded;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> utf8, out int exponent)
    {
        exponent = 0;
        return utf8[0] is (byte)'e' or (byte)'E' && Utf8Parser.TryParse(utf8[1..], out exponent, out var used) && used == utf8.Length - 1 && Math.Abs((long)exponent) <= 100_000;
    }

    private static bool IsNonFinite(ReadOnlySpan<byte> text) =>
        System.Text.Ascii.EqualsIgnoreCase(text, "NaN"u8) || System.Text.Ascii.EqualsIgnoreCase(text, "Inf"u8) || System.Text.Ascii.EqualsIgnoreCase(text, "Infinity"u8)
        || text.SequenceEqual("∞"u8) || text.StartsWith("1.#"u8);

    private static UInt128 MakeMaxMagnitude()
    {
        UInt128 power = 1;
        for (var i = 0; i < 38; i++) power *= 10;
        return power - 1;
    }
}
