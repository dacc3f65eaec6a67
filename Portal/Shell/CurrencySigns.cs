using System.Collections.Frozen;

namespace Hexabase.Portal.Shell;

/// <summary>The sign that a reader knows an ISO 4217 currency by.</summary>
public static class CurrencySigns
{
    // Only signs that mean one currency here; dollars other than the American one keep their letters.
    private static readonly FrozenDictionary<string, string> Symbols = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["USD"] = "$", ["JPY"] = "¥", ["EUR"] = "€", ["GBP"] = "£", ["KRW"] = "₩", ["INR"] = "₹", ["CNY"] = "CN¥", ["AUD"] = "A$", ["CAD"] = "CA$",
        ["NZD"] = "NZ$", ["HKD"] = "HK$", ["TWD"] = "NT$", ["BRL"] = "R$", ["MXN"] = "MX$", ["VND"] = "₫", ["ILS"] = "₪", ["PHP"] = "₱",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>"$" or, where no sign is unmistakable, the code and a no-break space ("CHF ").</summary>
    public static string Prefix(string currency) => Symbols.TryGetValue(currency, out var symbol) ? symbol : currency + '\u00A0';
}
