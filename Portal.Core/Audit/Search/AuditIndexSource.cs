using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Search;

/// <summary>Where the index takes entries from: those that this process has just committed as they are at hand, the others from the log.</summary>
internal sealed class AuditIndexSource(AuditLogReader log, AuditPersons persons, FreshEntries fresh)
{
    /// <summary>Entries from a tree index on, in its order; expired ones are left out.</summary>
    public async Task<List<(long Index, AuditIndexed Entry)>> ReadAsync(PortalDbContext db, Guid organizationId, long from, int count, CancellationToken cancellationToken)
    {
        if (fresh.IsEmpty) return await StoredAsync(db, organizationId, from, count, cancellationToken);
        var leaves = await db.Set<AuditLeaf>().AsNoTracking().Where(l => l.OrganizationId == organizationId && l.Index >= from && l.Index < from + count).OrderBy(l => l.Index).Select(l => new { l.Index, l.EntryId }).ToListAsync(cancellationToken);
        var taken = fresh.Take(leaves.ConvertAll(l => l.EntryId));
        // A person may have been erased since; then the key is gone, and what it sealed is not to be found any more.
        var keys = await persons.OpenAsync(db, taken.SelectMany(t => new[] { t?.ActorKeyId, t?.SubjectKeyId }).OfType<Guid>(), cancellationToken);
        var entries = new List<(long, AuditIndexed)>(leaves.Count);
        for (var i = 0; i < taken.Length;)
        {
            if (taken[i] is { } own)
            {
                entries.Add((leaves[i++].Index, new AuditIndexed(own.Facts, IsAlive(own.ActorKeyId) ? own.Actor : null, IsAlive(own.SubjectKeyId) ? own.Subject : null)));
                continue;
            }

            var first = i;
            while (i < taken.Length && taken[i] is null) i++;
            entries.AddRange(await StoredAsync(db, organizationId, leaves[first].Index, (int)(leaves[i - 1].Index - leaves[first].Index) + 1, cancellationToken));
        }

        return entries;

        bool IsAlive(Guid? keyId) => keyId is { } id && keys[id] is not null;
    }

    private async Task<List<(long Index, AuditIndexed Entry)>> StoredAsync(PortalDbContext db, Guid organizationId, long from, int count, CancellationToken cancellationToken)
    {
        var rows = await log.ReadAsync(db, organizationId, from, count, cancellationToken);
        var entries = new List<(long, AuditIndexed)>(rows.Count);
        foreach (var row in rows)
        {
            if (row.Index is { } index) entries.Add((index, AuditIndexed.Of(row)));
        }

        return entries;
    }
}
