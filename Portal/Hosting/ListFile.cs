using System.Globalization;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Hosting;

/// <summary>How the rows of a list become the rows of a file. Column names are the API's; values are plain: ISO dates, canonical numbers, words of the API.</summary>
/// <param name="Name">Of the file, without its ending; also the sheet's.</param>
/// <param name="Rows">The file's rows of one row of the list: one, or one a part.</param>
public sealed record ListFile<T>(string Name, IReadOnlyList<ListColumn> Columns, Func<T, IEnumerable<IReadOnlyList<string?>>> Rows)
{
    /// <summary>One row of the file for each row of the list.</summary>
    public ListFile(string name, params IReadOnlyList<(ListColumn Column, Func<T, string?> Value)> cells)
        : this(name, [.. cells.Select(c => c.Column)], row => [[.. cells.Select(c => c.Value(row))]])
    {
    }

    internal IResult ToResult(IEnumerable<T> rows, TableFormat format) =>
        new TableFile(Name, [.. Columns.Select(c => new TableColumn(c.Name, c.IsNumber))], rows.SelectMany(Rows)).ToResult(format);
}

/// <summary>A column of a list's file.</summary>
public readonly record struct ListColumn(string Name, bool IsNumber = false)
{
    public static implicit operator ListColumn(string name) => new(name);

    public static ListColumn FromString(string name) => new(name);
}

/// <summary>Values as files carry them.</summary>
internal static class ListCell
{
    public static ListColumn Number(string name) => new(name, true);

    public static string Utc(DateTime utc) => DateTime.SpecifyKind(utc, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string? Utc(DateTime? utc) => utc is { } at ? Utc(at) : null;

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string? Of(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture);

    public static string? Of(Amount? amount) => amount?.ToString(null, CultureInfo.InvariantCulture);

    public static string Of(bool value) => value ? "yes" : "no";

    public static string Many(IEnumerable<string> values) => string.Join(' ', values);

    public static string Labels(IReadOnlyDictionary<string, string> labels) => string.Join(' ', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
}
