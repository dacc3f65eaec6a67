namespace Hexabase.Portal.Costs.Focus;

/// <summary>What FOCUS says about one column.</summary>
/// <param name="Column">The column.</param>
/// <param name="Name">Its column ID, as written in a header.</param>
/// <param name="Type">How its cells are read.</param>
/// <param name="Level">Whether a data set has to have it.</param>
/// <param name="Since">The first of the versions 1.0, 1.1, 1.2 that has it.</param>
/// <param name="AllowsNull">Whether FOCUS allows nulls in it.</param>
/// <param name="AllowedValues">The closed list of its values; empty where there is none.</param>
public sealed record FocusColumnDefinition(
    FocusColumn Column, string Name, FocusColumnType Type, FocusFeatureLevel Level, string Since, bool AllowsNull, IReadOnlyList<string> AllowedValues)
{
    /// <summary>One of the four cost metrics: a null counts as 0, and no digit may be lost.</summary>
    public bool IsCost => Column is FocusColumn.BilledCost or FocusColumn.EffectiveCost or FocusColumn.ContractedCost or FocusColumn.ListCost;

    internal static FocusColumnDefinition Mandatory(FocusColumn column, FocusColumnType type, string since, bool nulls = false, string[]? allowed = null) =>
        new(column, column.ToString(), type, FocusFeatureLevel.Mandatory, since, nulls, allowed ?? []);

    internal static FocusColumnDefinition Conditional(FocusColumn column, FocusColumnType type, string since, bool nulls = false, string[]? allowed = null) =>
        new(column, column.ToString(), type, FocusFeatureLevel.Conditional, since, nulls, allowed ?? []);

    internal static FocusColumnDefinition Recommended(FocusColumn column, FocusColumnType type, string since, bool nulls = false, string[]? allowed = null) =>
        new(column, column.ToString(), type, FocusFeatureLevel.Recommended, since, nulls, allowed ?? []);
}
