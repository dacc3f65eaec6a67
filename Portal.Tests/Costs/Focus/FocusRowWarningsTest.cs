using Hexabase.Portal.Kernel;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs.Focus;

public sealed class FocusRowWarningsTest
{
    [Theory]
    [InlineData("ChargePeriodStart", "2024-09-01 00:00:00", "focus.date.form")]
    [InlineData("ChargePeriodStart", "2024-09-01T00:00:00", "focus.date.form")]
    [InlineData("ChargePeriodStart", "2024-09-01 00:00:00 UTC", "focus.date.form")]
    [InlineData("ChargePeriodStart", "2024-09-01 00:00:00+00:00", "focus.date.form")]
    [InlineData("ChargePeriodStart", "2024-09-01", "focus.date.form")]
    [InlineData("ChargePeriodStart", "2024-09-01T09:00:00+09:00", "focus.date.offset")]
    [InlineData("ChargePeriodStart", " 2024-09-01T00:00:00Z ", "focus.date.form")]
    [InlineData("ContractedCost", "NULL", "focus.null.forbidden")]
    [InlineData("ProviderName", "", "focus.null.forbidden")]
    [InlineData("ServiceCategory", "null", "focus.null.forbidden")]
    [InlineData("ChargeFrequency", "Usage-based", "focus.value.spelling")]
    [InlineData("ChargeCategory", "usage", "focus.value.spelling")]
    [InlineData("BillingCurrency", "usd", "focus.value.spelling")]
    [InlineData("BilledCost", "+1", "focus.number.form")]
    [InlineData("BilledCost", "35.2E+7", "focus.number.form")]
    [InlineData("BilledCost", " 1.5 ", "focus.value.whiteSpace")]
    [InlineData("PricingQuantity", "0.30000000000000000004", "focus.number.rounded")]
    [InlineData("Tags", "{\"a\":\"1\",\"a\":\"2\"}", "focus.json.duplicateKey")]
    [InlineData("Tags", "{\"a\":{\"b\":[1]}}", "focus.json.nestedValue")]
    [InlineData("PricingUnit", "", "focus.unit.missing")]
    public async Task OddCell_IsCountedAndImported(string column, string value, string code)
    {
        var file = new FocusFile();
        if (!file.Text().Contains(column, StringComparison.Ordinal)) file.Column(column, "Recurring");

        var reading = await FocusReading.OfAsync(file.Row().Row((column, value)).Row((column, value)));

        reading.Errors.ShouldBeEmpty();
        var count = reading.Warnings.ShouldHaveSingleItem();
        (count.Code, count.Column, count.Count, count.FirstRow).ShouldBe((code, column, 2, 2));
        count.ExampleRows.ShouldBe([2, 3]);
        var warning = reading.Rows[2].Warnings.ShouldHaveSingleItem();
        (warning.Row, warning.Column, warning.Code).ShouldBe((3, column, code));
    }

    [Theory]
    [InlineData("ServiceCategory", "Management & Governance", "Management and Governance")]
    [InlineData("ServiceCategory", "AI + Machine Learning", "AI and Machine Learning")]
    [InlineData("ServiceCategory", "Database", "Databases")]
    [InlineData("ChargeFrequency", "UsageBased", "Usage-Based")]
    [InlineData("ChargeFrequency", "one time", "One-Time")]
    [InlineData("PricingCategory", "On-Demand", "Standard")]
    [InlineData("ChargeClass", "CORRECTION", "Correction")]
    [InlineData("BillingCurrency", "jpy", "JPY")]
    public async Task SpellingVariant_IsReadAsTheSpecificationWritesIt(string column, string value, string expected)
    {
        var file = new FocusFile();
        if (!file.Text().Contains(column, StringComparison.Ordinal)) file.Column(column, "Standard");

        var reading = await FocusReading.OfAsync(file.Row((column, value)));

        reading.Errors.ShouldBeEmpty();
        reading.Rows[0].Text[Enum.Parse<FocusColumn>(column)].ShouldBe(expected);
        reading.Rows[0].Warnings.ShouldHaveSingleItem().Message.ShouldContain(value);
    }

    [Fact]
    public async Task NullCost_IsZero()
    {
        var reading = await FocusReading.OfAsync(new FocusFile().Row(("BilledCost", "2")).Row(("BilledCost", "NULL")));

        reading.Rows[0].Numbers[FocusColumn.BilledCost].ShouldBe(Amount.Parse("2"));
        reading.Rows[1].Numbers[FocusColumn.BilledCost].ShouldBe(Amount.Zero);
        reading.Rows[1].Text[FocusColumn.BilledCost].ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2024-09-01T00:00:00.000Z")]
    [InlineData("2024-09-01T00:00Z")]
    [InlineData("2024-09-01T00:00:00.000000000Z")]
    [InlineData("2024-08-31T20:30:00-03:30")]
    public async Task DateVariants_AreTheSameInstant(string value)
    {
        var reading = await FocusReading.OfAsync(new FocusFile().Row(("ChargePeriodStart", value)));

        reading.Errors.ShouldBeEmpty();
        reading.Rows[0].Times[FocusColumn.ChargePeriodStart].ShouldBe(new DateTime(2024, 9, 1, 0, 0, 0, DateTimeKind.Utc));
        reading.Rows[0].Times[FocusColumn.ChargePeriodStart].Kind.ShouldBe(DateTimeKind.Utc);
    }

    [Fact]
    public async Task BareQuote_IsLiteral()
    {
        var text = new FocusFile().Row().Text().Replace("Sunbird", "5\" disk", StringComparison.Ordinal);
        var reading = await FocusReading.OfAsync(System.Text.Encoding.UTF8.GetBytes(text));

        reading.Errors.ShouldBeEmpty();
        reading.Rows[0].Text[FocusColumn.BillingAccountName].ShouldBe("5\" disk");
        reading.Warnings.ShouldHaveSingleItem().Code.ShouldBe("focus.csv.bareQuote");
    }

    [Fact]
    public async Task VirtualPricingCurrency_IsLegal()
    {
        var reading = await FocusReading.OfAsync(new FocusFile().Column("PricingCurrency").Row(("PricingCurrency", "Platform Credits")));

        reading.Errors.ShouldBeEmpty();
        reading.Warnings.ShouldBeEmpty();
        reading.Rows[0].Text[FocusColumn.PricingCurrency].ShouldBe("Platform Credits");
    }

    [Fact]
    public async Task ManyWarnings_AreCountedWithTwentyExamples()
    {
        var file = new FocusFile();
        for (var i = 0; i < 500; i++) file.Row(("ListCost", "NULL"));

        var count = (await FocusReading.OfAsync(file)).Warnings.ShouldHaveSingleItem();

        count.Count.ShouldBe(500);
        count.ExampleRows.ShouldBe(Enumerable.Range(1, 20).Select(row => (long)row));
    }

    [Fact]
    public async Task WarningsOfRefusedRows_AreNotCounted()
    {
        var reading = await FocusReading.OfAsync(new FocusFile().Row(("ListCost", "NULL"), ("BilledCost", "x")));

        reading.Warnings.ShouldBeEmpty();
    }
}
