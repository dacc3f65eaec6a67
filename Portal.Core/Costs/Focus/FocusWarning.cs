namespace Hexabase.Portal.Costs.Focus;

/// <summary>What a row may have wrong and still be imported.</summary>
internal enum FocusWarning
{
    DateForm,
    DateOffset,
    NullForbidden,
    ValueSpelling,
    NumberForm,
    NumberRounded,
    WhiteSpace,
    JsonDuplicateKey,
    JsonNestedValue,
    BareQuote,
    UnitMissing,
    HeaderUnknown,
    HeaderSpelling,
}
