namespace Hexabase.Portal.Controls;

/// <summary>Which rows of a list changed since they were first shown, so that each change fades once.</summary>
internal sealed class RowChanges
{
    private readonly Dictionary<object, (object? Version, int Changes)> _known = [];

    /// <param name="rows">Key and version of the rows that are shown now.</param>
    /// <param name="before">How many were shown before; null at the first time.</param>
    public void See(IReadOnlyList<(object Key, object? Version)> rows, int? before)
    {
        // A row that appears between others came live; rows behind the last shown one are just the next page.
        var isLive = before is > 0 && rows.Count <= before + 1;
        foreach (var (key, version) in rows)
        {
            if (!_known.TryGetValue(key, out var known)) _known[key] = (version, isLive ? 1 : 0);
            else if (!Equals(known.Version, version)) _known[key] = (version, known.Changes + 1);
        }
    }

    /// <summary>Two classes by turns, so that the browser runs the same animation again.</summary>
    public string? Class(object key) => _known.TryGetValue(key, out var known) && known.Changes > 0 ? known.Changes % 2 == 1 ? "changed-a" : "changed-b" : null;
}
