using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Budgets;

public sealed class BudgetEvaluationTest
{
    private static readonly DateOnly Today = new(2026, 6, 20);

    private static Amount Units(decimal value) => Amount.FromDecimal(value);

    private static BudgetPolicy Policy(decimal monthly, decimal? soft = null, decimal? hard = null, decimal? yearly = null, int startMonth = 4)
    {
        var limits = new Dictionary<BudgetPeriodKind, Amount> { [BudgetPeriodKind.Monthly] = Units(monthly) };
        if (yearly is { } y) limits[BudgetPeriodKind.Yearly] = Units(y);
        return new BudgetPolicy("USD", limits, [0.8m, 1m], [1m], soft, hard, 24, startMonth);
    }

    private static BudgetFacts Facts(IEnumerable<decimal> costs, DateOnly through, DateTime? at = null)
    {
        var list = costs.ToList();
        return new BudgetFacts(at ?? Today.ToDateTime(new TimeOnly(12, 0), DateTimeKind.Utc), [.. list.Select((c, i) => new DailyCost(through.AddDays(i + 1 - list.Count), new Money(Units(c), "USD")))], through);
    }

    private static readonly Gen<int[]> NonNegativeDays = Gen.Choose(0, 100_000).ArrayOf().Where(d => d.Length is > 0 and < 120);

    private static decimal[] Cents(int[] values) => [.. values.Select(v => v / 100m)];

    [Fact]
    public void NoData_IsUnknown_NotZero()
    {
        var outcome = BudgetEvaluation.Evaluate(Policy(100), new BudgetFacts(Today.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), [], null));
        outcome.State.ShouldBe(BudgetState.NoData);
        outcome.Periods.ShouldHaveSingleItem().ShouldSatisfyAllConditions(p => p.Actual.ShouldBeNull(), p => p.Used.ShouldBeNull(), p => p.Forecast.ShouldBeNull(), p => p.Nearness.ShouldBeNull());
    }

    [Fact]
    public void SteadyCost_IsProjectedToTheMonthsEnd_WithTheDayOfBreach()
    {
        // 10 a day from 1 June; data through the 19th: 190 so far, 300 at the end, 250 reached on the 25th.
        var period = BudgetEvaluation.Evaluate(Policy(250), Facts(Enumerable.Repeat(10m, 19), new DateOnly(2026, 6, 19))).Periods[0];
        period.Actual!.Value.Amount.ShouldBe(Units(190));
        period.Forecast!.Mid.Amount.ShouldBe(Units(300));
        period.Forecast.Low.Amount.ShouldBeLessThan(period.Forecast.Mid.Amount);
        period.BreachDate.ShouldBe(new DateOnly(2026, 6, 25));
        period.Used.ShouldBe(0.76m);
        period.Reached.ShouldBe([new ReachedThreshold(1m, true)]);
    }

    [Fact]
    public void OneTimeCharge_IsNotExtrapolated()
    {
        var days = Enumerable.Repeat(10m, 19).ToArray();
        days[2] += 5000;
        var period = BudgetEvaluation.Evaluate(Policy(10_000), Facts(days, new DateOnly(2026, 6, 19))).Periods[0];
        period.Forecast!.Mid.Amount.ShouldBe(Units(5300));
    }

    [Fact]
    public void Weekends_AreSeenWithFourWeeksOfHistory()
    {
        var through = new DateOnly(2026, 6, 19);
        var days = Enumerable.Range(0, 56).Select(i => through.AddDays(i - 55)).Select(d => d.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 2m : 10m).ToArray();
        var period = BudgetEvaluation.Evaluate(Policy(1000), Facts(days, through)).Periods[0];
        // June 2026 has 22 working days and 8 weekend days.
        period.Forecast!.Mid.Amount.ShouldBe(Units(236));
    }

    [Theory]
    [InlineData(50, BudgetState.Ok)]
    [InlineData(85, BudgetState.Warned)]
    [InlineData(92, BudgetState.SoftLimit)]
    [InlineData(100, BudgetState.HardLimit)]
    public void States_FollowWhatIsUsed(int used, BudgetState expected) =>
        BudgetEvaluation.Evaluate(Policy(100, 0.9m, 1m), Facts([.. Enumerable.Repeat(0m, 15), used, 0, 0], new DateOnly(2026, 6, 18))).State.ShouldBe(expected);

    [Fact]
    public void HardLimit_BeginsAfterTheGraceTime()
    {
        var crossed = new DateOnly(2026, 6, 19);
        BudgetOutcome At(int hour) => BudgetEvaluation.Evaluate(Policy(100, hard: 1m), Facts([0, 0, 100], crossed, new DateTime(2026, 6, 20, 0, 0, 0, DateTimeKind.Utc).AddHours(hour)));
        At(1).State.ShouldBe(BudgetState.Grace);
        At(1).GraceEndsAtUtc.ShouldBe(new DateTime(2026, 6, 21, 0, 0, 0, DateTimeKind.Utc));
        At(25).State.ShouldBe(BudgetState.HardLimit);
    }

    [Fact]
    public void OtherCurrencies_AreNamed_NotCounted()
    {
        var facts = new BudgetFacts(Today.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), [new(Today, new Money(Units(5), "USD")), new(Today, new Money(Units(900), "JPY"))], Today);
        var outcome = BudgetEvaluation.Evaluate(Policy(100), facts);
        outcome.NotConverted.ShouldBe(["JPY"]);
        outcome.Periods[0].Actual!.Value.ToString().ShouldBe("5 USD");
    }

    [Fact]
    public void LaterDays_DoNotCount() =>
        BudgetEvaluation.Evaluate(Policy(100), Facts([1, 1, 1, 1, 1, 1], Today.AddDays(3))).Periods[0].Actual!.Value.Amount.ShouldBe(Units(3));

    [Fact]
    public void Forecast_IsNeverBelowActual_ForNonNegativeDays_AndItsRangeIsOrdered() =>
        Prop.ForAll(NonNegativeDays.ToArbitrary(), days => BudgetEvaluation.Evaluate(Policy(500, yearly: 5000), Facts(Cents(days), Today)).Periods.All(p =>
            p.Forecast is not { } f || (f.Low.Amount <= f.Mid.Amount && f.Mid.Amount <= f.High.Amount && f.Low.Amount >= p.Actual!.Value.Amount))).QuickCheckThrowOnFailure();

    [Fact]
    public void MoreCost_NeverMeansLessActualOrForecast() =>
        Prop.ForAll(NonNegativeDays.ToArbitrary(), days =>
        {
            var less = BudgetEvaluation.Evaluate(Policy(500), Facts(Cents(days), Today)).Periods[0];
            var more = BudgetEvaluation.Evaluate(Policy(500), Facts(Cents(days).Select(d => d + 1), Today)).Periods[0];
            return more.Actual!.Value.Amount >= less.Actual!.Value.Amount && (less.Forecast is null || more.Forecast!.Mid.Amount >= less.Forecast.Mid.Amount)
                && (less.BreachDate is null || more.BreachDate <= less.BreachDate);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void ALargerLimit_IsNeverWorse() =>
        Prop.ForAll(NonNegativeDays.ToArbitrary(), Gen.Choose(1, 100_000).ToArbitrary(), (days, limit) =>
        {
            var small = BudgetEvaluation.Evaluate(Policy(limit, 0.9m, 1m), Facts(Cents(days), Today));
            var large = BudgetEvaluation.Evaluate(Policy(limit + 100, 0.9m, 1m), Facts(Cents(days), Today));
            return large.State <= small.State || (small.State, large.State) == (BudgetState.HardLimit, BudgetState.Grace);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void BreachDate_LiesInsideThePeriod() =>
        Prop.ForAll(Gen.Choose(-50_000, 100_000).ArrayOf().ToArbitrary(), days => BudgetEvaluation.Evaluate(Policy(500, yearly: 5000), Facts(Cents(days), Today)).Periods.All(p =>
            p.BreachDate is not { } day || (day >= p.Start && day < p.End))).QuickCheckThrowOnFailure();

    [Fact]
    public void Periods_PartitionTime() =>
        Prop.ForAll(Gen.Choose(0, 84_000).ToArbitrary(), Gen.Choose(1, 12).ToArbitrary(), (offset, startMonth) =>
        {
            var day = new DateOnly(1970, 1, 1).AddDays(offset);
            return Enum.GetValues<BudgetPeriodKind>().All(kind =>
            {
                var period = BudgetPeriod.Of(kind, day, startMonth);
                return period.Contains(day) && BudgetPeriod.Of(kind, period.From, startMonth) == period && BudgetPeriod.Of(kind, period.To, startMonth).From == period.To
                    && BudgetPeriod.Of(kind, period.To.AddDays(-1), startMonth) == period && (kind != BudgetPeriodKind.Yearly || period.From.Month == startMonth);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void FiscalQuarter_OfApril_IsAprilToJune()
    {
        BudgetPeriod.Of(BudgetPeriodKind.Quarterly, new DateOnly(2026, 6, 30), 4).ShouldBe(new UtcRange(new DateOnly(2026, 4, 1), new DateOnly(2026, 7, 1)));
        BudgetPeriod.Of(BudgetPeriodKind.Yearly, new DateOnly(2026, 3, 31), 4).ShouldBe(new UtcRange(new DateOnly(2025, 4, 1), new DateOnly(2026, 4, 1)));
    }
}
