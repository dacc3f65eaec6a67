using System.IO.Compression;
using System.Text;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>Makes FOCUS files for tests: a sound row with all mandatory columns and Tags, changed cell by cell.</summary>
internal sealed class FocusFile
{
    private readonly List<string> _names =
    [
        "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass",
        "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity",
        "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName", "Tags",
    ];

    private readonly List<string> _sound =
    [
        "1.5", "1234", "Sunbird", "USD", "2024-10-01T00:00:00Z", "2024-09-01T00:00:00Z", "Usage", "", "Requests", "2024-09-02T00:00:00Z", "2024-09-01T00:00:00Z",
        "1.25", "1.125", "Example Cloud", "2", "3", "Hours", "Example", "Example", "Compute", "Virtual Machines", "{\"env\":\"dev\"}",
    ];

    private readonly List<List<string>> _rows = [];

    public string Separator { get; init; } = ",";

    public string LineEnd { get; init; } = "\n";

    /// <summary>Adds a column, or names one anew; the sound row has this value in it.</summary>
    public FocusFile Column(string name, string value = "")
    {
        _names.Add(name);
        _sound.Add(value);
        foreach (var row in _rows) row.Add(value);
        return this;
    }

    public FocusFile Rename(string name, string other)
    {
        _names[_names.IndexOf(name)] = other;
        return this;
    }

    public FocusFile Without(string name)
    {
        var at = _names.IndexOf(name);
        _names.RemoveAt(at);
        _sound.RemoveAt(at);
        return this;
    }

    public FocusFile Row(params (string Column, string Value)[] changes)
    {
        List<string> row = [.. _sound];
        foreach (var (column, value) in changes) row[_names.IndexOf(column)] = value;
        _rows.Add(row);
        return this;
    }

    public FocusFile Rows(int count)
    {
        for (var i = 0; i < count; i++) Row();
        return this;
    }

    public byte[] Bytes() => Encoding.UTF8.GetBytes(Text());

    public string Text() => string.Concat(_rows.Prepend(_names).Select(row => string.Join(Separator, row.Select(Quote)) + LineEnd));

    public static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;

    public static byte[] Gzip(byte[] content, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level, leaveOpen: true)) gzip.Write(content);
        return packed.ToArray();
    }
}

/// <summary>All that a reader found in a file.</summary>
internal sealed record FocusReading(
    FocusHeader Header, IReadOnlyList<FocusReading.Line> Rows, FocusIssue? Fatal, IReadOnlyList<FocusWarningCount> Warnings, string Sha256, long BytesRead)
{
    public IEnumerable<FocusIssue> Errors => [.. Header.Issues, .. Rows.SelectMany(row => row.Errors), .. Fatal is null ? (FocusIssue[])[] : [Fatal]];

    public static Task<FocusReading> OfAsync(FocusFile file, FocusReadOptions? options = null) => OfAsync(file.Bytes(), options);

    public static Task<FocusReading> OfAsync(byte[] content, FocusReadOptions? options = null) => OfAsync(new MemoryStream(content), options);

    public static async Task<FocusReading> OfAsync(Stream content, FocusReadOptions? options = null)
    {
        await using var reader = await FocusReader.OpenAsync(content, options ?? new FocusReadOptions(), CancellationToken.None);
        List<Line> rows = [];
        while (await reader.ReadAsync(CancellationToken.None))
        {
            var row = reader.Current;
            rows.Add(new Line(
                row.Row, [.. row.Errors], [.. row.Warnings], Encoding.UTF8.GetString(row.Raw),
                FocusSpecification.Columns.ToDictionary(column => column.Column, column => Copy(row, column.Column)),
                [.. Enumerable.Range(0, reader.Header.UnknownColumns.Count).Select(i => Encoding.UTF8.GetString(row.Unknown(i)))],
                FocusSpecification.Columns.ToDictionary(column => column.Column, column => row.Number(column.Column)),
                FocusSpecification.Columns.ToDictionary(column => column.Column, column => row.Time(column.Column))));
        }

        reader.RowsRead.ShouldBeRows(rows.Count);
        return new FocusReading(reader.Header, rows, reader.Fatal, [.. reader.WarningCounts], reader.ContentSha256, reader.BytesRead);
    }

    private static string Copy(FocusRow row, FocusColumn column) => Encoding.UTF8.GetString(row.Text(column));

    internal sealed record Line(
        long Row, IReadOnlyList<FocusIssue> Errors, IReadOnlyList<FocusIssue> Warnings, string Raw, Dictionary<FocusColumn, string> Text, IReadOnlyList<string> Unknown,
        Dictionary<FocusColumn, Amount> Numbers, Dictionary<FocusColumn, DateTime> Times);
}

internal static class FocusReadingAssertions
{
    public static void ShouldBeRows(this long actual, long expected) => Shouldly.ShouldBeTestExtensions.ShouldBe(actual, expected);
}
