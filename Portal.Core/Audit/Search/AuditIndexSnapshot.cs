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

    // What a row of the first look tells of; leaves come before what still waits for a place.
    private const int State = 0;
    private const int Leaf = 1;
    private const int Pending = 2;

    public static async Task<AuditIndexSnapshot> OpenAsync(PortalDbContext db, Guid organizationId, AuditIndexCache cache, AuditLogReader log, CancellationToken cancellationToken)
    {
        // How far the index reaches and which entries lie beyond it, in one round trip.
        var states = db.Set<AuditIndexState>().AsNoTracking().Where(s => s.OrganizationId == organizationId);
        var leaves = db.Set<AuditLeaf>().AsNoTracking().Where(l => l.OrganizationId == organizationId);
        var told = await states.Select(s => new { Kind = State, Id = s.OrganizationId, Number = s.Revision, More = s.IndexedTo })
            // Compared with the bare subquery: with a default for what is missing, PostgreSQL would read all leaves, for it looks no further than row-level security.
            .Concat(leaves.Where(l => l.Index >= states.Max(s => (long?)s.IndexedTo)).OrderBy(l => l.Index).Take(MaxTail).Select(l => new { Kind = Leaf, Id = l.EntryId, Number = l.Index, More = (long)l.RetentionDays }))
            .Concat(db.Set<AuditPending>().AsNoTracking().Where(p => p.OrganizationId == organizationId)
                .OrderBy(p => p.EntryId).Take(MaxPending).Select(p => new { Kind = Pending, Id = p.EntryId, Number = 0L, More = (long)p.RetentionDays }))
            .ToListAsync(cancellationToken);
        var state = told.Find(t => t.Kind == State);
        if (state is null) told.AddRange(await leaves.OrderBy(l => l.Index).Take(MaxTail).Select(l => new { Kind = Leaf, Id = l.EntryId, Number = l.Index, More = (long)l.RetentionDays }).ToListAsync(cancellationToken));
        var (revision, indexedTo) = (state?.Number ?? 0, state?.More ?? 0);
        var tail = told.Where(t => t.Kind != State).OrderBy(t => t.Kind).ThenBy(t => t.Number).ThenBy(t => t.Id).DistinctBy(t => t.Id).Select(t => (t.Id, t.Kind == Leaf ? t.Number : (long?)null, (int)t.More)).ToList();

        var rows = cache.List(organizationId, revision);
        if (rows is null)
        {
            rows = await db.Set<AuditSegmentRow>().AsNoTracking().Where(s => s.OrganizationId == organizationId).OrderBy(s => s.FromIndex).ToListAsync(cancellationToken);
            cache.PutList(organizationId, revision, rows);
        }

        var segments = rows.Select(cache.Segment).ToList();
        var newest = await log.GetAsync(db, organizationId, tail, cancellationToken);
        if (newest.Count > 0) segments.Add(SegmentOf(newest, indexedTo));
        return new AuditIndexSnapshot(segments, indexedTo);
    }

    /// <summary>A segment of entries that are held as they are.</summary>
    public static AuditSegment SegmentOf(IReadOnlyList<AuditEntryRow> rows, long from)
    {
        var builder = new AuditSegmentBuilder();
        foreach (var row in rows) builder.Add(AuditIndexed.Of(row));
        return AuditSegment.Of(builder.Build(), from, rows);
    }
}
