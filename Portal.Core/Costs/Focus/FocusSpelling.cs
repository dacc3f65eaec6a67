using System.Collections.Frozen;
using System.Text;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>Finds the specification's spelling of a value that a provider writes a little differently ("Usage-based", "Management &amp; Governance").</summary>
internal static class FocusSpelling
{
    // Words of FOCUS 1.0-preview and of price lists that exports still carry, folded, with the value that replaced them.
    private static readonly FrozenDictionary<(FocusColumn Column, string Folded), string> Aliases = new Dictionary<(FocusColumn, string), string>
    {
        [(FocusColumn.PricingCategory, "ondemand")] = "Standard",
        [(FocusColumn.PricingCategory, "commitmentbased")] = "Committed",
        [(FocusColumn.ServiceCategory, "database")] = "Databases",
        [(FocusColumn.ServiceCategory, "network")] = "Networking",
        [(FocusColumn.ServiceCategory, "iot")] = "Internet of Things",
    }.ToFrozenDictionary();

    /// <summary>Letters and digits only, lower case, "and" for "&amp;" and "+".</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c)) folded.Append(char.ToLowerInvariant(c));
            else if (c is '&' or '+') folded.Append("and");
        }

        return folded.ToString();
    }

    /// <summary>The allowed value that the text is another spelling of; null where it is none.</summary>
    public static string? Find(FocusColumnDefinition column, string text)
    {
        var folded = Fold(text);
        foreach (var value in column.AllowedValues)
        {
            if (Fold(value) == folded) return value;
        }

        return Aliases.GetValueOrDefault((column.Column, folded));
    }
}
