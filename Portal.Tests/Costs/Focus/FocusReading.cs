using System.Text;
using Hexabase.Portal.Kernel;
using Shouldly;

namespace Hexabase.Portal.Costs.Focus;

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

        reader.RowsRead.ShouldBe(rows.Count);
        return new FocusReading(reader.Header, rows, reader.Fatal, [.. reader.WarningCounts], reader.ContentSha256, reader.BytesRead);
    }

    private static string Copy(FocusRow row, FocusColumn column) => Encoding.UTF8.GetString(row.Text(column));

    internal sealed record Line(
        long Row, IReadOnlyList<FocusIssue> Errors, IReadOnlyList<FocusIssue> Warnings, string Raw, Dictionary<FocusColumn, string> Text, IReadOnlyList<string> Unknown,
        Dictionary<FocusColumn, Amount> Numbers, Dictionary<FocusColumn, DateTime> Times);
}
