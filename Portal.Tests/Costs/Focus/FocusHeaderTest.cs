using System.Globalization;
using System.Text;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs.Focus;

public sealed class FocusHeaderTest
{
    [Fact]
    public async Task MandatoryColumnMissing_IsNamedAndNoRowIsRead()
    {
        foreach (var definition in FocusSpecification.Columns.Where(column => column.Level == FocusFeatureLevel.Mandatory))
        {
            var reading = await FocusReading.OfAsync(new FocusFile().Without(definition.Name).Rows(2));

            var issue = reading.Header.Issues.ShouldHaveSingleItem();
            (issue.Row, issue.Column, issue.Code).ShouldBe((0, definition.Name, "focus.header.missing"));
            reading.Rows.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task ColumnsInReverseOrder_AreReadAlike()
    {
        var file = new FocusFile().Row().Text().Split('\n');
        var reversed = string.Join(',', file[0].Split(',').Reverse()) + "\n" + string.Join(',', file[1].Split(',').Reverse()) + "\n";

        var reading = await FocusReading.OfAsync(Encoding.UTF8.GetBytes(reversed));

        reading.Errors.ShouldBeEmpty();
        reading.Rows[0].Text.ShouldBe((await FocusReading.OfAsync(new FocusFile().Row())).Rows[0].Text);
    }

    [Fact]
    public async Task UnknownColumn_IsKeptWithOneWarning()
    {
        var reading = await FocusReading.OfAsync(new FocusFile().Column("x_Team", "red").Column("Id").Row().Row(("Id", "NULL")));

        reading.Header.UnknownColumns.ShouldBe(["x_Team", "Id"]);
        reading.Rows[0].Unknown.ShouldBe(["red", ""]);
        reading.Rows[1].Unknown.ShouldBe(["red", ""]);
        reading.Warnings.Select(warning => (warning.Code, warning.Column, warning.Count, warning.FirstRow))
            .ShouldBe([("focus.header.unknown", "x_Team", 1, 0), ("focus.header.unknown", "Id", 1, 0)]);
    }

    [Theory]
    [InlineData("billedcost")]
    [InlineData("billed_cost")]
    [InlineData("Billed Cost")]
    [InlineData(" BilledCost")]
    public async Task OtherSpelling_IsReadWithAWarning(string name)
    {
        var reading = await FocusReading.OfAsync(new FocusFile().Rename("BilledCost", name).Row(("BillingAccountId", "7")));

        reading.Errors.ShouldBeEmpty();
        reading.Header.Has(FocusColumn.BilledCost).ShouldBeTrue();
        var warning = reading.Warnings.ShouldHaveSingleItem();
        (warning.Code, warning.Column).ShouldBe(("focus.header.spelling", name));
        warning.Message.ShouldContain("BilledCost");
    }

    [Theory]
    [InlineData("BilledCost", "BilledCost")]
    [InlineData("billedcost", "billedcost")]
    [InlineData("x_A", "x_A")]
    public async Task DuplicateColumn_IsRefused(string name, string column)
    {
        var file = new FocusFile().Column("x_A").Column(name);

        var issue = (await FocusReading.OfAsync(file.Row())).Header.Issues.ShouldHaveSingleItem();

        (issue.Row, issue.Column, issue.Code).ShouldBe((0, column, "focus.header.duplicate"));
    }

    [Theory]
    [InlineData(";")]
    [InlineData("\t")]
    public async Task OtherDelimiter_IsRefusedByName(string separator)
    {
        var issue = (await FocusReading.OfAsync(new FocusFile { Separator = separator }.Row(("Tags", "")))).Header.Issues.ShouldHaveSingleItem();

        issue.Code.ShouldBe("focus.header.delimiter");
    }

    [Fact]
    public async Task TenThousandColumns_AreRefused()
    {
        var header = string.Join(',', Enumerable.Range(0, 10_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"x_{i}")));

        var reading = await FocusReading.OfAsync(Encoding.UTF8.GetBytes(header + "\n" + header));

        reading.Fatal.ShouldNotBeNull().Code.ShouldBe("focus.header.tooManyColumns");
        reading.Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task ThousandColumns_AreRead()
    {
        var file = new FocusFile();
        for (var i = 0; i < 978; i++) file.Column(string.Create(CultureInfo.InvariantCulture, $"x_{i}"), "v");

        var reading = await FocusReading.OfAsync(file.Rows(3));

        reading.Errors.ShouldBeEmpty();
        reading.Rows[2].Unknown.ShouldAllBe(value => value == "v");
        (await FocusReading.OfAsync(file.Column("x_more"))).Fatal.ShouldNotBeNull().Code.ShouldBe("focus.header.tooManyColumns");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n\n")]
    [InlineData("\uFEFF")]
    public async Task EmptyFile_IsRefused(string content)
    {
        var fatal = (await FocusReading.OfAsync(Encoding.UTF8.GetBytes(content))).Fatal.ShouldNotBeNull();

        (fatal.Row, fatal.Code).ShouldBe((0, "focus.file.empty"));
    }

    [Fact]
    public async Task HeaderOnly_IsRefused() => (await FocusReading.OfAsync(new FocusFile())).Fatal.ShouldNotBeNull().Code.ShouldBe("focus.file.noRows");

    [Fact]
    public async Task EmptyName_IsRefused() =>
        (await FocusReading.OfAsync(new FocusFile().Column("").Row())).Header.Issues.ShouldHaveSingleItem().Code.ShouldBe("focus.header.emptyName");

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1", "SkuMeter")]
    [InlineData("1.1", "CapacityReservationId", "ServiceSubcategory")]
    [InlineData("1.2", "InvoiceId")]
    [InlineData("1.2", "PricingCurrency", "SkuMeter")]
    [InlineData("1.2", "SkuMeter", "SubAccountType")]
    [InlineData("1.0", "BillingAccountType", "SubAccountType")]
    public async Task Version_IsGuessedFromTheColumns(string version, params string[] columns)
    {
        var file = columns.Aggregate(new FocusFile(), (made, name) => made.Column(name));

        (await FocusReading.OfAsync(file.Row())).Header.Version.ShouldBe(version);
    }

    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("1.2", "1.2")]
    public async Task AzureExport_IsRecognised(string file, string version)
    {
        var schema = await File.ReadAllTextAsync(Support.SharedData.PathOrSkip($"data/finops/azure-focuscost-{file}-schema.json"));
        using var json = System.Text.Json.JsonDocument.Parse(schema);
        var names = json.RootElement.GetProperty("translator").GetProperty("mappings").EnumerateArray().Select(item => item.GetProperty("source").GetProperty("name").GetString());

        var reading = await FocusReading.OfAsync(Encoding.UTF8.GetBytes(string.Join(',', names) + "\n"));

        reading.Header.Issues.ShouldBeEmpty();
        reading.Header.Version.ShouldBe(version);
        reading.Header.UnknownColumns.ShouldAllBe(name => name.StartsWith("x_"));
    }
}
