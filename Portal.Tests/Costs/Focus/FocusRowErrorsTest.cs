using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs.Focus;

public sealed class FocusRowErrorsTest
{
    [Theory]
    [InlineData("BilledCost", "NaN", "focus.cost.nonFinite")]
    [InlineData("EffectiveCost", "Infinity", "focus.cost.nonFinite")]
    [InlineData("ListCost", "-inf", "focus.cost.nonFinite")]
    [InlineData("ContractedCost", "∞", "focus.cost.nonFinite")]
    [InlineData("PricingQuantity", "nan", "focus.number.nonFinite")]
    [InlineData("BilledCost", "$32", "focus.cost.unreadable")]
    [InlineData("BilledCost", "1,5", "focus.cost.unreadable")]
    [InlineData("BilledCost", "1 1/2", "focus.cost.unreadable")]
    [InlineData("BilledCost", "0x10", "focus.cost.unreadable")]
    [InlineData("BilledCost", "--1", "focus.cost.unreadable")]
    [InlineData("BilledCost", "-", "focus.cost.unreadable")]
    [InlineData("BilledCost", ".", "focus.cost.unreadable")]
    [InlineData("BilledCost", "1e", "focus.cost.unreadable")]
    [InlineData("BilledCost", "1e5.5", "focus.cost.unreadable")]
    [InlineData("BilledCost", "１２", "focus.cost.unreadable")]
    [InlineData("BilledCost", "=1+1", "focus.cost.unreadable")]
    [InlineData("PricingQuantity", "32 GiB", "focus.number.unreadable")]
    [InlineData("BilledCost", "0.1234567890123456789", "focus.cost.decimals")]
    [InlineData("BilledCost", "1e-19", "focus.cost.decimals")]
    [InlineData("BilledCost", "123456789012345678901", "focus.cost.range")]
    [InlineData("BilledCost", "1e20", "focus.cost.range")]
    [InlineData("PricingQuantity", "1E99999", "focus.number.range")]
    [InlineData("ChargePeriodStart", "09/01/2024", "focus.date.unreadable")]
    [InlineData("ChargePeriodStart", "2024-02-30T00:00:00Z", "focus.date.unreadable")]
    [InlineData("ChargePeriodStart", "2024-13-01T00:00:00Z", "focus.date.unreadable")]
    [InlineData("ChargePeriodStart", "2024-09-01T24:00:00Z", "focus.date.unreadable")]
    [InlineData("ChargePeriodStart", "2024-09-01T00:00:00X", "focus.date.unreadable")]
    [InlineData("ChargePeriodStart", "0000-00-00 00:00:00", "focus.date.unreadable")]
    [InlineData("ChargePeriodStart", "1725148800", "focus.date.unreadable")]
    [InlineData("ChargePeriodStart", "1969-12-31T23:59:59Z", "focus.date.range")]
    [InlineData("BillingPeriodEnd", "2201-01-01T00:00:00Z", "focus.date.range")]
    [InlineData("BillingPeriodEnd", "9999-12-31T23:59:59-14:00", "focus.date.range")]
    [InlineData("BillingPeriodStart", "NULL", "focus.date.missing")]
    [InlineData("ChargePeriodEnd", "", "focus.date.missing")]
    [InlineData("ChargePeriodEnd", "2024-09-01T00:00:00Z", "focus.period.inverted")]
    [InlineData("ChargePeriodEnd", "2024-08-01T00:00:00Z", "focus.period.inverted")]
    [InlineData("BillingPeriodEnd", "2024-08-01T00:00:00Z", "focus.period.inverted")]
    [InlineData("BillingCurrency", "ZZZ", "focus.currency.unknown")]
    [InlineData("BillingCurrency", "US Dollar", "focus.currency.unknown")]
    [InlineData("BillingCurrency", "null", "focus.currency.missing")]
    [InlineData("ChargeCategory", "Refund", "focus.value.notAllowed")]
    [InlineData("ChargeClass", "Regular", "focus.value.notAllowed")]
    [InlineData("ServiceCategory", "Blockchain", "focus.value.notAllowed")]
    [InlineData("ChargeFrequency", "Daily", "focus.value.notAllowed")]
    [InlineData("PricingCategory", "Cheap", "focus.value.notAllowed")]
    [InlineData("CommitmentDiscountCategory", "Both", "focus.value.notAllowed")]
    [InlineData("CommitmentDiscountStatus", "Half", "focus.value.notAllowed")]
    [InlineData("CapacityReservationStatus", "Half", "focus.value.notAllowed")]
    [InlineData("ServiceSubcategory", "Mainframes", "focus.value.notAllowed")]
    [InlineData("Tags", "[]", "focus.json.invalid")]
    [InlineData("Tags", "\"env\"", "focus.json.invalid")]
    [InlineData("Tags", "\"env\": \"dev\"", "focus.json.invalid")]
    [InlineData("Tags", "{\"env\":\"dev\"", "focus.json.invalid")]
    [InlineData("Tags", "{\"env\":\"dev\",}", "focus.json.invalid")]
    [InlineData("Tags", "{\"env\":\"\\ud800\"}", "focus.json.invalid")]
    [InlineData("Tags", "{\"env\":\"\\u0000\"}", "focus.json.invalid")]
    [InlineData("Tags", "{} {}", "focus.json.invalid")]
    [InlineData("SkuPriceDetails", "{env:dev}", "focus.json.invalid")]
    [InlineData("ServiceName", "a\0b", "focus.cell.control")]
    [InlineData("ServiceName", "a\u001Bb", "focus.cell.control")]
    [InlineData("x_Note", "a\u0007b", "focus.cell.control")]
    public async Task BadCell_NamesRowColumnAndRule(string column, string value, string code)
    {
        var file = new FocusFile();
        if (!file.Text().Contains(column, StringComparison.Ordinal)) file.Column(column);

        var reading = await FocusReading.OfAsync(file.Row().Row((column, value)).Row());

        reading.Header.Issues.ShouldBeEmpty();
        reading.Fatal.ShouldBeNull();
        reading.Rows.Count.ShouldBe(3);
        var error = reading.Errors.ShouldHaveSingleItem();
        (error.Row, error.Column, error.Code).ShouldBe((2, column, code));
        error.Message.ShouldNotContain('\0');
        error.Message.ShouldNotContain('\u001B');
        reading.Rows[1].Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task SeveralBadCells_AreAllNamed()
    {
        var reading = await FocusReading.OfAsync(new FocusFile().Row(("BilledCost", "x"), ("BillingCurrency", "ZZZ"), ("ChargePeriodEnd", "2024-08-01T00:00:00Z")));

        reading.Errors.Select(error => error.Column).ShouldBe(["BilledCost", "BillingCurrency", "ChargePeriodEnd"]);
    }

    [Fact]
    public async Task CellOver100000Characters_IsRefusedAtRowAndColumn()
    {
        var reading = await FocusReading.OfAsync(new FocusFile().Column("x_Long").Row().Row(("ServiceName", new string('a', 100_000))).Row(("x_Long", new string('b', 100_000))).Row());

        reading.Rows.Count.ShouldBe(4);
        reading.Errors.Select(error => (error.Row, error.Column, error.Code)).ShouldBe([(2, "ServiceName", "focus.cell.tooLong"), (3, "x_Long", "focus.cell.tooLong")]);
    }

    [Fact]
    public async Task CellsWithinTheirLimits_AreRead()
    {
        var tags = $"{{\"a\":\"{new string('x', 60_000)}\"}}";
        var reading = await FocusReading.OfAsync(new FocusFile().Row(("ServiceName", new string('a', 8 * 1024)), ("Tags", tags)));

        reading.Errors.ShouldBeEmpty();
        reading.Rows[0].Text[FocusColumn.Tags].ShouldBe(tags);
    }

    [Theory]
    [InlineData("1,2")]
    [InlineData("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23")]
    [InlineData("x")]
    public async Task RaggedRow_IsRefusedAndTheNextIsRead(string line)
    {
        var text = new FocusFile().Row().Text() + line + "\n" + new FocusFile().Row().Text().Split('\n')[1] + "\n";
        var reading = await FocusReading.OfAsync(System.Text.Encoding.UTF8.GetBytes(text));

        var error = reading.Errors.ShouldHaveSingleItem();
        (error.Row, error.Column, error.Code).ShouldBe((2, null, "focus.row.ragged"));
        reading.Rows[1].Raw.ShouldBe(line);
        reading.Rows[2].Text[FocusColumn.ServiceName].ShouldBe("Virtual Machines");
    }

    [Fact]
    public async Task TextBehindClosingQuote_IsRefused()
    {
        var text = new FocusFile().Row().Row().Text().Replace("Sunbird", "\"Sun\"bird", StringComparison.Ordinal);
        var reading = await FocusReading.OfAsync(System.Text.Encoding.UTF8.GetBytes(text));

        reading.Errors.Select(error => (error.Row, error.Column, error.Code)).ShouldBe([(1, "BillingAccountName", "focus.csv.quote"), (2, "BillingAccountName", "focus.csv.quote")]);
    }

    [Fact]
    public async Task InvalidUtf8_IsRefusedAtRowAndColumn()
    {
        var content = new FocusFile().Row().Row(("ServiceName", "Caf@")).Row().Bytes();
        content[Array.IndexOf(content, (byte)'@')] = 0xE9;

        var reading = await FocusReading.OfAsync(content);

        var error = reading.Errors.ShouldHaveSingleItem();
        (error.Row, error.Column, error.Code).ShouldBe((2, "ServiceName", "focus.encoding.invalid"));
        error.Message.ShouldContain("Broken encoding");
        error.Message.ShouldContain("Caf\\xE9");
        reading.Rows[2].Text[FocusColumn.ServiceName].ShouldBe("Virtual Machines");
    }
}
