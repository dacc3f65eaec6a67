using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Hosting;

/// <summary>How a table leaves the portal.</summary>
internal enum TableFormat { Csv, Xlsx, Jsonl }

/// <summary>A column; numbers are canonical text with every digit, whatever a spreadsheet then shows.</summary>
internal sealed record TableColumn(string Name, bool IsNumber = false);

/// <summary>A table as CSV (RFC 4180, UTF-8), XLSX or JSON Lines. Cells are text, or canonical decimals in number columns; null is an empty cell.</summary>
internal sealed record TableFile(string Name, IReadOnlyList<TableColumn> Columns, IEnumerable<IReadOnlyList<string?>> Rows)
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The format that a request names; CSV where it names none.</summary>
    public static bool TryReadFormat(IQueryCollection query, out TableFormat format, [NotNullWhen(false)] out Problem? problem)
    {
        var word = query["format"].ToString();
        TableFormat? known = word switch { "" or "csv" => TableFormat.Csv, "xlsx" => TableFormat.Xlsx, "jsonl" => TableFormat.Jsonl, _ => null };
        const string Message = "format is one of: csv, xlsx, jsonl.";
        problem = known is null ? new Problem(ProblemKind.Malformed, "query.malformed", Message, [new FieldError("format", "query.word", Message, Args: ["format"])]) : null;
        format = known ?? TableFormat.Csv;
        return problem is null;
    }

    public IResult ToResult(TableFormat format) => format switch
    {
        TableFormat.Csv => Results.Stream(WriteCsvAsync, "text/csv; charset=utf-8", Name + ".csv"),
        TableFormat.Jsonl => Results.Stream(WriteJsonlAsync, "application/jsonl; charset=utf-8", Name + ".jsonl"),
        TableFormat.Xlsx => Results.Stream(WriteXlsxAsync, SheetFile.MediaType, Name + ".xlsx"),
        _ => throw new InvalidOperationException($"Unknown format {format}."),
    };

    /// <summary>Text that a spreadsheet would take for a formula gets an apostrophe in front, which spreadsheets show as text.</summary>
    internal static string Guarded(string text) => text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '＝' or '＋' or '－' or '＠' ? "'" + text : text;

    internal async Task WriteCsvAsync(Stream stream)
    {
        // With a byte-order mark, because spreadsheets take UTF-8 for something else without one.
        await using var writer = new StreamWriter(stream, new UTF8Encoding(true), 16 * 1024, leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', Columns.Select(c => Cell(c.Name, false))));
        foreach (var row in Rows) await writer.WriteLineAsync(string.Join(',', row.Select((v, i) => Cell(v, Columns[i].IsNumber))));
    }

    internal async Task WriteJsonlAsync(Stream stream)
    {
        foreach (var row in Rows)
        {
            using var line = new MemoryStream();
            await using (var json = new Utf8JsonWriter(line, Json))
            {
                json.WriteStartObject();
                // Amounts stay text: readers of JSON numbers round at 15 digits.
                for (var i = 0; i < row.Count; i++) json.WriteString(Columns[i].Name, row[i]);
                json.WriteEndObject();
            }

            line.WriteByte((byte)'\n');
            line.Position = 0;
            await line.CopyToAsync(stream);
        }
    }

    internal async Task WriteXlsxAsync(Stream stream)
    {
        using var sheet = SheetFile.Begin(stream, Name, Columns.Select(c => c.Name));
        foreach (var row in Rows)
        {
            SheetRow.Write([.. row.Select((v, i) => new SheetCell(v, Columns[i].IsNumber))], sheet.Rows);
            await sheet.FlushAsync(CancellationToken.None);
        }

        await sheet.EndAsync(CancellationToken.None);
    }

    private static string Cell(string? value, bool isNumber)
    {
        if (value is null) return "";
        var text = isNumber ? value : Guarded(value);
        return text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
