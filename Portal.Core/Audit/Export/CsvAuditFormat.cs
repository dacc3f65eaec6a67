using System.Buffers;
using System.Text;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Entries as CSV (RFC 4180, UTF-8 with a byte-order mark, because spreadsheets take it for something else without one). What a spreadsheet would take for a formula gets an apostrophe in front.</summary>
public static class CsvAuditFormat
{
    public static AuditRowFormat Format { get; } =
        new("csv", "text/csv; charset=utf-8", "csv", Write, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(string.Join(',', TableOfEntries.Columns.Select(c => c.Name)) + "\r\n")]);

    private static void Write(AuditEntryRow row, IBufferWriter<byte> into)
    {
        for (var i = 0; i < TableOfEntries.Columns.Count; i++)
        {
            if (i > 0) into.Write(","u8);
            if (TableOfEntries.Columns[i].Value(row) is { Length: > 0 } text) Encoding.UTF8.GetBytes(Cell(text), into);
        }

        into.Write("\r\n"u8);
    }

    private static string Cell(string text)
    {
        // Full-width signs start formulas in East Asian spreadsheets as well.
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠') text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
