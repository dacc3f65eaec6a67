using System.Collections.Frozen;

namespace Hexabase.Portal.Shell;

/// <summary>ISO 4217: minor units of a currency and the sign that a reader knows it by.</summary>
public static class Currencies
{
    // ISO 4217 list one: currencies whose minor unit is not 2.
    private static readonly FrozenDictionary<string, int> MinorUnits = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["BIF"] = 0, ["CLP"] = 0, ["DJF"] = 0, ["GNF"] = 0, ["ISK"] = 0, ["JPY"] = 0, ["KMF"] = 0, ["KRW"] = 0, ["PYG"] = 0, ["RWF"] = 0,
        ["UGX"] = 0, ["UYI"] = 0, ["VND"] = 0, ["VUV"] = 0, ["XAF"] = 0, ["XOF"] = 0, ["XPF"] = 0,
        ["BHD"] = 3, ["IQD"] = 3, ["JOD"] = 3, ["KWD"] = 3, ["LYD"] = 3, ["OMR"] = 3, ["TND"] = 3, ["CLF"] = 4, ["UYW"] = 4,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Only signs that mean one currency here; dollars other than the American one keep their letters.
    private static readonly FrozenDictionary<string, string> Symbols = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["USD"] = "$", ["JPY"] = "¥", ["EUR"] = "€", ["GBP"] = "£", ["KRW"] = "₩", ["INR"] = "₹", ["CNY"] = "CN¥", ["AUD"] = "A$", ["CAD"] = "CA$",
        ["NZD"] = "NZ$", ["HKD"] = "HK$", ["TWD"] = "NT$", ["BRL"] = "R$", ["MXN"] = "MX$", ["VND"] = "₫", ["ILS"] = "₪", ["PHP"] = "₱",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Digits after the point: 0 for JPY, 3 for KWD, 2 where the list says nothing else.</summary>
    public static int Digits(string currency) => MinorUnits.GetValueOrDefault(currency, 2);

    /// <summary>"$" or, where no sign is unmistakable, the code and a no-break space ("CHF ").</summary>
    public static string Prefix(string currency) => Symbols.TryGetValue(currency, out var symbol) ? symbol : currency + '\u00A0';
}
