using Hexabase.Portal.Audit.Search;

namespace Hexabase.Portal.Audit;

/// <summary>What may follow what was typed: qualifiers first, then the values that the log is known to hold.</summary>
internal static class AuditCompletion
{
    private const int Most = 8;
    private static readonly int[] DaysBack = [0, 1, 7, 30];
    private static readonly string[] Order = ["actor", "action", "resource", "workspace", "status", "ip", "kind", "source", "after", "before"];

    /// <summary>Suggestions for the last word of the text, each as the whole text that would stand there.</summary>
    /// <param name="known">Entries that are on the screen: their actors, actions and so on are offered.</param>
    /// <param name="summary">What the search shown counted: the values of the whole time, most frequent first.</param>
    public static IReadOnlyList<(string Word, string Text)> Of(string text, IReadOnlyList<AuditEntryRow> known, DateTime todayUtc, AuditSummary? summary = null)
    {
        var start = LastWord(text);
        var word = text[start..];
        var sign = word.StartsWith('-') ? "-" : "";
        var bare = word[sign.Length..];
        var colon = bare.IndexOf(':', StringComparison.Ordinal);
        var words = colon < 0
            ? Order.Where(q => q.StartsWith(bare, StringComparison.OrdinalIgnoreCase)).Select(q => $"{sign}{q}:")
            : Counted(bare[..colon].ToLowerInvariant(), summary).Concat(Values(bare[..colon].ToLowerInvariant(), known, todayUtc))
                .Where(v => v.StartsWith(bare[(colon + 1)..].Trim('"'), StringComparison.OrdinalIgnoreCase) && v.Length > bare.Length - colon - 1)
                .Select(v => $"{sign}{bare[..(colon + 1)]}{(v.EndsWith(".*", StringComparison.Ordinal) ? v : Quoted(v))}");
        return [.. words.Distinct(StringComparer.Ordinal).Take(colon < 0 ? Order.Length : Most).Select(w => (w, text[..start] + w + (w.EndsWith(':') ? "" : " ")))];
    }

    /// <summary>A qualifier with its value, as it is typed.</summary>
    public static string Term(string qualifier, string value) => $"{qualifier}:{Quoted(value)}";

    /// <summary>The search has the term as it stands.</summary>
    public static bool Has(string? query, string term) => $" {query} ".Contains($" {term} ", StringComparison.OrdinalIgnoreCase);

    /// <summary>The search with the term, or without it where it has it.</summary>
    public static string Toggled(string? query, string term) =>
        Has(query, term) ? $" {query} ".Replace($" {term} ", " ", StringComparison.OrdinalIgnoreCase).Trim() : string.IsNullOrWhiteSpace(query) ? term : $"{query.Trim()} {term}";

    private static IEnumerable<string> Counted(string qualifier, AuditSummary? summary) =>
        summary?.Facets.FirstOrDefault(f => f.Field == qualifier)?.Values.Select(v => v.Value).Where(v => v.Length is > 0 and <= 100) ?? [];

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

    private static IEnumerable<string> Values(string qualifier, IReadOnlyList<AuditEntryRow> known, DateTime todayUtc) => qualifier switch
    {
        "status" => ["success", "failure"],
        "actor" => Common(known.Select(e => e.ActorName)),
        "action" => Common(known.Select(e => e.Action).Concat(known.Select(e => e.Action.Split('.')[0] + ".*"))),
        "resource" => Common(known.SelectMany(e => new[] { e.ResourceName, e.ResourceKind })),
        "kind" => Common(known.SelectMany(e => new[] { e.ActorKind, e.ResourceKind })),
        "ip" => Common(known.Select(e => e.IpAddress)),
        "source" => Common(known.Select(e => e.Source)),
        "after" or "before" => DaysBack.Select(days => todayUtc.AddDays(-days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)),
        _ => [],
    };

    private static IEnumerable<string> Common(IEnumerable<string?> values) =>
        values.OfType<string>().Where(v => v.Length is > 0 and <= 100).GroupBy(v => v, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key);

    private static string Quoted(string value) =>
        value.Any(c => char.IsWhiteSpace(c) || c is ',' or '"') || value.EndsWith('*') ? "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"" : value;
}
