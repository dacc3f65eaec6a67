using System.Collections.Concurrent;
using System.Security.Cryptography;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>
/// The keys of persons, found or made inside the caller's transaction, so that an entry and the key it needs commit together. Keys that the database is known to
/// hold are kept for a minute; an erasure reaches every replica within it.
/// </summary>
public sealed class AuditPersons(AuditMasterKey master, TimeProvider clock)
{
    private const int MaxKept = 50_000;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(Guid Organization, string Reference), (PersonKey Key, long At)> _byReference = new();
    private readonly ConcurrentDictionary<Guid, (PersonKey? Key, long At)> _byId = new();

    /// <summary>Whether the master key is the one this database was written with; true where nothing was sealed yet.</summary>
    public async Task<bool> FitsAsync(PortalDatabase database, CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: false, cancellationToken);
        var wrapped = open.Db.Set<AuditPerson>().Where(p => p.WrappedKey != null);
        // A rotation that was not finished before the old key was taken away is found by the oldest, a foreign key by both.
        var oldest = await wrapped.OrderBy(p => p.CreatedAtUtc).ThenBy(p => p.Id).Select(p => new { p.Id, p.WrappedKey }).FirstOrDefaultAsync(cancellationToken);
        var newest = await wrapped.OrderByDescending(p => p.CreatedAtUtc).ThenByDescending(p => p.Id).Select(p => new { p.Id, p.WrappedKey }).FirstOrDefaultAsync(cancellationToken);
        try
        {
            foreach (var person in new[] { oldest, newest })
            {
                if (person is not null) CryptographicOperations.ZeroMemory(master.Unwrap(person.Id, person.WrappedKey));
            }

            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    internal bool Knows(Guid organizationId, string reference) => KeptOf(organizationId, reference) is not null;

    /// <summary>The person's key for writing; a new one is added to the context where there is none, to be saved with the entry.</summary>
    internal async ValueTask<PersonKey> ForAsync(PortalDbContext db, Guid organizationId, string reference, CancellationToken cancellationToken)
    {
        if (KeptOf(organizationId, reference) is { } known) return known;
        if (db.ChangeTracker.Entries<AuditPerson>().FirstOrDefault(e => e.Entity.OrganizationId == organizationId && e.Entity.Reference == reference && e.Entity.WrappedKey is not null)?.Entity is { WrappedKey: { } own } tracked)
            return new PersonKey(tracked.Id, master.Unwrap(tracked.Id, own));
        var found = await db.Set<AuditPerson>().AsNoTracking().Where(s => s.OrganizationId == organizationId && s.Reference == reference && s.ErasedAtUtc == null)
            .Select(s => new { s.Id, s.WrappedKey }).SingleOrDefaultAsync(cancellationToken);
        if (found is { WrappedKey: { } wrapped })
        {
            var key = new PersonKey(found.Id, master.Unwrap(found.Id, wrapped));
            Keep(organizationId, reference, key);
            return key;
        }

        var (subject, made) = Make(organizationId, reference);
        db.Add(subject);
        return made;
    }

    /// <summary>
    /// The keys of many persons for a bulk load, made and committed ahead of it where they are missing. Duplicates are one.
    /// </summary>
    internal async Task<IReadOnlyDictionary<string, PersonKey>> ForManyAsync(PortalDatabase database, Guid organizationId, IEnumerable<string> references, CancellationToken cancellationToken)
    {
        var keys = new Dictionary<string, PersonKey>(StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var reference in references.Distinct(StringComparer.Ordinal))
        {
            if (KeptOf(organizationId, reference) is { } known) keys[reference] = known;
            else missing.Add(reference);
        }

        foreach (var chunk in missing.Chunk(1000))
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await FindOrMakeAsync(database, organizationId, chunk, keys, cancellationToken);
                    break;
                }
                catch (DbUpdateException e) when (attempt < 4 && database.Engine.IsUniqueViolation(e))
                {
                    // Another load met the same person at the same moment; its key is found now.
                }
            }
        }

        return keys;
    }

    /// <summary>The keys for reading; an erased one is null.</summary>
    internal async Task<IReadOnlyDictionary<Guid, PersonKey?>> OpenAsync(PortalDbContext db, IEnumerable<Guid> keyIds, CancellationToken cancellationToken)
    {
        var keys = new Dictionary<Guid, PersonKey?>();
        var missing = new List<Guid>();
        foreach (var id in keyIds.Distinct())
        {
            if (_byId.TryGetValue(id, out var known) && clock.GetElapsedTime(known.At) < Kept) keys[id] = known.Key;
            else missing.Add(id);
        }

        foreach (var chunk in missing.Chunk(1000))
        {
            var found = await db.Set<AuditPerson>().AsNoTracking().Where(s => chunk.Contains(s.Id)).Select(s => new { s.Id, s.WrappedKey }).ToListAsync(cancellationToken);
            foreach (var subject in found)
            {
                var key = subject.WrappedKey is { } wrapped ? new PersonKey(subject.Id, master.Unwrap(subject.Id, wrapped)) : null;
                keys[subject.Id] = key;
                if (_byId.Count > MaxKept) _byId.Clear();
                _byId[subject.Id] = (key, clock.GetTimestamp());
            }

            foreach (var id in chunk) keys.TryAdd(id, null);
        }

        return keys;
    }

    /// <summary>Drops what is kept of an erased key on this replica.</summary>
    internal void Forget(Guid organizationId, string reference, Guid keyId)
    {
        _byReference.TryRemove((organizationId, reference), out _);
        _byId.TryRemove(keyId, out _);
    }

    private async Task FindOrMakeAsync(PortalDatabase database, Guid organizationId, string[] references, Dictionary<string, PersonKey> keys, CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.OfOwner(organizationId), forWriting: true, cancellationToken);
        var found = await open.Db.Set<AuditPerson>().AsNoTracking().Where(s => s.OrganizationId == organizationId && s.ErasedAtUtc == null && references.Contains(s.Reference))
            .Select(s => new { s.Id, s.Reference, s.WrappedKey }).ToListAsync(cancellationToken);
        var known = new Dictionary<string, PersonKey>(StringComparer.Ordinal);
        foreach (var subject in found)
        {
            if (subject.WrappedKey is { } wrapped) known[subject.Reference] = new PersonKey(subject.Id, master.Unwrap(subject.Id, wrapped));
        }

        foreach (var reference in references.Where(r => !known.ContainsKey(r)))
        {
            var (subject, key) = Make(organizationId, reference);
            open.Db.Add(subject);
            known[reference] = key;
        }

#pragma warning disable RS0030 // Keys of persons are part of the audit log's own writing.
        await open.Db.SaveChangesAsync(cancellationToken);
#pragma warning restore RS0030
        await open.CommitAsync(cancellationToken);
        foreach (var (reference, key) in known)
        {
            keys[reference] = key;
            Keep(organizationId, reference, key);
        }
    }

    private (AuditPerson Subject, PersonKey Key) Make(Guid organizationId, string reference)
    {
        var id = Ids.New();
        var bytes = RandomNumberGenerator.GetBytes(32);
        return (AuditPerson.Of(organizationId, reference, id, master.Wrap(id, bytes), clock.GetUtcNow().UtcDateTime), new PersonKey(id, bytes));
    }

    private PersonKey? KeptOf(Guid organizationId, string reference) =>
        _byReference.TryGetValue((organizationId, reference), out var known) && clock.GetElapsedTime(known.At) < Kept ? known.Key : null;

    private void Keep(Guid organizationId, string reference, PersonKey key)
    {
        if (_byReference.Count > MaxKept) _byReference.Clear();
        _byReference[(organizationId, reference)] = (key, clock.GetTimestamp());
    }
}
