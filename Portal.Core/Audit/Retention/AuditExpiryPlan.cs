using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>A month of one class whose entries reached their horizon.</summary>
/// <param name="Entries">Would go.</param>
/// <param name="Held">A hold keeps them.</param>
public sealed record ExpiryPart(int RetentionDays, DateTime MonthUtc, long Entries, long Held);

/// <summary>What an expiry would remove now; the dry run and the job ask the same.</summary>
internal static class AuditExpiryPlan
{
    public static async Task<IReadOnlyList<ExpiryPart>> ReadAsync(PortalDbContext db, Guid organizationId, DateTime nowUtc, CancellationToken cancellationToken)
    {
        var parts = new List<ExpiryPart>();
        foreach (var days in RetentionClass.All.Where(d => d != RetentionClass.Forever))
        {
            var oldest = await db.Set<AuditEntry>().AsNoTracking().Where(e => e.OrganizationId == organizationId && e.RetentionDays == days).MinAsync(e => (DateTime?)e.RecordedAtUtc, cancellationToken);
            if (oldest is not { } first) continue;
            for (var month = MonthOf(first); month.AddMonths(1) <= nowUtc.AddDays(-days); month = month.AddMonths(1))
            {
                var all = await Entries(db, organizationId, days, month).LongCountAsync(cancellationToken);
                if (all == 0) continue;
                var held = await Held(db, organizationId, days, month).LongCountAsync(cancellationToken);
                parts.Add(new ExpiryPart(days, month, all - held, held));
            }
        }

        return parts;
    }

    /// <summary>The entries of a class that were written in the month, by their time-ordered ids.</summary>
    public static IQueryable<AuditEntry> Entries(PortalDbContext db, Guid organizationId, int days, DateTime month)
    {
        var end = month.AddMonths(1);
        var own = db.Set<AuditEntry>().AsNoTracking().Where(e => e.OrganizationId == organizationId && e.RetentionDays == days);
        // SQL Server orders ids by their last bytes; there the time itself is the range.
        if (!db.Database.IsNpgsql()) return own.Where(e => e.RecordedAtUtc >= month && e.RecordedAtUtc < end);
        var (low, high) = (Ids.First(month), Ids.First(end));
        return own.Where(e => e.Id >= low && e.Id < high);
    }

    public static IQueryable<AuditEntry> Held(PortalDbContext db, Guid organizationId, int days, DateTime month) =>
        Entries(db, organizationId, days, month).Where(e => db.Set<AuditHold>().Any(h => h.OrganizationId == e.OrganizationId && h.ReleasedAtUtc == null
            && (h.FromUtc == null || e.RecordedAtUtc >= h.FromUtc) && (h.ToUtc == null || e.RecordedAtUtc < h.ToUtc)
            && (h.UserId == null || e.UserId == h.UserId) && (h.WorkspaceId == null || e.WorkspaceId == h.WorkspaceId)));

    private static DateTime MonthOf(DateTime time) => new(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc);
}
