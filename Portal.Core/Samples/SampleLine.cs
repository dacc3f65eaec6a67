using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Samples;

/// <summary>One line of a bill while it is made: a cell for each FOCUS column and for the provider's own ones. One instance serves a file.</summary>
internal sealed class SampleLine(int extraColumns)
{
    private readonly string?[] _texts = new string?[FocusSpecification.Columns.Count];
    private readonly decimal?[] _numbers = new decimal?[FocusSpecification.Columns.Count];
    private readonly string?[] _extras = new string?[extraColumns];

    public string? this[FocusColumn column]
    {
        get => _texts[(int)column];
        set => _texts[(int)column] = value;
    }

    public decimal? Number(FocusColumn column) => _numbers[(int)column];

    public void Set(FocusColumn column, decimal? number) => _numbers[(int)column] = number;

    public string? Extra(int index) => _extras[index];

    public void SetExtras(ReadOnlySpan<string?> values) => values.CopyTo(_extras);

    /// <summary>List, contracted, effective and billed cost, in this order.</summary>
    public void SetCosts(decimal list, decimal contracted, decimal effective, decimal billed)
    {
        Set(FocusColumn.ListCost, list);
        Set(FocusColumn.ContractedCost, contracted);
        Set(FocusColumn.EffectiveCost, effective);
        Set(FocusColumn.BilledCost, billed);
    }

    public void Clear()
    {
        Array.Clear(_texts);
        Array.Clear(_numbers);
        Array.Clear(_extras);
    }
}
