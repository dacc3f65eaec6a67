using System.Collections.Concurrent;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>The class of new entries by organization: the plan's, or what the organization's policy makes of it. Kept for a moment, because every entry needs it.</summary>
public sealed class AuditRetention(PortalDatabase database, OrganizationDirectory organizations, TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<Guid, (int Days, long At)> _known = new();

    /// <returns>A class of <see cref="RetentionClass.All"/>, in days; 0 = for good.</returns>
    public async ValueTask<int> OfAsync(Guid organizationId, CancellationToken cancellationToken)
    {
        if (organizationId == Guid.Empty) return RetentionClass.Longest;
        if (_known.TryGetValue(organizationId, out var known) && clock.GetElapsedTime(known.At) < Kept) return known.Days;
        if (await organizations.FindAsync(organizationId.ToString("D"), cancellationToken) is not { } tenant) return RetentionClass.Longest;
        var policy = await database.ReadAsync(
            DataScope.Platform, db => db.Set<AuditRetentionPolicy>().Where(p => p.OrganizationId == organizationId).Select(p => new { p.KeepDays, p.FloorDays }).SingleOrDefaultAsync(cancellationToken), cancellationToken);
        var days = Effective(tenant.Plan, policy?.KeepDays, policy?.FloorDays);
        if (_known.Count > 10_000) _known.Clear();
        _known[organizationId] = (days, clock.GetTimestamp());
        return days;
    }

    /// <summary>What <see cref="OfAsync"/> found last; an organization that is only being made is kept longest.</summary>
    internal int Known(Guid organizationId) => _known.TryGetValue(organizationId, out var known) ? known.Days : RetentionClass.Longest;

    internal void Forget(Guid organizationId) => _known.TryRemove(organizationId, out _);

    /// <summary>What counts: the organization's own wish or else the plan, but never less than a rule demands.</summary>
    public static int Effective(string plan, int? keepDays, int? floorDays)
    {
        var wanted = keepDays ?? RetentionClass.OfPlan(plan);
        if (wanted == RetentionClass.Forever || floorDays == RetentionClass.Forever) return RetentionClass.Forever;
        return RetentionClass.AtLeast(Math.Max(wanted, floorDays ?? 0));
    }
}
