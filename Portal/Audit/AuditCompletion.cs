using Hexabase.Portal.Audit.Search;

namespace Hexabase.Portal.Audit;

/// <summary>What may follow what was typed: qualifiers first, then the values that the log is known to hold.</summary>
internal static class AuditCompletion
{
    private const int Most = 8;
    private static readonly int[] DaysBack = [0, 1, 7, 30];
    private static readonly string[] Order = ["actor", "action", "resource", "workspace", "status", "ip", "kind", "source", "after", "before"];

    /// <summary>The qualifier whose value is being typed, and what there is of it; null where the log is not to be asked.</summary>
    public static (string Field, string Prefix)? Asked(string text)
    {
        var (_, _, field, value) = Split(text);
        return field is not null && CompleteAudit.Fields.Contains(field, StringComparer.Ordinal) && value.Length <= 100 ? (field, value) : null;
    }

    /// <summary>Suggestions for the last word of the text, each as the whole text that would stand there.</summary>
    /// <param name="values">What the log holds (<see cref="CompleteAudit"/>) for what <see cref="Asked"/> says.</param>
    public static IReadOnlyList<(string Word, string Text)> Of(string text, IReadOnlyList<string> values, DateTime todayUtc)
    {
        var (before, head, field, typed) = Split(text);
        var words = field is null
            ? Order.Where(q => q.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Select(q => $"{head}{q}:")
            : Values(field, typed, values, todayUtc).Where(v => v.Length is > 0 and <= 100 && !v.Equals(typed, StringComparison.OrdinalIgnoreCase))
                .Select(v => head + (v.EndsWith(".*", StringComparison.Ordinal) ? v : Quoted(v)));
        return [.. words.Distinct(StringComparer.Ordinal).Take(field is null ? Order.Length : Most).Select(w => (w, before + w + (w.EndsWith(':') ? "" : " ")))];
    }

    /// <summary>A qualifier with its value, as it is typed.</summary>
    public static string Term(string qualifier, string value) => $"{qualifier}:{Quoted(value)}";

    /// <summary>The search has the term as it stands.</summary>
    public static bool Has(string? query, string term) => $" {query} ".Contains($" {term} ", StringComparison.OrdinalIgnoreCase);

    /// <summary>The search with the term, or without it where it has it.</summary>
    public static string Toggled(string? query, string term) =>
        Has(query, term) ? $" {query} ".Replace($" {term} ", " ", StringComparison.OrdinalIgnoreCase).Trim() : string.IsNullOrWhiteSpace(query) ? term : $"{query.Trim()} {term}";

    /// <summary>What stands before the last word, its sign and qualifier as typed, the qualifier, and the value (or what may become a qualifier).</summary>
    private static (string Before, string Head, string? Field, string Typed) Split(string text)
    {
        var start = LastWord(text);
        var word = text[start..];
        var sign = word.StartsWith('-') ? 1 : 0;
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (text[..start], word[..sign], null, word[sign..]) : (text[..start], word[..(colon + 1)], word[sign..colon].ToLowerInvariant(), word[(colon + 1)..].Trim('"'));
    }

    /// <summary>Where the last word begins; a space inside quotes ends no word.</summary>
    private static int LastWord(string text)
    {
        var (start, quoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') quoted = !quoted;
            else if (char.IsWhiteSpace(text[i]) && !quoted) start = i + 1;
        }

        return start;
    }

    private static IEnumerable<string> Values(string field, string typed, IReadOnlyList<string> values, DateTime todayUtc) => field switch
    {
        "status" => Beginning(typed, ["success", "failure"]),
        // A kind as a whole is what is mostly meant.
        "action" => Beginning(typed, values.Select(v => v.Split('.')[0] + ".*").Distinct(StringComparer.Ordinal).Take(2)).Concat(values),
        "after" or "before" => Beginning(typed, DaysBack.Select(days => todayUtc.AddDays(-days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))),
        _ => values,
    };

    private static IEnumerable<string> Beginning(string typed, IEnumerable<string> words) => words.Where(w => w.StartsWith(typed, StringComparison.OrdinalIgnoreCase));

    private static string Quoted(string value) =>
        value.Any(c => char.IsWhiteSpace(c) || c is ',' or '"') || value.EndsWith('*') ? "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"" : value;
}
