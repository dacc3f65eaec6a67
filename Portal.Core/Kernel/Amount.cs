using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Hexabase.Portal.Kernel;

/// <summary>
/// An exact decimal number with 18 places after the point, stored as a whole number of attos (10^-18).
/// Text is read within |value| &lt; 10^20, the range of <c>numeric(38,18)</c> on both database engines; arithmetic reaches 1.7 * 10^20. Both are wider
/// than <see cref="decimal"/> (28 digits), so that a sum of bill lines is never rounded. Arithmetic is checked: an overflow throws <see cref="OverflowException"/>, it never wraps.
/// </summary>
public readonly record struct Amount(Int128 Atto) : IComparable<Amount>
{
    public const int Scale = 18;

    /// <summary>The number of attos in one: 10^18.</summary>
    public static readonly Int128 One = 1_000_000_000_000_000_000;

    public static Amount Zero => default;

    public bool IsZero => Atto == Int128.Zero;

    public int Sign => Int128.Sign(Atto);

    public static Amount operator +(Amount a, Amount b) => new(checked(a.Atto + b.Atto));

    public static Amount operator -(Amount a, Amount b) => new(checked(a.Atto - b.Atto));

    public static Amount operator -(Amount a) => new(checked(-a.Atto));

    public static bool operator <(Amount a, Amount b) => a.Atto < b.Atto;

    public static bool operator >(Amount a, Amount b) => a.Atto > b.Atto;

    public static bool operator <=(Amount a, Amount b) => a.Atto <= b.Atto;

    public static bool operator >=(Amount a, Amount b) => a.Atto >= b.Atto;

    public int CompareTo(Amount other) => Atto.CompareTo(other.Atto);

    /// <summary>a * numerator / denominator, rounded toward zero to 18 places; exact in between. The remainder is the caller's (largest remainder method).</summary>
    public Amount MultiplyDivide(BigInteger numerator, BigInteger denominator) => new((Int128)((BigInteger)Atto * numerator / denominator));

    /// <summary>Rounds half away from zero to <paramref name="digits"/> places (0 to 18): for display and currency units only, never between sums.</summary>
    public Amount Round(int digits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)digits, (uint)Scale);
        var unit = Pow10(Scale - digits);
        if (unit == 1) return this;
        var (quotient, remainder) = Int128.DivRem(Atto, unit);
        if (Int128.Abs(remainder) * 2 >= unit) quotient += Int128.Sign(Atto);
        return new(checked(quotient * unit));
    }

    public static Amount FromDecimal(decimal value)
    {
        // decimal keeps up to 28 places; what lies beyond 18 cannot be held and is refused instead of rounded.
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var scale = (bits[3] >> 16) & 0x7F;
        var mantissa = (Int128)new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        if (scale > Scale)
        {
            var (quotient, remainder) = Int128.DivRem(mantissa, Pow10(scale - Scale));
            if (remainder != 0) throw new OverflowException($"The amount {value.ToString(CultureInfo.InvariantCulture)} has more than {Scale} decimals.");
            mantissa = quotient;
        }
        else
        {
            mantissa = checked(mantissa * Pow10(Scale - scale));
        }

        return new(bits[3] < 0 ? -mantissa : mantissa);
    }

    public static Amount FromInteger(long value) => new(checked(value * One));

    /// <summary>For charts and estimates only; loses digits.</summary>
    public double ToDouble() => (double)Atto / 1e18;

    /// <summary>Exact where 28 digits hold it; otherwise rounded to the places that fit (forms and spreadsheets).</summary>
    public decimal ToDecimal()
    {
        for (var places = Scale; places >= 0; places--)
        {
            // The quotient is rounded, not the attos: rounding those up could leave the range although the decimal holds the result.
            var unit = Pow10(Scale - places);
            var (rounded, remainder) = Int128.DivRem(Atto, unit);
            if (unit > 1 && Int128.Abs(remainder) * 2 >= unit) rounded += Int128.Sign(Atto);
            // Dividing by one with 28 zeros drops trailing zeros, so that 5 prints as "5".
            if (rounded <= (Int128)decimal.MaxValue && rounded >= (Int128)decimal.MinValue) return ScaleDown((decimal)rounded, places) / 1.0000000000000000000000000000m;
        }

        throw new OverflowException("The amount does not fit a decimal.");
    }

    private static decimal ScaleDown(decimal whole, int places)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(whole, bits);
        return new decimal(bits[0], bits[1], bits[2], whole < 0, (byte)places);
    }

    /// <summary>
    /// Reads a plain or exponent decimal in the invariant form ("-12.5", "1.2E-7"). False for anything else, for more than 18 significant decimals
    /// (trailing zeros do not count) and for more than 20 whole digits.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Amount amount) => AmountText.Read(utf8, out amount) == AmountReading.Exact;

    public static bool TryParse([NotNullWhen(true)] string? text, out Amount amount)
    {
        amount = default;
        if (text is null || text.Length > 256) return false;
        Span<byte> bytes = stackalloc byte[256];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] > 127) return false;
            bytes[i] = (byte)text[i];
        }

        return TryParse(bytes[..text.Length], out amount);
    }

    public static Amount Parse(string text) =>
        TryParse(text, out var amount) ? amount : throw new FormatException($"'{text}' is not a decimal number with at most 20 whole digits and {Scale} decimals.");

    /// <summary>The canonical form: plain digits, no exponent, no trailing zeros after the point, "0" for zero.</summary>
    public override string ToString()
    {
        Span<byte> buffer = stackalloc byte[AmountText.MaxLength];
        return System.Text.Encoding.ASCII.GetString(buffer[..AmountText.Write(Atto, buffer)]);
    }

    /// <summary>Writes the canonical form as ASCII; at most 41 bytes. Formats and cultures do not apply: what is written here is read by machines.</summary>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten)
    {
        Span<byte> buffer = stackalloc byte[AmountText.MaxLength];
        var length = AmountText.Write(Atto, buffer);
        bytesWritten = buffer[..length].TryCopyTo(utf8Destination) ? length : 0;
        return bytesWritten > 0;
    }

    /// <summary>For people: a decimal format of a culture ("N2"), within what a decimal holds. The type is no IFormattable, so that interpolation stays canonical.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) =>
        string.IsNullOrEmpty(format) ? ToString() : ToDecimal().ToString(format, formatProvider);

    internal static Int128 Pow10(int exponent) => Powers[exponent];

    private static readonly Int128[] Powers = MakePowers();

    private static Int128[] MakePowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}

/// <summary>An exact amount of an ISO 4217 currency, in currency units.</summary>
public readonly record struct Money(Amount Amount, string Currency)
{
    public static Money Zero(string currency) => new(Amount.Zero, currency);

    public static Money operator +(Money a, Money b) => a.Currency == b.Currency
        ? new(a.Amount + b.Amount, a.Currency)
        : throw new InvalidOperationException($"{a.Currency} and {b.Currency} do not add up; convert first.");

    public override string ToString() => $"{Amount} {Currency}";
}
