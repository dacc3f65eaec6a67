using System.Diagnostics.CodeAnalysis;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>How the reader reads a column's cells.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The specification's words for its data types.")]
public enum FocusColumnType
{
    /// <summary>Any text (FOCUS StringHandling).</summary>
    Text,

    /// <summary>FOCUS NumericFormat, read as an exact decimal with 18 places.</summary>
    Decimal,

    /// <summary>FOCUS DateTimeFormat, read as UTC.</summary>
    DateTime,

    /// <summary>FOCUS KeyValueFormat: one JSON object.</summary>
    Json,

    /// <summary>FOCUS CurrencyFormat: ISO 4217; PricingCurrency may also be a virtual currency.</summary>
    Currency,

    /// <summary>One of a closed list of values.</summary>
    Allowed,
}
