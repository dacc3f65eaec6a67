using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Reads;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Simulation;

/// <summary>What became of it.</summary>
internal enum PastOutcome
{
    Done,

    /// <summary>Access was given, but the change was refused for another reason.</summary>
    Failed,

    /// <summary>Access was refused.</summary>
    Refused,
}

/// <summary>What somebody did with a permission at a place on one day.</summary>
/// <param name="Scope">At which kind of place the grant held that allowed it, as the entry says; null for reads.</param>
/// <param name="LastAtUtc">Of reads, noon of the day: they are counted by day.</param>
internal sealed record PastUse(Guid ActorId, Permission Permission, Guid? PlaceId, string? Scope, PastOutcome Outcome, long Times, DateTime LastAtUtc);

/// <summary>What was replayed of one source.</summary>
/// <param name="Count">Audit entries, or reads as counted.</param>
/// <param name="FromUtc">The oldest that could be replayed: the start of the period, or what the log still holds; null = nothing is held.</param>
/// <param name="More">There was more than is replayed at once: the newest were taken.</param>
public sealed record ReplayedData(long Count, DateTime? FromUtc, DateTime ToUtc, bool More);

/// <summary>Reads back what a number of identities did: their audit entries with a permission and the counters of ordinary reads.</summary>
internal static class PastUses
{
    public const int MaxEntries = 50_000;
    public const int MaxCounters = 50_000;

    public static async Task<(List<PastUse> Uses, ReplayedData Data)> OfEntriesAsync(ReadScope scope, IReadOnlyList<Guid> actors, DateTime fromUtc, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        var rows = await db.Set<AuditEntry>().AsNoTracking()
            .Where(e => e.OrganizationId == org && e.Source == "portal" && e.Permission != null && e.OccurredAtUtc >= fromUtc && actors.Contains(e.UserId))
            .OrderByDescending(e => e.Position).Take(MaxEntries + 1)
            .Select(e => new { e.UserId, e.Permission, e.WorkspaceId, e.ResourceKind, e.ResourceId, e.Scope, e.Status, e.OccurredAtUtc }).ToListAsync(cancellationToken);
        var more = rows.Count > MaxEntries;
        if (more) rows.RemoveAt(MaxEntries);
        var held = await db.Set<AuditEntry>().AsNoTracking().Where(e => e.OrganizationId == org && e.Source == "portal").OrderBy(e => e.Position).Select(e => (DateTime?)e.OccurredAtUtc).FirstOrDefaultAsync(cancellationToken);
        var uses = rows.Where(r => TryRead(r.Permission, out _))
            .GroupBy(r => (r.UserId, r.Permission, Place: r.WorkspaceId ?? PlaceOf(r.ResourceKind, r.ResourceId), r.Scope, Outcome: r.Status == AuditStatus.Success ? PastOutcome.Done : r.Scope == "none" ? PastOutcome.Refused : PastOutcome.Failed, r.OccurredAtUtc.Date))
            .Select(g => new PastUse(g.Key.UserId, Read(g.Key.Permission), g.Key.Place, g.Key.Scope, g.Key.Outcome, g.Count(), g.Max(r => r.OccurredAtUtc))).ToList();
        var from = more ? rows[^1].OccurredAtUtc : Later(held, fromUtc);
        return (uses, new ReplayedData(rows.Count, from, scope.NowUtc, more));
    }

    public static async Task<(List<PastUse> Uses, ReplayedData Data)> OfReadsAsync(ReadScope scope, IReadOnlyList<Guid> actors, DateTime fromUtc, CancellationToken cancellationToken)
    {
        var (db, org, first) = (scope.Db, scope.OrganizationId, DateOnly.FromDateTime(fromUtc));
        var rows = await db.Set<ReadCount>().AsNoTracking().Where(c => c.OrganizationId == org && c.Day >= first && actors.Contains(c.UserId))
            .OrderByDescending(c => c.Day).ThenBy(c => c.UserId).ThenBy(c => c.Permission).ThenBy(c => c.ScopeId).Take(MaxCounters + 1).ToListAsync(cancellationToken);
        var more = rows.Count > MaxCounters;
        if (more) rows.RemoveAt(MaxCounters);
        var held = await db.Set<ReadCount>().AsNoTracking().Where(c => c.OrganizationId == org).OrderBy(c => c.Day).Select(c => (DateOnly?)c.Day).FirstOrDefaultAsync(cancellationToken);
        var uses = rows.Where(r => TryRead(r.Permission, out _))
            .Select(r => new PastUse(r.UserId, Read(r.Permission), r.ScopeId == Guid.Empty ? null : r.ScopeId, null, PastOutcome.Done, r.Reads, Earlier(Noon(r.Day), scope.NowUtc))).ToList();
        var from = more ? Start(rows[^1].Day) : Later(held is { } day ? Start(day) : null, fromUtc);
        return (uses, new ReplayedData(rows.Sum(r => r.Reads), from, scope.NowUtc, more));
    }

    // A change of a place names it as its resource.
    private static Guid? PlaceOf(string kind, string? id) => kind is "workspace" or "project" or "businessUnit" && Guid.TryParseExact(id, "D", out var place) ? place : null;

    private static bool TryRead(string? text, out Permission permission)
    {
        permission = text?.Split(':') is [{ Length: > 0 } area, { Length: > 0 } verb] ? new Permission(area, verb) : default;
        return permission != default;
    }

    private static Permission Read(string? text) => TryRead(text, out var permission) ? permission : throw new InvalidOperationException("Only readable permissions are grouped.");

    private static DateTime Start(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    private static DateTime Noon(DateOnly day) => Start(day).AddHours(12);

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    private static DateTime? Later(DateTime? held, DateTime from) => held is { } known && known > from ? known : held is null ? null : from;
}
