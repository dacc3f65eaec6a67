using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Hexabase.Portal.Support;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>One organization with something in every corner. Its marker is in every text that it holds, so that any of it is recognised wherever it turns up.</summary>
internal sealed partial class Estate(string marker)
{
    private readonly ConcurrentDictionary<string, bool> _ids = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A word that nothing else contains.</summary>
    public string Marker => marker;

    public string Id { get; set; } = "";

    public string Slug { get; set; } = "";

    /// <summary>A client by the role of its token; "scim" for the identity provider's.</summary>
    public Dictionary<string, HttpClient> Clients { get; } = new(StringComparer.Ordinal);

    /// <summary>What stands for a parameter of a path, by the segment before it: "budgets/{budget}" → an id.</summary>
    public Dictionary<string, string> Places { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of rows that are this organization's alone.</summary>
    public IEnumerable<string> Ids => _ids.Keys;

    public void Note(string answer)
    {
        foreach (Match id in AnyId().Matches(answer)) _ids[id.Value] = true;
    }

    /// <summary>What of this organization a text holds: its marker or one of its ids; null for nothing.</summary>
    /// <param name="asked">The request itself: what the caller wrote is no news to them.</param>
    /// <param name="reader">Ids that the reader's own organization has as well, such as the administrator's who filled both, betray nothing.</param>
    public string? Betrayed(string text, string asked, Estate reader)
    {
        if (text.Contains(marker, StringComparison.OrdinalIgnoreCase) && !asked.Contains(marker, StringComparison.OrdinalIgnoreCase)) return marker;
        foreach (Match id in AnyId().Matches(text))
        {
            if (_ids.ContainsKey(id.Value) && !reader._ids.ContainsKey(id.Value) && !asked.Contains(id.Value, StringComparison.OrdinalIgnoreCase)) return id.Value;
        }

        return null;
    }

    public string Name(string of) => string.Create(CultureInfo.InvariantCulture, $"{marker} {of}");

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AnyId();
}
