using System.Globalization;
using System.Numerics;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>
/// An exact sum of bill lines of any size, with 18 decimals: an <see cref="Amount"/> as long as it fits one, a <see cref="BigInteger"/> of attos beyond.
/// The database adds; this only carries the result, so that no report rounds or fails.
/// </summary>
public readonly record struct WideAmount
{
    private readonly Int128 _atto;
    private readonly BigInteger? _wide;

    public WideAmount(Amount amount) => _atto = amount.Atto;

    private WideAmount(BigInteger atto)
    {
        if (atto >= (BigInteger)Int128.MinValue && atto <= (BigInteger)Int128.MaxValue) _atto = (Int128)atto;
        else _wide = atto;
    }

    public static WideAmount Zero => default;

    /// <summary>The value in attos (10^-18).</summary>
    public BigInteger Atto => _wide ?? (BigInteger)_atto;

    public int Sign => _wide?.Sign ?? Int128.Sign(_atto);

    public bool IsZero => Sign == 0;

    public static WideAmount operator +(WideAmount a, WideAmount b)
    {
        if (a._wide is null && b._wide is null)
        {
            var sum = unchecked(a._atto + b._atto);
            // Overflow shows as a sign that neither summand has.
            if (((a._atto ^ sum) & (b._atto ^ sum)) >= 0) return new(new Amount(sum));
        }

        return new(a.Atto + b.Atto);
    }

    public static WideAmount operator -(WideAmount a, WideAmount b) => new(a.Atto - b.Atto);

    public static WideAmount operator +(WideAmount a, Amount b) => a + new WideAmount(b);

    /// <summary>The amount, where it lies in an amount's range.</summary>
    public bool TryNarrow(out Amount amount)
    {
        amount = new Amount(_wide is null ? _atto : Int128.Zero);
        return _wide is null;
    }

    public static WideAmount FromAtto(BigInteger atto) => new(atto);

    /// <summary>Reads what the database writes: plain digits with at most 18 decimals, trailing zeros allowed.</summary>
    public static WideAmount Parse(string text)
    {
        if (Amount.TryParse(text, out var amount)) return new(amount);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? "" : text[(point + 1)..].TrimEnd('0');
        if (decimals.Length > Amount.Scale) throw new FormatException($"'{text}' has more than {Amount.Scale} decimals.");
        return new(BigInteger.Parse((point < 0 ? text : text[..point]) + decimals.PadRight(Amount.Scale, '0'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    /// <summary>Plain digits, no exponent, no trailing zeros after the point.</summary>
    public override string ToString()
    {
        if (_wide is not { } wide) return new Amount(_atto).ToString();
        var (whole, rest) = (BigInteger.DivRem(BigInteger.Abs(wide), (BigInteger)Amount.One, out var fraction), fraction);
        var decimals = rest.IsZero ? "" : "." + rest.ToString("D18", CultureInfo.InvariantCulture).TrimEnd('0');
        return (wide.Sign < 0 ? "-" : "") + whole.ToString(CultureInfo.InvariantCulture) + decimals;
    }
}

/// <summary>An exact sum in one ISO 4217 currency.</summary>
public readonly record struct WideMoney(WideAmount Amount, string Currency);
