using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Reads;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>
/// When somebody last did, at a binding's place, something that its role carries: from the counts of reads and the audit entries of the person and of their tokens.
/// Another role may have allowed the same, so it says that the access is in use, not that nothing else would do.
/// </summary>
internal sealed class LastUse
{
    /// <summary>What is older counts as no use.</summary>
    public const int LookBackDays = 180;

    private const int Chunk = 500;
    private readonly ILookup<Guid, Use> _uses;

    private LastUse(IEnumerable<Use> uses) => _uses = uses.ToLookup(u => u.User);

    public static async Task<LastUse> LoadAsync(ReadScope scope, IReadOnlyCollection<Guid> users, CancellationToken cancellationToken)
    {
        var (db, org, since) = (scope.Db, scope.OrganizationId, scope.NowUtc.AddDays(-LookBackDays));
        var day = DateOnly.FromDateTime(since);
        var uses = new List<Use>();
        foreach (var some in users.Distinct().Chunk(Chunk))
        {
            var ids = some.ToList();
            var tokens = await db.Set<ApiToken>().Where(t => t.OrganizationId == org && t.OwnerUserId != null && ids.Contains(t.OwnerUserId.Value)).Select(t => new { t.Id, t.OwnerUserId }).ToDictionaryAsync(t => t.Id, t => t.OwnerUserId ?? Guid.Empty, cancellationToken);
            ids.AddRange(tokens.Keys);
            var reads = await db.Set<ReadCount>().Where(c => c.OrganizationId == org && c.Day >= day && ids.Contains(c.UserId))
                .GroupBy(c => new { c.UserId, c.Permission, c.ScopeId }).Select(g => new { g.Key.UserId, g.Key.Permission, g.Key.ScopeId, Day = g.Max(c => c.Day) }).ToListAsync(cancellationToken);
            uses.AddRange(reads.Select(r => new Use(tokens.GetValueOrDefault(r.UserId, r.UserId), r.Permission, r.ScopeId, r.Day)));
            var writes = await db.Set<AuditEntry>().Where(e => e.OrganizationId == org && e.RecordedAtUtc >= since && e.Source == "portal" && e.Status == AuditStatus.Success && e.Permission != null && ids.Contains(e.UserId))
                .GroupBy(e => new { e.UserId, e.Permission, e.WorkspaceId }).Select(g => new { g.Key.UserId, g.Key.Permission, g.Key.WorkspaceId, At = g.Max(e => e.OccurredAtUtc) }).ToListAsync(cancellationToken);
            uses.AddRange(writes.Select(w => new Use(tokens.GetValueOrDefault(w.UserId, w.UserId), w.Permission ?? "", w.WorkspaceId ?? Guid.Empty, DateOnly.FromDateTime(w.At))));
        }

        return new LastUse(uses);
    }

    /// <param name="holders">Who acts by the binding.</param>
    /// <param name="within">The place and all below it; null = the whole organization.</param>
    public DateOnly? Of(IEnumerable<Guid> holders, Role role, IReadOnlySet<Guid>? within)
    {
        DateOnly? last = null;
        foreach (var use in holders.SelectMany(h => _uses[h]))
            if ((last is null || use.On > last) && (within is null || within.Contains(use.Place)) && use.Permission.Split(':') is [var area, var verb] && role.Allows(new Permission(area, verb))) last = use.On;
        return last;
    }

    /// <param name="Place"><see cref="Guid.Empty"/>: the organization as a whole.</param>
    private sealed record Use(Guid User, string Permission, Guid Place, DateOnly On);
}
