using System.Text;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Shouldly;
using Xunit;
using TableColumn = Hexabase.Portal.Hosting.TableColumn;

namespace Hexabase.Portal.Costs;

/// <summary>Periods, groups, waterfalls, statements and files: pure functions behind the pages of costs.</summary>
public sealed class PagesFiguresTest
{
    private static readonly DateOnly Day = new(2024, 9, 1);

    [Theory]
    [InlineData("2024-09-01", "2024-10-01", "2024-08-01", "2024-09-01")]
    [InlineData("2024-09-01", "2024-09-20", "2024-08-01", "2024-08-20")]
    [InlineData("2024-03-01", "2024-03-31", "2024-02-01", "2024-03-01")]
    [InlineData("2024-07-01", "2024-10-01", "2024-04-01", "2024-07-01")]
    [InlineData("2024-09-05", "2024-09-12", "2024-08-29", "2024-09-05")]
    public void Against_Previous_IsAsLongAsCalendarsAllow(string from, string to, string expectedFrom, string expectedTo) =>
        CostPeriods.Against(new UtcRange(DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture), DateOnly.Parse(to, System.Globalization.CultureInfo.InvariantCulture)), CostAgainst.Previous).ShouldBe(new UtcRange(DateOnly.Parse(expectedFrom, System.Globalization.CultureInfo.InvariantCulture), DateOnly.Parse(expectedTo, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(CostStep.Quarter, 4, "2026-02-14", "2026-01-01")]
    [InlineData(CostStep.FiscalYear, 4, "2026-02-14", "2025-04-01")]
    [InlineData(CostStep.FiscalYear, 4, "2026-04-01", "2026-04-01")]
    [InlineData(CostStep.FiscalYear, 1, "2026-12-31", "2026-01-01")]
    public void Bar_BeginsWhereTheReportsPeriodDoes(CostStep step, int fiscalYearStartMonth, string day, string bar)
    {
        var at = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);
        CostPeriods.BarOf(at, step, fiscalYearStartMonth).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(bar);
        var bars = CostPeriods.Bars(new UtcRange(at, at.AddMonths(30)), step, fiscalYearStartMonth);
        bars.ShouldAllBe(b => CostPeriods.BarOf(b, step, fiscalYearStartMonth) == b);
        bars.ShouldBeUnique();
    }

    [Fact]
    public void Bars_OfWeeks_BeginOnMondays()
    {
        var bars = CostPeriods.Bars(new UtcRange(Day, Day.AddDays(30)), CostStep.Week);
        bars.ShouldAllBe(b => b.DayOfWeek == DayOfWeek.Monday);
        bars[0].ShouldBeLessThanOrEqualTo(Day);
    }

    [Fact]
    public void Waterfall_OfAnyGroups_AddsUpExactly() => Prop.ForAll(ArbMap.Default.ArbFor<long[]>(), ArbMap.Default.ArbFor<long[]>(), AddsUp).QuickCheckThrowOnFailure();

    private static void AddsUp(long[] before, long[] after)
    {
        var now = after.Select((a, i) => Row($"s{i}", a)).ToList();
        var then = before.Select((b, i) => Row($"s{i}", b)).ToList();
        var groups = CostGroups.Of(now, then, "service", "USD", [Day], d => d, v => v, "none");
        var causes = CostWaterfall.Of(groups, 5, "others");
        causes.Count.ShouldBeLessThanOrEqualTo(6);
        (groups.Select(g => g.Previous).Sum() + causes.Select(c => c.Difference).Sum()).ShouldBe(groups.Select(g => g.Current).Sum());
        groups.Select(g => g.Current).Sum().Atto.ShouldBe(after.Aggregate(System.Numerics.BigInteger.Zero, (sum, a) => sum + a));
    }

    [Fact]
    public void Groups_OtherCurrencies_AreLeftOut_AndTheNullKeyComesLast()
    {
        CostReportRow[] rows = [Row(null, 900), Row("a", 1), Row("b", 2) with { Amount = new WideMoney(Atto(2), "JPY") }, Row("c", 3)];
        var groups = CostGroups.Of(rows, [], "service", "USD", [Day], d => d, v => v.ToUpperInvariant(), "none");
        groups.Select(g => g.Name).ShouldBe(["C", "A", "none"]);
        groups[^1].Color.ShouldBe(0);
    }

    [Fact]
    public void Stacked_ManyGroups_KeepTheirSum()
    {
        var groups = CostGroups.Of(Enumerable.Range(1, 20).Select(i => Row($"s{i}", i * 100_000_000_000_000_000)), [], "service", "USD", [Day], d => d, v => v, "none");
        var chart = CostCharts.Stacked(groups, [Day], CostStep.Day, "USD", "others", null);
        chart.Series.Count.ShouldBe(CostGroups.Colors);
        chart.Series.Sum(s => s.Values[0]).ShouldNotBeNull().ShouldBe(21d, 1e-9);
        chart.Kind.ShouldBe(ChartKind.Stacked);
    }

    [Fact]
    public void Statement_Tree_AddsUpOnEachLevel_AndMarkupHasItsContraLine()
    {
        CostStatementRow[] rows =
        [
            new("retail", "Retail", "shop", "Shop", "web", "Web", "CC-1", "USD", Atto(100), Atto(10)),
            new("retail", "Retail", "shop", "Shop", null, null, "CC-1", "USD", Atto(50), Atto(0)),
            new("retail", "Retail", null, null, null, null, "CC-1", "USD", Atto(7), Atto(0)),
            new(null, null, null, null, null, null, "CC-9", "USD", Atto(5), Atto(0)),
            new(null, null, null, null, null, null, null, "USD", Atto(3), Atto(0)),
        ];
        var lines = StatementLines.Of(rows, [], new StatementWords("unallocated", "centers", "direct", "contra", "without", _ => ""));
        lines.Where(l => l.Depth == 0).Select(l => l.Amount).Sum().Atto.ShouldBe(165);
        lines.Select(l => l.Id).ShouldBeUnique();
        lines.Where(l => l.Depth == 0).Select(l => l.Markup).Sum().IsZero.ShouldBeTrue();
        lines.Where(l => l.Depth == 1 && l.Id.StartsWith("u:retail", StringComparison.Ordinal)).Select(l => l.Amount).Sum().Atto.ShouldBe(157);
        lines.Where(l => l.Depth == 2).Select(l => l.Amount).Sum().Atto.ShouldBe(150);
    }

    [Theory]
    [InlineData("10", "0.000000000000000001", "0")]
    [InlineData("12.5", "100", "12.5")]
    [InlineData("-7.123456", "33.33", "-2.3742478848")]
    [InlineData("0.000001", "0.000000005", "0.00000000000000005")]
    [InlineData("0.000001", "0.0000000000000004", "0")]
    public void Markup_IsExact(string percent, string amount, string expected) =>
        GetCostStatement.Markup(WideAmount.Parse(amount), decimal.Parse(percent, System.Globalization.CultureInfo.InvariantCulture)).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("-5", "'-5")]
    [InlineData("plain", "plain")]
    public async Task Csv_TextLikeAFormula_IsGuarded_NumbersAreNot(string text, string expected)
    {
        var file = new TableFile("t", [new TableColumn("text"), new TableColumn("amount", true)], [[text, "-12.340000000000000001"]]);
        using var stream = new MemoryStream();
        await file.WriteCsvAsync(stream);
        Encoding.UTF8.GetString(stream.ToArray()).TrimStart('\uFEFF').ShouldBe($"text,amount\r\n{expected},-12.340000000000000001\r\n");
    }

    [Fact]
    public async Task Xlsx_KeepsEveryDigit_AndTextIsNoFormula()
    {
        var file = new TableFile("t", [new TableColumn("text"), new TableColumn("amount", true)], [["=cmd|' /C calc'!A0", "12345678901234567890.123456789012345678"], [null, "0"], ["a\u0000b", "1"]]);
        using var stream = new MemoryStream();
        await file.WriteXlsxAsync(stream);
        using var document = SpreadsheetDocument.Open(stream, false);
        var cells = document.WorkbookPart!.WorksheetParts.Single().Worksheet.Descendants<Cell>().ToList();
        cells[2].DataType!.Value.ShouldBe(CellValues.InlineString);
        cells[2].CellFormula.ShouldBeNull();
        cells[3].CellValue!.Text.ShouldBe("12345678901234567890.123456789012345678");
        cells[6].InnerText.ShouldBe("a_x0000_b");
    }

    private static CostReportRow Row(string? service, long atto) => new(new Dictionary<string, string?> { ["service"] = service }, new Dictionary<string, string>(), Day, new WideMoney(Atto(atto), "USD"));

    private static WideAmount Atto(long atto) => WideAmount.FromAtto(atto);
}
