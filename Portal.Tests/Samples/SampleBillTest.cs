using System.Numerics;
using System.Security.Cryptography;
using Hexabase.Portal.Kernel;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Samples;

/// <summary>The small sample bill read through the importer's reader, and the sizes of the full one.</summary>
public sealed class SampleBillTest(SampleBillTest.SmallBill small) : IClassFixture<SampleBillTest.SmallBill>
{
    private static readonly DateOnly LastDay = SampleReading.LastDay;

    // Without what is superseded: the bill as it stands after all imports.
    private IEnumerable<SampleReading.Line> Standing => small.Reading.Lines.Where(line => !line.File.Contains("preliminary", StringComparison.Ordinal));

    [Fact]
    public void EveryFile_ReadsWithoutFindings()
    {
        small.Reading.Findings.ShouldBeEmpty();
        small.Reading.Versions.ShouldBe(new Dictionary<string, string> { ["AWS"] = "1.0", ["Microsoft"] = "1.2", ["Google Cloud"] = "1.1" }, ignoreOrder: true);
    }

    [Fact]
    public void Files_CoverThirteenMonthsOfThreeProviders()
    {
        var files = SampleBill.Files(LastDay, SampleSize.Small);

        files.Count.ShouldBe((3 * SampleBill.Months) + 2);
        files.Select(file => file.Name).ShouldBeUnique();
        files.Select(file => file.Month).ShouldBeInOrder();
        files.Single(file => file.Mode == "replace").Name.ShouldBe("azure-2026-05.csv.gz");
        Standing.Min(line => line.Day).ShouldBe(new DateOnly(2025, 11, 1));
        Standing.Max(line => line.Day).ShouldBe(LastDay);
    }

    [Fact]
    public void SmallBill_HasAboutTwentyThousandLines() => small.Reading.Lines.Count.ShouldBeInRange(17_000, 24_000);

    [Theory]
    [InlineData(SampleSize.Small)]
    [InlineData(SampleSize.Full)]
    public async Task WrittenTwice_IsTheSame(SampleSize size)
    {
        foreach (var index in new[] { 0, 1, 2 })
        {
            var first = SHA256.HashData(await SampleReading.BytesAsync(SampleBill.Files(LastDay, size)[index]));
            var second = SHA256.HashData(await SampleReading.BytesAsync(SampleBill.Files(LastDay, size)[index]));
            second.ShouldBe(first);
        }
    }

    [Fact]
    public async Task ADayLater_PastMonthsAreTheSame()
    {
        var today = SampleBill.Files(LastDay, SampleSize.Small);
        var tomorrow = SampleBill.Files(LastDay.AddDays(1), SampleSize.Small);

        for (var i = 0; i < today.Count - 3; i += 7) (await SampleReading.BytesAsync(tomorrow[i])).ShouldBe(await SampleReading.BytesAsync(today[i]));
    }

    [Fact]
    public void EachFullMonth_CostsWhatTheDocumentationSays()
    {
        foreach (var month in Standing.Where(line => line.Day < new DateOnly(2026, 11, 1)).GroupBy(line => line.Day.AddDays(1 - line.Day.Day)))
        {
            var dollars = Sum(month.Where(line => line.Provider != "Google Cloud"), line => line.Effective);
            var yen = Sum(month.Where(line => line.Provider == "Google Cloud"), line => line.Effective);
            dollars.ShouldBeInRange(88_000m, 112_000m, $"{month.Key}");
            yen.ShouldBeInRange(5_500_000m, 8_500_000m, $"{month.Key}");
        }
    }

    [Fact]
    public void Year_AveragesWithinTheNarrowRange()
    {
        var year = Standing.Where(line => line.Day < new DateOnly(2026, 11, 1)).ToList();

        (Sum(year.Where(line => line.Provider != "Google Cloud"), line => line.Effective) / 12).ShouldBeInRange(95_000m, 105_000m);
        (Sum(year.Where(line => line.Provider == "Google Cloud"), line => line.Effective) / 12).ShouldBeInRange(6_000_000m, 8_000_000m);
    }

    [Fact]
    public void EveryPrice_TimesItsQuantityIsTheListCost()
    {
        foreach (var line in Standing.Where(line => !line.Quantity.IsZero))
        {
            ((BigInteger)line.Quantity.Atto * (BigInteger)line.Price.Atto).ShouldBe((BigInteger)line.List.Atto * (BigInteger)Amount.One);
        }

        Standing.Where(line => line is { Category: "Usage", Class: "", Status: not "Unused" }).ShouldAllBe(line => line.List >= line.Contracted && line.Contracted >= line.Effective);
    }

    [Theory]
    [InlineData("savingsplan/", 12)]
    [InlineData(":ri:", 12)]
    [InlineData("reservationOrders/", 12)]
    [InlineData("commitments/", 12)]
    public void Commitment_AmortizesToWhatItCost(string id, int months)
    {
        var end = SampleBill.FirstDay(LastDay).AddMonths(months);
        var term = Standing.Where(line => line.Commitment.Contains(id, StringComparison.Ordinal) && line.Day < end).ToList();
        var purchased = Sum(term.Where(line => line.Category == "Purchase"), line => line.Billed);

        purchased.ShouldBeGreaterThan(0);
        Sum(term, line => line.Effective).ShouldBe(purchased);
        Sum(term.Where(line => line.Category == "Usage"), line => line.Billed).ShouldBe(0);
        term.Count(line => line.Status == "Used").ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Unused_OccursAndStaysSmall()
    {
        var amortized = Standing.Where(line => line.Commitment.Length > 0 && line.Provider != "Google Cloud" && line.Category == "Usage").ToList();

        (Sum(amortized.Where(line => line.Status == "Unused"), line => line.Effective) / Sum(amortized, line => line.Effective)).ShouldBeInRange(0.01m, 0.35m);
    }

    [Fact]
    public void Anomalies_StandOutFromTheirMonth()
    {
        foreach (var anomaly in SampleBill.Anomalies(LastDay).Where(a => a.ListCostPerDay > 0))
        {
            var days = Standing.Where(line => line.Provider == anomaly.Provider && line is { Category: "Usage", Class: "" } && line.Day.Year == anomaly.FirstDay.Year && line.Day.Month == anomaly.FirstDay.Month)
                .GroupBy(line => line.Day).ToDictionary(day => day.Key, day => Sum(day, line => line.Effective));
            var median = days.Values.Order().ElementAt(days.Count / 2);
            for (var day = anomaly.FirstDay; day <= anomaly.LastDay; day = day.AddDays(1)) days[day].ShouldBeGreaterThan(median * 1.3m, $"{anomaly.Key} {day}");
        }
    }

    [Fact]
    public void PriceChange_HoldsFromItsDay()
    {
        var change = SampleBill.Anomalies(LastDay).Single(a => a.PriceFactor != 1);
        var prices = Standing.Where(line => line.Sku == change.SkuId).ToLookup(line => line.Day >= change.FirstDay, line => line.Price.ToDecimal());

        prices[false].Distinct().ShouldBe([552.75m]);
        prices[true].Distinct().ShouldBe([641.19m]);
    }

    [Fact]
    public void Untagged_IsTwoToFourPercent()
    {
        var usage = Standing.Where(line => line.Category == "Usage" && line.Commitment.Length == 0).ToList();
        foreach (var currency in usage.GroupBy(line => line.Provider == "Google Cloud"))
        {
            var share = Sum(currency.Where(line => line.Tags.Length == 0), line => line.Effective) / Sum(Standing.Where(line => line.Provider == "Google Cloud" == currency.Key), line => line.Effective);
            share.ShouldBeInRange(0.02m, 0.04m);
        }
    }

    [Fact]
    public void Corrections_AreOfTheMonthBeforeTheirBill()
    {
        var corrections = Standing.Where(line => line.Class == "Correction").ToList();

        corrections.Count.ShouldBeGreaterThan(25);
        corrections.ShouldAllBe(line => line.File == "aws-2026-08-corrections.csv.gz" && line.Day.Month == 7 && line.Billed < Amount.Zero);
        Standing.Select(line => line.Category).Distinct().Order().ShouldBe(["Adjustment", "Credit", "Purchase", "Tax", "Usage"]);
    }

    [Fact]
    public async Task FullMonth_HasTheSizeAndTheVarietyOfTheDocumentation()
    {
        var month = new DateOnly(2026, 2, 1);
        var full = await SampleReading.OfAsync(SampleBill.Files(LastDay, SampleSize.Full).Where(file => file.Month == month));

        full.Findings.ShouldBeEmpty();
        // February is the shortest month: twelve of it and the current month's first day are more than a million.
        full.Lines.Count.ShouldBeInRange(83_500, 110_000);
        foreach (var day in full.Lines.GroupBy(line => (line.Provider, line.Day)))
        {
            day.Select(line => (line.Service, line.Sku, line.Account, line.Tags, line.Status)).Distinct().Count().ShouldBeInRange(150, 420, $"{day.Key}");
        }

        // Reserved databases sleep on weekends: some of the reservation is lost.
        var reserved = full.Lines.Where(line => line.Commitment.Contains(":ri:", StringComparison.Ordinal) && line.Category == "Usage").ToList();
        (Sum(reserved.Where(line => line.Status == "Unused"), line => line.Effective) / Sum(reserved, line => line.Effective)).ShouldBeInRange(0.01m, 0.30m);

        var dollars = Sum(full.Lines.Where(line => line.Provider != "Google Cloud"), line => line.Effective);
        dollars.ShouldBe(Sum(Standing.Where(line => line.Provider != "Google Cloud" && line.Day.Year == 2026 && line.Day.Month == 2), line => line.Effective), dollars * 0.05m);
    }

    private static decimal Sum(IEnumerable<SampleReading.Line> lines, Func<SampleReading.Line, Amount> metric) =>
        lines.Aggregate(Amount.Zero, (sum, line) => sum + metric(line)).ToDecimal();

    public sealed class SmallBill : IAsyncLifetime
    {
        internal SampleReading Reading { get; private set; } = new();

        public async ValueTask InitializeAsync() => Reading = await SampleReading.OfAsync(SampleBill.Files(SampleReading.LastDay, SampleSize.Small));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
