using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>A stretch of the log.</summary>
/// <param name="Through">The index behind the last place looked at; where reading began when nothing follows.</param>
/// <param name="Months">From which index on entries got their place in which month (UTC, 202605); the first begins at or before the page.</param>
public sealed record FeedPage(IReadOnlyList<AuditEntryRow> Rows, long Through, IReadOnlyList<(long FromIndex, int Month)> Months)
{
    internal int MonthOf(long index)
    {
        var month = 0;
        foreach (var (from, name) in Months)
        {
            if (from <= index) month = name;
        }

        return month;
    }
}

/// <summary>The sequenced log as sinks read it; a benchmark and tests put logs of their own in its place.</summary>
public interface IAuditFeed
{
    /// <summary>Entries from an index on, in order, opened; expired ones are left out.</summary>
    /// <param name="limit">Places looked at, at most.</param>
    Task<FeedPage> ReadAsync(Guid organizationId, long fromIndex, int limit, CancellationToken cancellationToken);
}
