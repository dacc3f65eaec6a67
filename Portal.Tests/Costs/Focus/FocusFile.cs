using System.IO.Compression;
using System.Text;

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
