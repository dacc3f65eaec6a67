using System.Globalization;
using System.IO.Compression;
using System.Numerics;
using System.Text;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>The real FOCUS 1.0 export of three providers.</summary>
public sealed class FocusSampleTest
{
    private const string Sample = "data/finops/focus-1.0-sample-a.csv.gz";

    [Fact]
    public async Task RealSample_ReadsWithWarningsOnly()
    {
        await using var content = File.OpenRead(SharedData.PathOrSkip(Sample));
        var reading = await FocusReading.OfAsync(content);

        reading.Errors.ShouldBeEmpty();
        reading.Rows.Count.ShouldBe(500);
        reading.Header.Version.ShouldBe("1.0");
        reading.Header.UnknownColumns.ShouldBe(["Id"]);
        reading.BytesRead.ShouldBe(content.Length);
        reading.Warnings.Single(warning => warning is { Code: "focus.value.spelling", Column: "ChargeFrequency" }).Count.ShouldBe(4);
        reading.Warnings.Single(warning => warning is { Code: "focus.null.forbidden", Column: "ContractedCost" }).Count.ShouldBe(4);
        reading.Warnings.Single(warning => warning is { Code: "focus.date.form", Column: "ChargePeriodStart" }).Count.ShouldBe(500);
        reading.Rows.Select(row => row.Text[FocusColumn.ChargeFrequency]).Distinct().ShouldBe(["Usage-Based", "One-Time"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(FocusColumn.BilledCost)]
    [InlineData(FocusColumn.EffectiveCost)]
    [InlineData(FocusColumn.ContractedCost)]
    [InlineData(FocusColumn.ListCost)]
    public async Task RealSample_AddsUpToTheLastDigit(FocusColumn metric)
    {
        var content = await UnpackAsync(SharedData.PathOrSkip(Sample));
        var reading = await FocusReading.OfAsync(content);

        var sum = reading.Rows.Aggregate(Amount.Zero, (total, row) => total + row.Numbers[metric]);

        ((BigInteger)sum.Atto).ShouldBe(NaiveSum(Encoding.UTF8.GetString(content), metric.ToString()));
    }

    [Fact]
    public async Task RealSample_HasTheCellsThatANaiveParserFinds()
    {
        var content = await UnpackAsync(SharedData.PathOrSkip(Sample));
        var naive = NaiveCsv(Encoding.UTF8.GetString(content)).ToList();
        var reading = await FocusReading.OfAsync(content, new FocusReadOptions { BufferBytes = 1000 });

        foreach (var name in new[] { "ResourceId", "ChargeDescription", "SubAccountName", "RegionName", "AvailabilityZone" })
        {
            var at = naive[0].IndexOf(name);
            reading.Rows.Select(row => row.Text[Enum.Parse<FocusColumn>(name)]).ShouldBe(naive.Skip(1).Select(row => row[at] == "NULL" ? "" : row[at]));
        }
    }

    [Fact]
    public async Task PackedAndPlain_HaveTheSameContentHash()
    {
        var packed = await File.ReadAllBytesAsync(SharedData.PathOrSkip(Sample));
        var plain = await UnpackAsync(SharedData.PathOrSkip(Sample));
        var expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(plain));

        (await FocusReading.OfAsync(packed)).Sha256.ShouldBe(expected);
        (await FocusReading.OfAsync(plain)).Sha256.ShouldBe(expected);
    }

    private static async Task<byte[]> UnpackAsync(string path)
    {
        await using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        await gzip.CopyToAsync(plain);
        return plain.ToArray();
    }

    private static BigInteger NaiveSum(string csv, string column)
    {
        var rows = NaiveCsv(csv).ToList();
        var at = rows[0].IndexOf(column);
        return rows.Skip(1).Select(row => row[at]).Where(cell => cell is not ("NULL" or "")).Aggregate(BigInteger.Zero, (sum, cell) =>
        {
            var parts = cell.Split('.');
            return sum + BigInteger.Parse(parts[0] + (parts.Length > 1 ? parts[1] : "").PadRight(18, '0'), CultureInfo.InvariantCulture);
        });
    }

    // One character at a time, as RFC 4180 is written; independent of the reader.
    internal static IEnumerable<List<string>> NaiveCsv(string text)
    {
        List<string> row = [];
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
            else if (c == '"') quoted = !quoted;
            else if (!quoted && c is ',' or '\n')
            {
                row.Add(cell.ToString());
                cell.Clear();
                if (c == ',') continue;
                yield return row;
                row = [];
            }
            else cell.Append(c);
        }

        if (row.Count > 0) yield return [.. row, cell.ToString()];
    }
}
