using System.Globalization;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>What a figure is held against.</summary>
public enum CostAgainst { Previous, Year, None }

/// <summary>Width of a chart's bars.</summary>
public enum CostStep { Day, Week, Month, Quarter, FiscalYear }

/// <summary>Periods of the explorer: pure calendar arithmetic on UTC days.</summary>
internal static class CostPeriods
{
    /// <summary>The month of the last day with data: whole if it is complete, up to that day otherwise.</summary>
    public static UtcRange Latest(DateOnly lastDay)
    {
        var month = UtcRange.Month(lastDay);
        return new UtcRange(month.From, lastDay.AddDays(1));
    }

    /// <summary>
    /// The period before: a part of a month from its first day on is held against as many days of the month before (whole months against whole months),
    /// anything else against as many days directly before it.
    /// </summary>
    public static UtcRange? Against(UtcRange period, CostAgainst against)
    {
        if (against == CostAgainst.None || period.Days <= 0) return null;
        if (against == CostAgainst.Year) return new UtcRange(period.From.AddYears(-1), Whole(period) ? period.To.AddYears(-1) : period.From.AddYears(-1).AddDays(period.Days));
        if (Whole(period))
        {
            var months = ((period.To.Year - period.From.Year) * 12) + period.To.Month - period.From.Month;
            return new UtcRange(period.From.AddMonths(-months), period.From);
        }

        if (period.From.Day == 1 && period.To <= UtcRange.Month(period.From).To)
        {
            var before = UtcRange.Month(period.From.AddDays(-1));
            var end = before.From.AddDays(period.Days);
            return new UtcRange(before.From, end < before.To ? end : before.To);
        }

        return new UtcRange(period.From.AddDays(-period.Days), period.From);
    }

    public static bool Whole(UtcRange period) => period.From.Day == 1 && period.To.Day == 1 && period.To > period.From;

    /// <summary>Days up to ten weeks, weeks up to a year, months beyond.</summary>
    public static CostStep DefaultStep(UtcRange period) => period.Days <= 70 ? CostStep.Day : period.Days <= 200 ? CostStep.Week : CostStep.Month;

    /// <summary>The first days of a chart's bars.</summary>
    /// <param name="fiscalYearStartMonth">1 to 12; counts for fiscal years only.</param>
    public static IReadOnlyList<DateOnly> Bars(UtcRange period, CostStep step, int fiscalYearStartMonth = 1)
    {
        var bars = new List<DateOnly>();
        for (var day = BarOf(period.From, step, fiscalYearStartMonth); day < period.To; day = Next(day, step)) bars.Add(day);
        return bars;
    }

    /// <summary>The first day of the bar that a day lies in: the same as the report's own periods.</summary>
    public static DateOnly BarOf(DateOnly day, CostStep step, int fiscalYearStartMonth = 1) => step switch
    {
        CostStep.Day => day,
        // ISO 8601: weeks begin on Monday.
        CostStep.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        CostStep.Month => new DateOnly(day.Year, day.Month, 1),
        CostStep.Quarter => new DateOnly(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
        CostStep.FiscalYear => new DateOnly(day.Month < fiscalYearStartMonth ? day.Year - 1 : day.Year, fiscalYearStartMonth, 1),
        _ => throw new InvalidOperationException($"Unknown step {step}."),
    };

    public static string Label(DateOnly bar, CostStep step) => bar.ToString(step == CostStep.Month ? "yyyy-MM" : "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>What the report has to be asked for, so that bars can be put together from its rows.</summary>
    public static CostGranularity Asked(CostStep step) => step switch
    {
        CostStep.Month => CostGranularity.Month,
        CostStep.Quarter => CostGranularity.Quarter,
        CostStep.FiscalYear => CostGranularity.FiscalYear,
        _ => CostGranularity.Day,
    };

    private static DateOnly Next(DateOnly bar, CostStep step) => step switch
    {
        CostStep.Day => bar.AddDays(1),
        CostStep.Week => bar.AddDays(7),
        CostStep.Quarter => bar.AddMonths(3),
        CostStep.FiscalYear => bar.AddMonths(12),
        _ => bar.AddMonths(1),
    };
}
