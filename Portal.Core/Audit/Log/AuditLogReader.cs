using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Log;

/// <summary>Reads entries in the order of their log, persons opened as far as their keys exist. The caller's context decides which organization it sees.</summary>
public sealed class AuditLogReader(AuditPersons persons, RecentEntries recent)
{
    private const int EntriesAtOnce = 1000;
    private const int MostKept = 200;

    /// <summary>Entries from an index on, in its order. Expired ones are left out, so that the last index read may lie further than the count says.</summary>
    /// <param name="limit">Leaves looked at, at most.</param>
    internal async Task<IReadOnlyList<AuditEntryRow>> ReadAsync(PortalDbContext db, Guid organizationId, long fromIndex, int limit, CancellationToken cancellationToken)
    {
        var placed = await Leaves(db, organizationId).Where(l => l.Index >= fromIndex && l.Index < fromIndex + limit)
            .Join(db.Set<AuditEntry>().AsNoTracking(), l => new { Id = l.EntryId, l.RetentionDays }, e => new { e.Id, e.RetentionDays }, (l, e) => new { l.Index, Entry = e }).OrderBy(p => p.Index).ToListAsync(cancellationToken);
        return await OpenAsync(db, placed.ConvertAll(p => (p.Entry, (long?)p.Index)), cancellationToken);
    }

    /// <summary>The entries at the indexes, in the order asked; expired ones are left out.</summary>
    internal async Task<IReadOnlyList<AuditEntryRow>> GetAsync(PortalDbContext db, Guid organizationId, IReadOnlyList<long> indexes, CancellationToken cancellationToken)
    {
        if (indexes.Count == 0) return [];
        var placed = await Leaves(db, organizationId).Where(l => indexes.Contains(l.Index)).Join(db.Set<AuditEntry>().AsNoTracking(), l => new { Id = l.EntryId, l.RetentionDays }, e => new { e.Id, e.RetentionDays }, (l, e) => new { l.Index, Entry = e }).ToListAsync(cancellationToken);
        var rows = (await OpenAsync(db, placed.ConvertAll(p => (p.Entry, (long?)p.Index)), cancellationToken)).ToDictionary(r => r.Index ?? -1);
        return [.. indexes.Where(rows.ContainsKey).Select(i => rows[i])];
    }

    /// <summary>The entries that the caller's context has told of, in its order, those at hand as they are; expired ones are left out.</summary>
    internal async Task<IReadOnlyList<AuditEntryRow>> GetAsync(PortalDbContext db, Guid organizationId, IReadOnlyList<(Guid Id, long? Index, int RetentionDays)> told, CancellationToken cancellationToken)
    {
        if (told.Count == 0) return [];
        var entries = new Dictionary<Guid, AuditEntry>(told.Count);
        var missing = new List<Guid>();
        foreach (var (id, _, _) in told)
        {
            if (recent.Find(organizationId, id) is { } known) entries[id] = known;
            else missing.Add(id);
        }

        var classes = told.Select(t => t.RetentionDays).Distinct().ToArray();
        foreach (var ids in missing.Chunk(EntriesAtOnce))
        {
            foreach (var entry in await db.Set<AuditEntry>().AsNoTracking().Where(e => e.OrganizationId == organizationId && ids.Contains(e.Id) && classes.Contains(e.RetentionDays)).ToListAsync(cancellationToken))
            {
                entries[entry.Id] = entry;
                // A bulk load would only push the others out.
                if (missing.Count <= MostKept) recent.Add(entry);
            }
        }

        return await OpenAsync(db, [.. told.Where(t => entries.ContainsKey(t.Id)).Select(t => (entries[t.Id], t.Index))], cancellationToken);
    }

    /// <summary>Entries with a place.</summary>
    internal static async Task<long> SizeAsync(PortalDbContext db, Guid organizationId, CancellationToken cancellationToken) =>
        await Leaves(db, organizationId).OrderByDescending(l => l.Index).Select(l => (long?)l.Index).FirstOrDefaultAsync(cancellationToken) + 1 ?? 0;

    /// <summary>The entry by its id, its place looked up; null where there is none.</summary>
    internal async Task<AuditEntryRow?> FindAsync(PortalDbContext db, Guid organizationId, Guid entryId, CancellationToken cancellationToken)
    {
        var entry = await db.Set<AuditEntry>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == entryId && e.OrganizationId == organizationId, cancellationToken);
        if (entry is null) return null;
        var index = await Leaves(db, organizationId).Where(l => l.EntryId == entryId).Select(l => (long?)l.Index).SingleOrDefaultAsync(cancellationToken);
        return (await OpenAsync(db, [(entry, index)], cancellationToken))[0];
    }

    /// <summary>The outside event as it came, byte for byte; null where the entry has none or its person was erased.</summary>
    internal async Task<byte[]?> OriginalAsync(PortalDbContext db, Guid organizationId, Guid entryId, CancellationToken cancellationToken)
    {
        var part = await db.Set<AuditEntry>().AsNoTracking().Where(e => e.Id == entryId && e.OrganizationId == organizationId).Select(e => new { e.OriginalKeyId, e.OriginalSealed }).SingleOrDefaultAsync(cancellationToken);
        if (part is not { OriginalKeyId: { } keyId, OriginalSealed: { } bytes }) return null;
        var keys = await persons.OpenAsync(db, [keyId], cancellationToken);
        return keys[keyId]?.Open(entryId, AuditPart.Original, bytes);
    }

    /// <summary>Opens entries as far as the persons' keys exist.</summary>
    internal async Task<IReadOnlyList<AuditEntryRow>> OpenAsync(PortalDbContext db, IReadOnlyList<(AuditEntry Entry, long? Index)> entries, CancellationToken cancellationToken)
    {
        var keys = await persons.OpenAsync(db, entries.SelectMany(e => new[] { e.Entry.ActorKeyId, e.Entry.SubjectKeyId }).OfType<Guid>(), cancellationToken);
        var rows = new List<AuditEntryRow>(entries.Count);
        foreach (var (entry, index) in entries)
        {
            var actor = Open(keys, entry.Id, AuditPart.Actor, entry.ActorKeyId, entry.ActorSealed);
            var subject = Open(keys, entry.Id, AuditPart.Subject, entry.SubjectKeyId, entry.SubjectSealed);
            var erased = (entry.ActorKeyId is not null && actor is null) || (entry.SubjectKeyId is not null && subject is null);
            rows.Add(AuditEntryRow.Of(entry, actor is null ? null : AuditSealer.ReadActor(actor), subject is null ? null : AuditSealer.ReadSubject(subject), erased, index));
        }

        return rows;
    }

    private static byte[]? Open(IReadOnlyDictionary<Guid, PersonKey?> keys, Guid entryId, AuditPart part, Guid? keyId, byte[]? bytes) =>
        keyId is { } id && bytes is not null ? keys[id]?.Open(entryId, part, bytes) : null;

    private static IQueryable<AuditLeaf> Leaves(PortalDbContext db, Guid organizationId) => db.Set<AuditLeaf>().AsNoTracking().Where(l => l.OrganizationId == organizationId);
}
