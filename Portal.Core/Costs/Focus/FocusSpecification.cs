using static Hexabase.Portal.Costs.Focus.FocusColumnDefinition;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>
/// The column definitions of FOCUS 1.0, 1.1 and 1.2 (FinOps Open Cost and Usage Specification, "Columns"). The versions agree on what a column holds;
/// they differ in which columns exist. The mandatory columns are the same in all three.
/// </summary>
public static class FocusSpecification
{
    /// <summary>Every column, in the order of <see cref="FocusColumn"/>.</summary>
    public static IReadOnlyList<FocusColumnDefinition> Columns => Table;

    private static readonly FocusColumnDefinition[] Table =
    [
        Recommended(FocusColumn.AvailabilityZone, FocusColumnType.Text, "1.0", nulls: true),
        Mandatory(FocusColumn.BilledCost, FocusColumnType.Decimal, "1.0"),
        Mandatory(FocusColumn.BillingAccountId, FocusColumnType.Text, "1.0"),
        Mandatory(FocusColumn.BillingAccountName, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.BillingAccountType, FocusColumnType.Text, "1.2"),
        Mandatory(FocusColumn.BillingCurrency, FocusColumnType.Currency, "1.0"),
        Mandatory(FocusColumn.BillingPeriodEnd, FocusColumnType.DateTime, "1.0"),
        Mandatory(FocusColumn.BillingPeriodStart, FocusColumnType.DateTime, "1.0"),
        Conditional(FocusColumn.CapacityReservationId, FocusColumnType.Text, "1.1", nulls: true),
        Conditional(FocusColumn.CapacityReservationStatus, FocusColumnType.Allowed, "1.1", nulls: true, allowed: FocusAllowedValues.CapacityReservationStatus),
        Mandatory(FocusColumn.ChargeCategory, FocusColumnType.Allowed, "1.0", allowed: FocusAllowedValues.ChargeCategory),
        Mandatory(FocusColumn.ChargeClass, FocusColumnType.Allowed, "1.0", nulls: true, allowed: FocusAllowedValues.ChargeClass),
        Mandatory(FocusColumn.ChargeDescription, FocusColumnType.Text, "1.0", nulls: true),
        Recommended(FocusColumn.ChargeFrequency, FocusColumnType.Allowed, "1.0", allowed: FocusAllowedValues.ChargeFrequency),
        Mandatory(FocusColumn.ChargePeriodEnd, FocusColumnType.DateTime, "1.0"),
        Mandatory(FocusColumn.ChargePeriodStart, FocusColumnType.DateTime, "1.0"),
        Conditional(FocusColumn.CommitmentDiscountCategory, FocusColumnType.Allowed, "1.0", nulls: true, allowed: FocusAllowedValues.CommitmentDiscountCategory),
        Conditional(FocusColumn.CommitmentDiscountId, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.CommitmentDiscountName, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.CommitmentDiscountQuantity, FocusColumnType.Decimal, "1.1", nulls: true),
        Conditional(FocusColumn.CommitmentDiscountStatus, FocusColumnType.Allowed, "1.0", nulls: true, allowed: FocusAllowedValues.CommitmentDiscountStatus),
        Conditional(FocusColumn.CommitmentDiscountType, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.CommitmentDiscountUnit, FocusColumnType.Text, "1.1", nulls: true),
        Conditional(FocusColumn.ConsumedQuantity, FocusColumnType.Decimal, "1.0", nulls: true),
        Conditional(FocusColumn.ConsumedUnit, FocusColumnType.Text, "1.0", nulls: true),
        Mandatory(FocusColumn.ContractedCost, FocusColumnType.Decimal, "1.0"),
        Conditional(FocusColumn.ContractedUnitPrice, FocusColumnType.Decimal, "1.0", nulls: true),
        Mandatory(FocusColumn.EffectiveCost, FocusColumnType.Decimal, "1.0"),
        Recommended(FocusColumn.InvoiceId, FocusColumnType.Text, "1.2", nulls: true),
        Mandatory(FocusColumn.InvoiceIssuerName, FocusColumnType.Text, "1.0"),
        Mandatory(FocusColumn.ListCost, FocusColumnType.Decimal, "1.0"),
        Conditional(FocusColumn.ListUnitPrice, FocusColumnType.Decimal, "1.0", nulls: true),
        Conditional(FocusColumn.PricingCategory, FocusColumnType.Allowed, "1.0", nulls: true, allowed: FocusAllowedValues.PricingCategory),
        Conditional(FocusColumn.PricingCurrency, FocusColumnType.Currency, "1.2", nulls: true),
        Conditional(FocusColumn.PricingCurrencyContractedUnitPrice, FocusColumnType.Decimal, "1.2", nulls: true),
        Conditional(FocusColumn.PricingCurrencyEffectiveCost, FocusColumnType.Decimal, "1.2", nulls: true),
        Conditional(FocusColumn.PricingCurrencyListUnitPrice, FocusColumnType.Decimal, "1.2", nulls: true),
        Mandatory(FocusColumn.PricingQuantity, FocusColumnType.Decimal, "1.0", nulls: true),
        Mandatory(FocusColumn.PricingUnit, FocusColumnType.Text, "1.0", nulls: true),
        Mandatory(FocusColumn.ProviderName, FocusColumnType.Text, "1.0"),
        Mandatory(FocusColumn.PublisherName, FocusColumnType.Text, "1.0"),
        Conditional(FocusColumn.RegionId, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.RegionName, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.ResourceId, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.ResourceName, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.ResourceType, FocusColumnType.Text, "1.0", nulls: true),
        Mandatory(FocusColumn.ServiceCategory, FocusColumnType.Allowed, "1.0", allowed: FocusAllowedValues.ServiceCategory),
        Mandatory(FocusColumn.ServiceName, FocusColumnType.Text, "1.0"),
        Recommended(FocusColumn.ServiceSubcategory, FocusColumnType.Allowed, "1.1", allowed: FocusAllowedValues.ServiceSubcategory),
        Conditional(FocusColumn.SkuId, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.SkuMeter, FocusColumnType.Text, "1.1", nulls: true),
        Conditional(FocusColumn.SkuPriceDetails, FocusColumnType.Json, "1.1", nulls: true),
        Conditional(FocusColumn.SkuPriceId, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.SubAccountId, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.SubAccountName, FocusColumnType.Text, "1.0", nulls: true),
        Conditional(FocusColumn.SubAccountType, FocusColumnType.Text, "1.2", nulls: true),
        Conditional(FocusColumn.Tags, FocusColumnType.Json, "1.0", nulls: true),
    ];

    private static readonly Dictionary<string, FocusColumnDefinition> ByName = Table.ToDictionary(column => column.Name, StringComparer.Ordinal);

    private static readonly Dictionary<string, FocusColumnDefinition> ByFoldedName = Table.ToDictionary(column => FocusSpelling.Fold(column.Name), StringComparer.Ordinal);

    public static FocusColumnDefinition Get(FocusColumn column) => Table[(int)column];

    /// <summary>The column of exactly this name (column ID).</summary>
    public static bool TryGetColumn(string name, out FocusColumn column) => Find(ByName, name, out column);

    /// <summary>The column of this name whatever its letter case, spaces and underscores ("billed_cost").</summary>
    public static bool TryGetColumnBySpelling(string name, out FocusColumn column) => Find(ByFoldedName, FocusSpelling.Fold(name), out column);

    /// <summary>
    /// The version that a header speaks, from the columns that a version brought. BillingAccountType and SubAccountType (1.2) prove nothing alone: 1.0 exports of
    /// Azure carry them.
    /// </summary>
    public static string GuessVersion(IEnumerable<FocusColumn> columns)
    {
        var version = "1.0";
        var accountTypes = false;
        foreach (var column in columns)
        {
            var definition = Get(column);
            if (column is FocusColumn.BillingAccountType or FocusColumn.SubAccountType) accountTypes = true;
            else if (string.CompareOrdinal(definition.Since, version) > 0) version = definition.Since;
        }

        return accountTypes && version == "1.1" ? "1.2" : version;
    }

    private static bool Find(Dictionary<string, FocusColumnDefinition> names, string name, out FocusColumn column)
    {
        var found = names.TryGetValue(name, out var definition);
        column = definition?.Column ?? default;
        return found;
    }
}
