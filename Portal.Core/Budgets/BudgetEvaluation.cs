using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Budgets;

/// <summary>Where a budget stands, computed from facts alone; what is enforced is another matter.</summary>
public enum BudgetState
{
    /// <summary>No cost data in any of its periods: unknown, not 0.</summary>
    NoData,
    Ok,

    /// <summary>A threshold on actual or forecast is reached.</summary>
    Warned,

    /// <summary>The soft limit is reached.</summary>
    SoftLimit,

    /// <summary>The hard limit is reached and the grace time runs.</summary>
    Grace,
    HardLimit,
}

/// <summary>What a budget says.</summary>
/// <param name="Limits">In <paramref name="Currency"/>, each above 0.</param>
/// <param name="Thresholds">Ratios of the limit, on actual cost.</param>
/// <param name="ForecastThresholds">Ratios of the limit, on the forecast's middle.</param>
/// <param name="SoftLimit">Ratio of the limit; null = none.</param>
/// <param name="HardLimit">Ratio of the limit; null = none.</param>
public sealed record BudgetPolicy(
    string Currency, IReadOnlyDictionary<BudgetPeriodKind, Amount> Limits, IReadOnlyList<decimal> Thresholds, IReadOnlyList<decimal> ForecastThresholds,
    decimal? SoftLimit, decimal? HardLimit, int GraceHours, int FiscalYearStartMonth);

/// <summary>What is known.</summary>
/// <param name="AtUtc">The moment the evaluation stands for; costs of later days do not count.</param>
/// <param name="Days">Daily costs under the budget's scope, any currency, any order; a day without row and on or before <paramref name="DataThrough"/> cost nothing.</param>
/// <param name="DataThrough">The last day for which cost data exists at all; null = none.</param>
public sealed record BudgetFacts(DateTime AtUtc, IReadOnlyList<DailyCost> Days, DateOnly? DataThrough)
{
    public DateOnly Day => DateOnly.FromDateTime(AtUtc);
}

/// <summary>The expected cost at the period's end; 80 of 100 times it lies between low and high.</summary>
public sealed record ForecastRange(Money Low, Money Mid, Money High);

/// <summary>A threshold that is reached.</summary>
/// <param name="OnForecast">By the forecast, not yet by actual cost.</param>
public sealed record ReachedThreshold(decimal Threshold, bool OnForecast);

/// <summary>One period of a budget.</summary>
/// <param name="Start">First day, UTC.</param>
/// <param name="End">The day after the last.</param>
/// <param name="Actual">Null = no data in the period.</param>
/// <param name="Forecast">Null with less than three days of history.</param>
/// <param name="BreachDate">The first day on which cost reaches the limit, actual or else as forecast (middle); null = not in this period.</param>
/// <param name="Used">Actual ÷ limit; 1 = the whole.</param>
public sealed record BudgetPeriodStatus(
    BudgetPeriodKind Kind, DateOnly Start, DateOnly End, Money Limit, Money? Actual, ForecastRange? Forecast, DateOnly? BreachDate, decimal? Used, DateOnly? DataThrough,
    IReadOnlyList<ReachedThreshold> Reached)
{
    /// <summary>The larger of used and forecast ÷ limit: how near the limit the period ends; null = unknown.</summary>
    public decimal? Nearness => (Used, Forecast is { } f ? BudgetEvaluation.Ratio(f.Mid.Amount, Limit.Amount) : (decimal?)null) switch
    {
        ({ } used, { } forecast) => Math.Max(used, forecast),
        var (used, forecast) => used ?? forecast,
    };
}

/// <param name="GraceEndsAtUtc">When the grace time after the hard limit ends or ended; null = the hard limit is not reached.</param>
/// <param name="NotConverted">Currencies in the data that are not the budget's; their cost does not count here.</param>
public sealed record BudgetOutcome(BudgetState State, IReadOnlyList<BudgetPeriodStatus> Periods, DateTime? GraceEndsAtUtc, IReadOnlyList<string> NotConverted);

/// <summary>The one evaluation of budgets: a pure function, the same for pages, alerts and replays.</summary>
public static class BudgetEvaluation
{
    /// <summary>Data older than this many days before a period's start says nothing of the period.</summary>
    private const int StaleDays = 45;

    public static BudgetOutcome Evaluate(BudgetPolicy policy, BudgetFacts facts)
    {
        var own = new SortedDictionary<DateOnly, Amount>();
        var others = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var day in facts.Days.Where(d => d.Day <= facts.Day))
        {
            if (day.Amount.Currency == policy.Currency) own[day.Day] = own.GetValueOrDefault(day.Day) + day.Amount.Amount;
            else others.Add(day.Amount.Currency);
        }

        var through = facts.DataThrough is { } known && own.Count > 0 ? Max(known, own.Keys.Last()) : facts.DataThrough ?? (own.Count > 0 ? own.Keys.Last() : null);
        if (through > facts.Day) through = facts.Day;
        var periods = policy.Limits.OrderBy(l => l.Key).Select(l => Period(policy, l.Key, l.Value, own, through, facts)).ToList();
        var (state, graceEnds) = StateOf(policy, periods, own, facts);
        return new BudgetOutcome(state, periods, graceEnds, [.. others]);
    }

    /// <summary>a ÷ b to six places, for display and order; saturates far beyond what is meant.</summary>
    internal static decimal Ratio(Amount a, Amount b) => b.IsZero ? 0 : decimal.Round((decimal)Math.Clamp(a.ToDouble() / b.ToDouble(), -1e9, 1e9), 6);

    /// <summary>a ≥ limit × ratio, exactly.</summary>
    internal static bool Reaches(Amount a, Amount limit, decimal ratio) => a >= limit.MultiplyDivide((long)decimal.Round(ratio * 10_000), 10_000);

    private static BudgetPeriodStatus Period(
        BudgetPolicy policy, BudgetPeriodKind kind, Amount limit, SortedDictionary<DateOnly, Amount> own, DateOnly? through, BudgetFacts facts)
    {
        var range = BudgetPeriod.Of(kind, facts.Day, policy.FiscalYearStartMonth);
        DateOnly? last = through is { } t && t >= range.From ? t : null;
        var inside = own.Where(d => range.Contains(d.Key)).ToList();
        var actual = last is null ? (Amount?)null : inside.Aggregate(Amount.Zero, (sum, d) => sum + d.Value);
        var projection = through is { } known && known.AddDays(StaleDays) >= range.From ? CostProjection.Of(own, known, range, actual ?? Amount.Zero) : null;
        var reached = policy.Thresholds.Where(x => actual is { } a && Reaches(a, limit, x)).Select(x => new ReachedThreshold(x, false))
            .Concat(policy.ForecastThresholds.Where(x => projection is { } p && Reaches(p.Mid, limit, x)).Select(x => new ReachedThreshold(x, true)))
            .ToList();
        Money Of(Amount amount) => new(amount, policy.Currency);
        return new BudgetPeriodStatus(
            kind, range.From, range.To, Of(limit), actual is { } sum ? Of(sum) : null,
            projection is null ? null : new ForecastRange(Of(projection.Low), Of(projection.Mid), Of(projection.High)),
            CrossingDay(inside, limit) ?? projection?.FirstDayAtOrAbove(limit), actual is { } used ? Ratio(used, limit) : null, last, reached);
    }

    private static (BudgetState State, DateTime? GraceEnds) StateOf(
        BudgetPolicy policy, List<BudgetPeriodStatus> periods, SortedDictionary<DateOnly, Amount> own, BudgetFacts facts)
    {
        if (periods.TrueForAll(p => p.Actual is null)) return (BudgetState.NoData, null);
        if (policy.HardLimit is { } hard)
        {
            // Bills know days, so the grace time begins when the day that reached the limit has ended.
            var crossings = periods
                .Select(p => CrossingDay(own.Where(d => d.Key >= p.Start && d.Key < p.End), p.Limit.Amount.MultiplyDivide((long)decimal.Round(hard * 10_000), 10_000), staysAbove: true))
                .OfType<DateOnly>().ToList();
            if (crossings.Count > 0)
            {
                var ends = crossings.Min().AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddHours(policy.GraceHours);
                return (facts.AtUtc < ends ? BudgetState.Grace : BudgetState.HardLimit, ends);
            }
        }

        if (policy.SoftLimit is { } soft && periods.Exists(p => p.Actual is { } a && Reaches(a.Amount, p.Limit.Amount, soft))) return (BudgetState.SoftLimit, null);
        return (periods.Exists(p => p.Reached.Count > 0) ? BudgetState.Warned : BudgetState.Ok, null);
    }

    /// <summary>The first day on which the running sum reaches the limit; with <paramref name="staysAbove"/> only if the sum has not fallen below again (credits).</summary>
    private static DateOnly? CrossingDay(IEnumerable<KeyValuePair<DateOnly, Amount>> days, Amount limit, bool staysAbove = false)
    {
        var sum = Amount.Zero;
        DateOnly? crossed = null;
        foreach (var (day, amount) in days)
        {
            sum += amount;
            if (sum >= limit) crossed ??= day;
            else if (staysAbove) crossed = null;
        }

        return crossed;
    }

    private static DateOnly Max(DateOnly a, DateOnly b) => a > b ? a : b;
}
