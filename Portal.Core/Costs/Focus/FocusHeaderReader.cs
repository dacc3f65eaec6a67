using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>Turns the first record into a <see cref="FocusHeader"/>.</summary>
internal static class FocusHeaderReader
{
    private const int MaxNameBytes = 256;

    /// <summary>The header of a record; its spelling and unknown-column warnings go to the tally that it answers.</summary>
    public static (FocusHeader Header, FocusWarningTally Tally) Read(CsvRecords records)
    {
        List<FocusIssue> issues = [];
        var names = new string[records.CellCount];
        if (names.Length == 1 && records.Cells[0].Span.IndexOfAny(";\t"u8) is var delimiter and >= 0)
        {
            var word = records.Cells[0].Span[delimiter] == (byte)';' ? "semicolons" : "tabs";
            issues.Add(new(0, null, "focus.header.delimiter", $"The columns are separated by {word}. FOCUS CSV (RFC 4180) separates by commas; export the file with commas."));
            return (new FocusHeader([], [], issues), new FocusWarningTally(0));
        }

        for (var i = 0; i < names.Length; i++) names[i] = Name(records.Cells[i], i, issues);
        var columns = Match(names, issues);
        foreach (var definition in FocusSpecification.Columns)
        {
            if (definition.Level == FocusFeatureLevel.Mandatory && !columns.Contains(definition.Column))
                issues.Add(new(0, definition.Name, "focus.header.missing", $"The mandatory column {definition.Name} is missing (FOCUS {definition.Since}, feature level Mandatory). Add it to the export."));
        }

        var header = new FocusHeader(names, columns, issues);
        var tally = new FocusWarningTally(names.Length);
        for (var i = 0; i < names.Length; i++)
        {
            if (columns[i] is not { } column) tally.Add(FocusWarning.HeaderUnknown, i, names[i], 0, default);
            else if (column.ToString() != names[i]) tally.Add(FocusWarning.HeaderSpelling, i, names[i], 0, Encoding.UTF8.GetBytes(column.ToString()));
        }

        return (header, tally);
    }

    private static string Name(CsvCell cell, int index, List<FocusIssue> issues)
    {
        var bytes = cell.Span;
        var place = string.Create(CultureInfo.InvariantCulture, $"Column {index + 1} of the header");
        if (bytes.Length > MaxNameBytes) issues.Add(new(0, null, "focus.header.tooLong", $"{place} has a name of more than {MaxNameBytes} bytes: {FocusMessages.Show(bytes)}. Shorten it.", FocusMessages.Show(bytes)));
        else if (!Utf8.IsValid(bytes)) issues.Add(new(0, null, "focus.encoding.invalid", $"Broken encoding: {place} is no valid UTF-8: {FocusMessages.Show(bytes)}. Save the file as UTF-8.", FocusMessages.Show(bytes)));
        else if (CsvRecords.HasControl(bytes)) issues.Add(new(0, null, "focus.cell.control", $"{place} holds a control character: {FocusMessages.Show(bytes)}. Remove it.", FocusMessages.Show(bytes)));
        else if ((cell.Marks & CsvCellMarks.TextAfterQuote) != 0) issues.Add(new(0, null, "focus.csv.quote", $"{place} has text behind its closing quote (RFC 4180): {FocusMessages.Show(bytes)}. Double the quotes inside the name.", FocusMessages.Show(bytes)));
        else if (bytes.Trim(" \t"u8).IsEmpty) issues.Add(new(0, null, "focus.header.emptyName", $"{place} has no name. Name it or remove it."));
        var name = Encoding.UTF8.GetString(bytes);
        return (cell.Marks & CsvCellMarks.Escaped) != 0 ? name.Replace("\"\"", "\"", StringComparison.Ordinal) : name;
    }

    // Exact names first: another spelling counts only where the file has no column of the right one.
    private static FocusColumn?[] Match(string[] names, List<FocusIssue> issues)
    {
        var columns = new FocusColumn?[names.Length];
        HashSet<string> seen = new(StringComparer.Ordinal);
        Dictionary<FocusColumn, string> taken = [];
        for (var i = 0; i < names.Length; i++)
        {
            if (!seen.Add(names[i]) && names[i].Length > 0) issues.Add(Duplicate(names[i], names[i]));
            else if (FocusSpecification.TryGetColumn(names[i], out var column))
            {
                columns[i] = column;
                taken.Add(column, names[i]);
            }
        }

        for (var i = 0; i < names.Length; i++)
        {
            if (columns[i] is not null || FocusSpecification.TryGetColumn(names[i], out _) || !FocusSpecification.TryGetColumnBySpelling(names[i], out var column)) continue;
            if (taken.TryAdd(column, names[i])) columns[i] = column;
            else issues.Add(Duplicate(names[i], taken[column]));
        }

        return columns;
    }

    private static FocusIssue Duplicate(string name, string first) =>
        new(0, FocusMessages.Plain(name), "focus.header.duplicate", $"The column {FocusMessages.Plain(name)} stands twice in the header (also as {FocusMessages.Plain(first)}). Remove or rename one of them.");
}
