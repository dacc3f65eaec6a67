using System.Globalization;
using System.Text.RegularExpressions;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Jobs;

/// <summary>What a running job says of itself, in the viewer's words; jobs write it in English. A note of a form that is not known here is shown as it is.</summary>
internal static partial class JobNotes
{
    public static string Of(string note, Text text, Display display)
    {
        if (text.Has($"job.note.{note}")) return text[$"job.note.{note}"];
        if (Rows().Match(note) is { Success: true } rows) return text["job.note.rows", Number(rows, "rows", display), Number(rows, "rate", display)];
        return File().Match(note) is { Success: true } file ? text["job.note.file", file.Groups["file"].Value, Number(file, "at", display), Number(file, "all", display)] : note;
    }

    private static string Number(Match match, string group, Display display) =>
        long.TryParse(match.Groups[group].ValueSpan, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? display.Number(number) : match.Groups[group].Value;

    [GeneratedRegex("^(?<rows>[0-9,]+) rows, (?<rate>[0-9,]+) rows/s$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rows();

    [GeneratedRegex(@"^(?<file>.+) \((?<at>[0-9]+) of (?<all>[0-9]+)\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex File();
}
