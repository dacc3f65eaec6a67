using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>The words of every finding: what was found, the rule, the way out.</summary>
internal static class FocusMessages
{
    private const int MaxShown = 60;

    /// <summary>A cell as people may see it: at most 60 characters, control and format characters escaped, in quotes.</summary>
    public static string Show(ReadOnlySpan<byte> cell)
    {
        var shown = new StringBuilder("'");
        var count = 0;
        while (cell.Length > 0 && count++ < MaxShown)
        {
            var ok = Rune.DecodeFromUtf8(cell, out var rune, out var used) == System.Buffers.OperationStatus.Done;
            if (!ok) shown.Append(CultureInfo.InvariantCulture, $"\\x{cell[0]:X2}");
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else shown.Append(rune.ToString());
            cell = cell[used..];
        }

        return shown.Append(cell.Length > 0 ? "…'" : "'").ToString();
    }

    /// <summary>A name of the header as people may see it.</summary>
    public static string Plain(string name) => Show(Encoding.UTF8.GetBytes(name))[1..^1];

    public static string Code(FocusWarning warning) => warning switch
    {
        FocusWarning.DateForm => "focus.date.form",
        FocusWarning.DateOffset => "focus.date.offset",
        FocusWarning.NullForbidden => "focus.null.forbidden",
        FocusWarning.ValueSpelling => "focus.value.spelling",
        FocusWarning.NumberForm => "focus.number.form",
        FocusWarning.NumberRounded => "focus.number.rounded",
        FocusWarning.WhiteSpace => "focus.value.whiteSpace",
        FocusWarning.JsonDuplicateKey => "focus.json.duplicateKey",
        FocusWarning.JsonNestedValue => "focus.json.nestedValue",
        FocusWarning.BareQuote => "focus.csv.bareQuote",
        FocusWarning.UnitMissing => "focus.unit.missing",
        FocusWarning.HeaderUnknown => "focus.header.unknown",
        FocusWarning.HeaderSpelling => "focus.header.spelling",
        _ => throw new ArgumentOutOfRangeException(nameof(warning), warning, null),
    };

    public static string Text(FocusWarning warning, string column, ReadOnlySpan<byte> cell) => warning switch
    {
        FocusWarning.DateForm => $"{column} is {Show(cell)}; FOCUS DateTimeFormat is YYYY-MM-DDTHH:mm:ssZ. It was taken as UTC.",
        FocusWarning.DateOffset => $"{column} is {Show(cell)}; FOCUS DateTimeFormat is UTC with Z. It was converted to UTC.",
        FocusWarning.NullForbidden => $"{column} is null, which FOCUS forbids. A null cost counts as 0; other columns stay empty.",
        FocusWarning.ValueSpelling => $"{column} is {Show(cell)}, another spelling of an allowed value. It was read as the specification writes it.",
        FocusWarning.NumberForm => $"{column} is {Show(cell)}; FOCUS NumericFormat has no plus sign. It was read as the number meant.",
        FocusWarning.NumberRounded => $"{column} is {Show(cell)}, which has more than 18 decimals. Quantities and prices are rounded to 18; costs never are.",
        FocusWarning.WhiteSpace => $"{column} is {Show(cell)} with white space around it. The white space was left out.",
        FocusWarning.JsonDuplicateKey => $"{column} names a key more than once in {Show(cell)}; FOCUS KeyValueFormat wants unique keys. The last value counts.",
        FocusWarning.JsonNestedValue => $"{column} holds an object or an array as a value in {Show(cell)}, which FOCUS KeyValueFormat forbids. It was kept as it is.",
        FocusWarning.BareQuote => $"{column} is {Show(cell)}, with a quote inside a cell without quotes (RFC 4180). It was taken literally.",
        FocusWarning.UnitMissing => $"{column} is null although its quantity is not; FOCUS wants a unit with each quantity. The quantity is kept without one.",
        FocusWarning.HeaderUnknown => $"{column} is no column of FOCUS 1.0, 1.1 or 1.2. Its values are kept with each line.",
        FocusWarning.HeaderSpelling => $"{column} differs in spelling from the FOCUS column ID {Encoding.UTF8.GetString(cell)}. It was read as that column.",
        _ => throw new ArgumentOutOfRangeException(nameof(warning), warning, null),
    };

    public static (string Code, string Message)? ForeignFormat(ReadOnlySpan<byte> start)
    {
        if (start.Length < 2) return null;
        if (start[0] == 0 || start[1] == 0 || (start[0] == 0xFF && start[1] == 0xFE) || (start[0] == 0xFE && start[1] == 0xFF))
            return ("focus.encoding.utf16", "Broken encoding: the file is UTF-16 or UTF-32. A FOCUS file is UTF-8 CSV; save it as \"CSV UTF-8\".");
        if (start[0] == 0x1F && start[1] == 0x8B) return ("focus.file.format", "The file is gzip within gzip. Unpack it once.");
        if (start.StartsWith("PK"u8)) return ("focus.file.format", "The file is a ZIP archive or an Excel workbook. A FOCUS file is CSV or gzip of CSV; unpack or export it.");
        return start.StartsWith("PAR1"u8) ? ("focus.file.format", "The file is Parquet. A FOCUS file is read as CSV or gzip of CSV here; export it as CSV.") : null;
    }

    public static (string Code, string Message) BrokenGzip(string detail) =>
        ("focus.gzip.broken", $"The gzip data is truncated or corrupt ({detail}). Download or pack the file again.");

    public static (string Code, string Message) GzipBomb(int ratio) =>
        ("focus.gzip.bomb", $"The gzip data unpacks to more than {ratio.ToString(CultureInfo.InvariantCulture)} times its size, which no bill does. Send the file unpacked if it is one.");

    public static string OpenQuote(string? column) =>
        $"A quote is opened{At(column)} and not closed before the end of the file (RFC 4180). The file is cut off, or a quote inside a cell is not doubled.";

    public static string RowTooLong(int limit, string? column) =>
        $"The row is longer than {limit.ToString(CultureInfo.InvariantCulture)} bytes; the limit was passed{At(column)}. A quote that is not closed has this effect too. Shorten the cell or close the quote.";

    public static string TooManyColumns(int limit) =>
        $"The header has more than {limit.ToString(CultureInfo.InvariantCulture)} columns. FOCUS has {FocusSpecification.Columns.Count.ToString(CultureInfo.InvariantCulture)}; leave out columns that nobody needs.";

    private static string At(string? column) => column is null ? "" : $" in column {column}";
}
