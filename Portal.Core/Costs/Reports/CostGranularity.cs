namespace Hexabase.Portal.Costs.Reports;

/// <summary>How the charge days of a report are put together.</summary>
public enum CostGranularity
{
    Total,
    Day,
    Month,
    Quarter,

    /// <summary>Begins in the organization's fiscal-year start month.</summary>
    FiscalYear,
}
