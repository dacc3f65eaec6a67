using System.Text;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Samples;

/// <summary>The lines of a sample bill as the importer's reader sees them, reduced to what the tests add up.</summary>
internal sealed class SampleReading
{
    public static readonly DateOnly LastDay = new(2026, 11, 20);

    public List<Line> Lines { get; } = [];

    public List<string> Findings { get; } = [];

    public Dictionary<string, string> Versions { get; } = new(StringComparer.Ordinal);

    public static async Task<SampleReading> OfAsync(IEnumerable<SampleFile> files)
    {
        var reading = new SampleReading();
        foreach (var file in files) await reading.AddAsync(file);
        return reading;
    }

    public static async Task<byte[]> BytesAsync(SampleFile file)
    {
        using var stream = new MemoryStream();
        await file.WriteAsync(stream, CancellationToken.None);
        return stream.ToArray();
    }

    private async Task AddAsync(SampleFile file)
    {
        using var stream = new MemoryStream(await BytesAsync(file));
        await using var reader = await FocusReader.OpenAsync(stream, new FocusReadOptions(), CancellationToken.None);
        Dictionary<string, string> words = new(StringComparer.Ordinal);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            var row = reader.Current;
            Findings.AddRange(row.Errors.Select(e => $"{file.Name} {e.Row}: {e.Message}"));
            var tags = Word(row.Text(FocusColumn.Tags));
            Lines.Add(new Line(
                file.Name, DateOnly.FromDateTime(row.Time(FocusColumn.ChargePeriodStart)), Word(row.Text(FocusColumn.ProviderName)), Word(row.Text(FocusColumn.ServiceName)),
                Word(row.Text(FocusColumn.ChargeCategory)), Word(row.Text(FocusColumn.ChargeClass)), Word(row.Text(FocusColumn.CommitmentDiscountId)), Word(row.Text(FocusColumn.CommitmentDiscountStatus)),
                tags, Word(row.Text(FocusColumn.SubAccountName)), Word(row.Text(FocusColumn.SkuId)),
                row.Number(FocusColumn.ListCost), row.Number(FocusColumn.ContractedCost), row.Number(FocusColumn.EffectiveCost), row.Number(FocusColumn.BilledCost),
                row.Number(FocusColumn.PricingQuantity), row.Number(FocusColumn.ListUnitPrice)));
        }

        Findings.AddRange(reader.Header.Issues.Select(i => $"{file.Name}: {i.Message}"));
        if (reader.Fatal is { } fatal) Findings.Add($"{file.Name}: {fatal.Message}");
        Findings.AddRange(reader.WarningCounts.Where(w => w.Code != "focus.header.unknown" || w.Column?.StartsWith("x_", StringComparison.Ordinal) != true).Select(w => $"{file.Name}: {w.Message}"));
        Versions[file.Provider] = reader.Header.Version;

        string Word(ReadOnlySpan<byte> utf8)
        {
            var text = Encoding.UTF8.GetString(utf8);
            if (!words.TryGetValue(text, out var known)) words[text] = known = text;
            return known;
        }
    }

    internal sealed record Line(
        string File, DateOnly Day, string Provider, string Service, string Category, string Class, string Commitment, string Status, string Tags, string Account, string Sku,
        Amount List, Amount Contracted, Amount Effective, Amount Billed, Amount Quantity, Amount Price);
}
