namespace Hexabase.Portal.Costs.Focus;

/// <summary>FOCUS "Feature level": whether a data set has to have the column.</summary>
public enum FocusFeatureLevel
{
    Mandatory,
    Conditional,
    Recommended,
}
