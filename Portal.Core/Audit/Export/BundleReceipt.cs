using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Export;

/// <summary>That retention removed entries of a stretch of the log: what the removal wrote in its own transaction. Without it a removed entry is a missing one.</summary>
/// <param name="RetentionDays">The class whose entries went.</param>
/// <param name="MonthUtc">The first day of the month whose entries went.</param>
/// <param name="From">The stretch, which may also hold entries of other classes.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Entries">How many went.</param>
/// <param name="ArchiveSha256">Of the archive that they went to.</param>
/// <param name="Checkpoint">The newest signed note before the removal; it covers the stretch.</param>
public sealed record BundleReceipt(Guid Id, int RetentionDays, DateTime MonthUtc, long From, long To, long Entries, byte[] ArchiveSha256, string Checkpoint, DateTime RemovedAtUtc)
{
    /// <summary>Those of all removals that reached into the range, in the order in which they were made.</summary>
    public static Task<List<BundleReceipt>> ReadAsync(PortalDbContext db, Guid organizationId, long from, long to, CancellationToken cancellationToken) => db.Set<AuditExpiry>().AsNoTracking()
        .Where(e => e.OrganizationId == organizationId && e.ToIndex > from && e.FromIndex < to).OrderBy(e => e.RemovedAtUtc).ThenBy(e => e.Id)
        .Select(e => new BundleReceipt(e.Id, e.RetentionDays, e.MonthUtc, e.FromIndex, e.ToIndex, e.Entries, e.ArchiveSha256, e.CheckpointBefore, e.RemovedAtUtc)).ToListAsync(cancellationToken);
}
