namespace Hexabase.Portal.Audit.Search;

/// <summary>How often a value occurs among the entries found.</summary>
/// <param name="Value">As the qualifier takes it; empty = none.</param>
/// <param name="Label">What people read where that differs: a workspace's name.</param>
public sealed record AuditFacetValue(string Value, long Count, string? Label = null);

/// <summary>The most frequent values of a field.</summary>
/// <param name="Field">actor, action, kind, workspace, status or source: a qualifier of the search.</param>
/// <param name="Others">How many further values there are.</param>
public sealed record AuditFacet(string Field, IReadOnlyList<AuditFacetValue> Values, int Others);

/// <summary>Entries over time.</summary>
/// <param name="FromUtc">Where the first bar begins.</param>
/// <param name="StepSeconds">How long each bar is.</param>
public sealed record AuditHistogram(DateTime FromUtc, long StepSeconds, IReadOnlyList<long> Counts)
{
    public DateTime ToUtc => FromUtc.AddSeconds(StepSeconds * Counts.Count);
}

/// <summary>How many entries a search finds, when, and what they have in common. Exact.</summary>
/// <param name="Histogram">Null where nothing was found.</param>
public sealed record AuditSummary(long Count, IReadOnlyList<AuditFacet> Facets, AuditHistogram? Histogram);
