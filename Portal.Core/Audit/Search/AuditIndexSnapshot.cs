using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Search;

/// <summary>What a search sees: the segments, and as one more segment the newest entries, which are in none yet.</summary>
internal sealed record AuditIndexSnapshot(IReadOnlyList<AuditSegment> Segments, long IndexedTo)
{
    /// <summary>Entries that a search reads itself. More wait only while a large load comes in; they are found a moment later.</summary>
    public const int MaxTail = 20_000;
    private const int MaxPending = 5_000;

    public static async Task<AuditIndexSnapshot> OpenAsync(PortalDbContext db, Guid organizationId, AuditIndexCache cache, AuditLogReader log, CancellationToken cancellationToken)
    {
        var state = await db.Set<AuditIndexState>().AsNoTracking().Where(s => s.OrganizationId == organizationId).Select(s => new { s.Revision, s.IndexedTo }).SingleOrDefaultAsync(cancellationToken);
        var (revision, indexedTo) = (state?.Revision ?? 0, state?.IndexedTo ?? 0);
        var rows = cache.List(organizationId, revision);
        if (rows is null)
        {
            rows = await db.Set<AuditSegmentRow>().AsNoTracking().Where(s => s.OrganizationId == organizationId).OrderBy(s => s.FromIndex).ToListAsync(cancellationToken);
            cache.PutList(organizationId, revision, rows);
        }

        var segments = rows.Select(cache.Segment).ToList();
        if (await TailAsync(db, organizationId, indexedTo, log, cancellationToken) is { } tail) segments.Add(tail);
        return new AuditIndexSnapshot(segments, indexedTo);
    }

    private static async Task<AuditSegment?> TailAsync(PortalDbContext db, Guid organizationId, long from, AuditLogReader log, CancellationToken cancellationToken)
    {
        var rows = new List<AuditEntryRow>(await log.ReadAsync(db, organizationId, from, MaxTail, cancellationToken));
        rows.AddRange((await log.PendingAsync(db, organizationId, MaxPending, cancellationToken)).ExceptBy(rows.Select(r => r.Id), r => r.Id).OrderBy(r => r.Id));
        if (rows.Count == 0) return null;
        var builder = new AuditSegmentBuilder();
        foreach (var row in rows) builder.Add(AuditIndexed.Of(row));
        return AuditSegment.Of(builder.Build(), from, rows);
    }
}
