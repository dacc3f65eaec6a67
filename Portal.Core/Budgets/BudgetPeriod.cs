using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Budgets;

public enum BudgetPeriodKind
{
    Daily,
    Monthly,
    Quarterly,
    Yearly,
}

/// <summary>The UTC charge periods of budgets: days, calendar months, and the quarters and years of a fiscal calendar. The periods of a kind partition time.</summary>
public static class BudgetPeriod
{
    /// <summary>The period that a day lies in.</summary>
    /// <param name="fiscalYearStartMonth">1 to 12; for quarters and years.</param>
    public static UtcRange Of(BudgetPeriodKind kind, DateOnly day, int fiscalYearStartMonth)
    {
        if (kind == BudgetPeriodKind.Daily) return new UtcRange(day, day.AddDays(1));
        var months = kind switch
        {
            BudgetPeriodKind.Monthly => 1,
            BudgetPeriodKind.Quarterly => 3,
            BudgetPeriodKind.Yearly => 12,
            _ => throw new InvalidOperationException($"Unknown period {kind}."),
        };
        var into = (day.Month - fiscalYearStartMonth + 12) % months;
        var start = new DateOnly(day.Year, day.Month, 1).AddMonths(-into);
        return new UtcRange(start, start.AddMonths(months));
    }
}
