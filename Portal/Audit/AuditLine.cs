namespace Hexabase.Portal.Audit;

/// <summary>A row of the list: an entry, or the newest of several that one action caused.</summary>
/// <param name="More">How many entries stand behind it.</param>
public sealed record AuditLine(AuditEntryRow Entry, int More)
{
    /// <param name="entries">Newest first.</param>
    /// <param name="grouped">Entries of one operation (else of one request) that follow each other become one row.</param>
    public static IReadOnlyList<AuditLine> Of(IReadOnlyList<AuditEntryRow> entries, bool grouped)
    {
        if (!grouped) return [.. entries.Select(e => new AuditLine(e, 0))];
        var lines = new List<AuditLine>();
        foreach (var entry in entries)
        {
            if (lines.Count > 0 && Key(entry) is { } key && key == Key(lines[^1].Entry)) lines[^1] = lines[^1] with { More = lines[^1].More + 1 };
            else lines.Add(new AuditLine(entry, 0));
        }

        return lines;
    }

    private static string? Key(AuditEntryRow entry) => entry.Operation?.ToString() ?? entry.RequestId;
}
