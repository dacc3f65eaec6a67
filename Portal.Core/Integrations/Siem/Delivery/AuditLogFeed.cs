using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>The organization's own log.</summary>
internal sealed class AuditLogFeed(PortalDatabase database, AuditLogReader reader) : IAuditFeed
{
    public Task<FeedPage> ReadAsync(Guid organizationId, long fromIndex, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        DataScope.Of(organizationId),
        async db =>
        {
            var rows = await reader.ReadAsync(db, organizationId, fromIndex, limit, cancellationToken);
            var through = rows.Count == limit ? fromIndex + limit : Math.Max(fromIndex, Math.Min(fromIndex + limit, await AuditLogReader.SizeAsync(db, organizationId, cancellationToken)));
            return new FeedPage(rows, through, await MonthsAsync(db, organizationId, fromIndex, through, cancellationToken));
        },
        cancellationToken);

    public static int MonthOf(DateTime utc) => (utc.Year * 100) + utc.Month;

    /// <summary>The first index that was given at or after a moment; the log's size where there is none. Times never decrease along the log.</summary>
    public static async Task<long> IndexAtAsync(PortalDbContext db, Guid organizationId, DateTime utc, CancellationToken cancellationToken)
    {
        long low = 0, high = await AuditLogReader.SizeAsync(db, organizationId, cancellationToken);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var at = await db.Set<AuditLeaf>().Where(l => l.OrganizationId == organizationId && l.Index == middle).Select(l => l.SequencedAtUtc).SingleAsync(cancellationToken);
            if (at < utc) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    // Times never decrease along the log: a month's entries lie next to each other.
    private static async Task<IReadOnlyList<(long FromIndex, int Month)>> MonthsAsync(PortalDbContext db, Guid organizationId, long from, long through, CancellationToken cancellationToken)
    {
        if (through <= from) return [];
        var last = through - 1;
        var ends = await db.Set<AuditLeaf>().Where(l => l.OrganizationId == organizationId && (l.Index == from || l.Index == last)).OrderBy(l => l.Index).Select(l => l.SequencedAtUtc).ToListAsync(cancellationToken);
        var months = new List<(long, int)> { (from, MonthOf(ends[0])) };
        for (var start = new DateTime(ends[0].Year, ends[0].Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1); start <= ends[^1]; start = start.AddMonths(1))
            months.Add((await IndexAtAsync(db, organizationId, start, cancellationToken), MonthOf(start)));
        return months;
    }
}
