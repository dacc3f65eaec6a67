using System.Security.Cryptography;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>What a rotation did.</summary>
/// <param name="Rewrapped">Keys that were under a previous master key.</param>
/// <param name="Current">Keys that were under the current one already.</param>
public sealed record AuditKeyRotationResult(long Rewrapped, long Current);

/// <summary>
/// Wraps person after person anew, page by page: a run that was stopped goes on with what is left. A key that is erased meanwhile stays erased, since a row is changed only where it still
/// holds what was read.
/// </summary>
internal sealed class AuditKeyRotationJob(PortalDatabase database, AuditMasterKey master) : IJobHandler
{
    public const string Kind = "auditKeyRotation";
    private const int PageRows = 500;

    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        var (rewrapped, current, foreign, seen) = (0L, 0L, 0L, 0L);
        var all = await database.ReadAsync(DataScope.Platform, db => Wrapped(db).LongCountAsync(cancellationToken), cancellationToken);
        Guid? after = null;
        while (true)
        {
            await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
            var page = await Page(open.Db, after).ToListAsync(cancellationToken);
            if (page.Count == 0) break;
            foreach (var person in page)
            {
                if (person.WrappedKey is not { } wrapped) continue;
                byte[] key;
                bool isCurrent;
                try
                {
                    key = master.Unwrap(person.Id, wrapped, out isCurrent);
                }
                catch (CryptographicException)
                {
                    foreign++;
                    continue;
                }

                if (isCurrent) current++;
                else rewrapped += await ReplaceAsync(open.Db, person.Id, wrapped, master.Wrap(person.Id, key), cancellationToken);
                CryptographicOperations.ZeroMemory(key);
            }

            await open.CommitAsync(cancellationToken);
            after = page[^1].Id;
            await context.ReportAsync(Math.Min(1, (double)(seen += page.Count) / Math.Max(1, all)));
        }

        return foreign == 0
            ? new JobOutcome(JobState.Succeeded, new AuditKeyRotationResult(rewrapped, current))
            : JobOutcome.Failed("audit.masterKey.foreign", $"{foreign} keys of persons are under a master key that is not known here; {rewrapped} were wrapped anew. Set that key as a previous one as well, restart, and run the rotation again.");
    }

    private static IQueryable<AuditPerson> Wrapped(PortalDbContext db) => db.Set<AuditPerson>().AsNoTracking().Where(p => p.WrappedKey != null);

    /// <summary>In the database's own order of ids, whatever that is.</summary>
    internal static IQueryable<AuditPerson> Page(PortalDbContext db, Guid? after) =>
        (after is { } id ? Wrapped(db).Where(p => p.Id > id) : Wrapped(db)).OrderBy(p => p.Id).Take(PageRows);

    private static Task<int> ReplaceAsync(PortalDbContext db, Guid id, byte[] old, byte[] wrapped, CancellationToken cancellationToken) =>
#pragma warning disable RS0030 // The same key in another wrapping: nothing that a person changed, and the job itself is an entry.
        db.Set<AuditPerson>().Where(p => p.Id == id && p.WrappedKey == old).ExecuteUpdateAsync(u => u.SetProperty(p => p.WrappedKey, wrapped), cancellationToken);
#pragma warning restore RS0030
}
