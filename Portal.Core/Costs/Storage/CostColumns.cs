using System.Collections.Frozen;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Data;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>
/// Where each FOCUS column is stored. A bill is a star: what repeats from line to line (<see cref="Keys"/>) stands once per distinct combination in
/// <c>cost_keys</c>; what differs (<see cref="LineTexts"/>, <see cref="LineNumbers"/> and the charge period) stands in <c>cost_lines</c>.
/// </summary>
internal static class CostColumns
{
    public static readonly FocusColumn[] LineTexts = [FocusColumn.ResourceId, FocusColumn.ResourceName];

    public static readonly FocusColumn[] LineNumbers =
    [
        FocusColumn.BilledCost, FocusColumn.EffectiveCost, FocusColumn.ContractedCost, FocusColumn.ListCost, FocusColumn.ConsumedQuantity, FocusColumn.PricingQuantity,
        FocusColumn.ContractedUnitPrice, FocusColumn.ListUnitPrice, FocusColumn.CommitmentDiscountQuantity, FocusColumn.PricingCurrencyContractedUnitPrice,
        FocusColumn.PricingCurrencyEffectiveCost, FocusColumn.PricingCurrencyListUnitPrice,
    ];

    public static readonly FocusColumn[] LineTimes = [FocusColumn.ChargePeriodStart, FocusColumn.ChargePeriodEnd];

    /// <summary>All other columns, in the order of <see cref="FocusColumn"/>.</summary>
    public static readonly FocusColumn[] Keys =
        [.. FocusSpecification.Columns.Select(c => c.Column).Where(c => !LineTexts.Contains(c) && !LineNumbers.Contains(c) && !LineTimes.Contains(c))];

    private static readonly string[] Names = [.. FocusSpecification.Columns.Select(c => ModelConventions.Snake(c.Name))];

    private static readonly FrozenSet<FocusColumn> KeySet = Keys.ToFrozenSet();

    /// <summary>The column's name in the database: "billing_account_id".</summary>
    public static string Name(FocusColumn column) => Names[(int)column];

    public static bool IsKey(FocusColumn column) => KeySet.Contains(column);

    public static bool IsTime(FocusColumn column) => FocusSpecification.Get(column).Type == FocusColumnType.DateTime;

    public static bool IsCost(FocusColumn column) => FocusSpecification.Get(column).IsCost;

    /// <summary>The roll-ups' column of a metric.</summary>
    public static string Name(CostMetric metric) => metric switch
    {
        CostMetric.Billed => "billed",
        CostMetric.Effective => "effective",
        CostMetric.Contracted => "contracted",
        CostMetric.List => "list",
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "no metric"),
    };
}
