namespace Hexabase.Portal.Audit.Export;

/// <summary>What is wrong with one entry by itself, in words.</summary>
internal static class EntryFlawWords
{
    public static IEnumerable<(string Code, string Message)> Of(ParsedLine line)
    {
        var (i, flaws) = (line.Index, line.Flaws);
        if (flaws.HasFlag(EntryFlaws.Changed)) yield return ("entry.changed", $"Entry {i} was changed: its text does not have the hash that the log stored for it.");
        if (flaws.HasFlag(EntryFlaws.Foreign)) yield return ("entry.foreign", $"Entry {i} belongs to another log, another organization or an unknown version of the format.");
        if (flaws.HasFlag(EntryFlaws.NotCanonical)) yield return ("entry.malformed", $"The text of entry {i} is not canonical: its members are not in order, or one stands twice.");
        if (flaws.HasFlag(EntryFlaws.Opening)) yield return ("entry.opening", $"Personal data or the original of entry {i} is not what the entry was committed to.");
        if (flaws.HasFlag(EntryFlaws.Proof)) yield return ("entry.proof", $"The proof of entry {i} does not lead to the head's root: the entry was changed, or is not in the log.");
    }
}
