using System.Globalization;
using System.Numerics;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Shell;

/// <summary>
/// How figures look, for one viewer: grouping of the language, minus sign U+2212, thin space before %, ISO 4217 digits, and "–" for what nobody knows.
/// Money stays exact: it is rounded half away from zero to the currency's digits for the eye only.
/// </summary>
public sealed partial class Display(Viewer viewer, Text text, TimeProvider clock)
{
    public const string Unknown = "–";
    public const char Minus = '\u2212';
    private const char Thin = '\u2009';

    /// <summary>"$61,482.17", "¥1,234", "CHF 9.00"; negative "−$3.00".</summary>
    public string Money(Money money) => Money(money.Amount, money.Currency);

    public string Money(Amount? amount, string currency) => amount is { } known ? Signed(known, Currencies.MinorDigits(currency), CurrencySigns.Prefix(currency)) : Unknown;

    /// <summary>The figure without the currency, for columns whose header names it: "61,482.17".</summary>
    public string Figure(Amount? amount, string currency) => amount is { } known ? Signed(known, Currencies.MinorDigits(currency), "") : Unknown;

    /// <summary>"+$4,905.60", "−$611.20", "$0.00": a difference always shows its direction.</summary>
    public string Difference(Amount amount, string currency, bool withSymbol = true)
    {
        var digits = Currencies.MinorDigits(currency);
        var shown = Signed(amount, digits, withSymbol ? CurrencySigns.Prefix(currency) : "");
        return amount.Round(digits).Sign > 0 ? "+" + shown : shown;
    }

    /// <summary>Every digit that is stored: "61482.174300000000000001 USD"; for titles and copies.</summary>
    public string Exact(Money money) => $"{Group(money.Amount)} {money.Currency}";

    /// <summary>A whole or fractional number with at most <paramref name="digits"/> places.</summary>
    public string Number(double? value, int digits = 0) => value is { } known && double.IsFinite(known) ? Sign(known, Math.Abs(known).ToString("N" + digits.ToString(CultureInfo.InvariantCulture), viewer.Culture), digits) : Unknown;

    public string Number(long? value) => value is { } known ? (known < 0 ? "\u2212" : "") + UInt128.CreateChecked(Int128.Abs(known)).ToString("N0", viewer.Culture) : Unknown;

    /// <summary>0.087 is "8.7 %"; the space is thin and does not break off because a word joiner holds it.</summary>
    public string Percent(double? ratio, int digits = 1) => ratio is { } known && double.IsFinite(known) ? $"{Number(known * 100, digits)}{Thin}\u2060%" : Unknown;

    /// <summary>A relative change with its sign: "+8.7 %", "−38.0 %".</summary>
    public string PercentDifference(double? ratio, int digits = 1) =>
        ratio is { } known && double.IsFinite(known) && Math.Round(known * 100, digits, MidpointRounding.AwayFromZero) > 0 ? "+" + Percent(ratio, digits) : Percent(ratio, digits);

    /// <summary>For axes and badges: "1.2k", "3.4M" in English, 「1.2万」「3.4億」 in Japanese.</summary>
    public string Compact(double value)
    {
        var magnitude = Math.Abs(value);
        (double Unit, string Name)[] units = viewer.IsJapanese ? [(1e12, "兆"), (1e8, "億"), (1e4, "万")] : [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")];
        foreach (var (unit, name) in units)
            if (magnitude >= unit) return Sign(value, (magnitude / unit).ToString("0.#", viewer.Culture) + name, 1);
        return Sign(value, magnitude.ToString("0.##", viewer.Culture), 2);
    }

    /// <summary>Binary units: "1.5 GiB".</summary>
    public string Bytes(long? bytes)
    {
        if (bytes is not { } known) return Unknown;
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        double value = Math.Abs((double)known);
        var at = 0;
        for (; value >= 1024 && at < units.Length - 1; at++) value /= 1024;
        return Sign(known, value.ToString(value < 10 && at > 0 ? "0.#" : "N0", viewer.Culture), 1) + "\u00A0" + units[at];
    }

    /// <summary>Millicores as Kubernetes counts them: 1500 is "1.5 cores", 250 is "250m".</summary>
    public string Cpu(long? millicores) => millicores switch
    {
        null => Unknown,
        > -1000 and < 1000 and not 0 => Number(millicores) + "m",
        { } known => text["display.cores", Sign(known, Math.Abs(known / 1000d).ToString("#,0.###", viewer.Culture), 3)],
    };

    private string Signed(Amount amount, int digits, string prefix)
    {
        var rounded = amount.Round(digits);
        var (whole, fraction) = Int128.DivRem(Int128.Abs(rounded.Atto), Amount.One);
        var places = digits == 0 ? "" : viewer.Culture.NumberFormat.NumberDecimalSeparator + ((ulong)fraction).ToString("D18", CultureInfo.InvariantCulture)[..digits];
        return (rounded.Sign < 0 ? "\u2212" : "") + prefix + whole.ToString("N0", viewer.Culture) + places;
    }

    private string Group(Amount amount)
    {
        var plain = amount.ToString(null, CultureInfo.InvariantCulture).TrimStart('-').Split('.');
        return (amount.Sign < 0 ? "\u2212" : "") + BigInteger.Parse(plain[0], CultureInfo.InvariantCulture).ToString("N0", viewer.Culture)
            + (plain.Length > 1 ? viewer.Culture.NumberFormat.NumberDecimalSeparator + plain[1] : "");
    }

    // A value that rounds to nothing has no sign: "0", never "−0".
    private static string Sign(double value, string magnitude, int digits) => value < 0 && Math.Round(-value, digits, MidpointRounding.AwayFromZero) > 0 ? Minus + magnitude : magnitude;
}
