using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Log;

/// <summary>Committed entries that have no place yet, in the order they were written, each read from the database.</summary>
internal static class PendingEntries
{
    public static async Task<IReadOnlyList<AuditEntryRow>> PendingAsync(this AuditLogReader reader, PortalDbContext db, Guid organizationId, CancellationToken cancellationToken)
    {
        var waiting = db.Set<AuditPending>().Where(p => p.OrganizationId == organizationId).Select(p => p.EntryId);
        var entries = await db.Set<AuditEntry>().AsNoTracking().Where(e => waiting.Contains(e.Id)).OrderBy(e => e.Id).ToListAsync(cancellationToken);
        return await reader.OpenAsync(db, entries.ConvertAll(e => (e, (long?)null)), cancellationToken);
    }
}
