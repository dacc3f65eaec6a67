using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Policies;

/// <summary>The strictest of what a person's organizations ask.</summary>
/// <param name="LifetimeHours">Null = the portal's own.</param>
/// <param name="IdleMinutes">Null = the portal's own.</param>
/// <param name="MfaFromUtc">From when on they sign in with a second factor only; null = nobody asks.</param>
internal sealed record SessionRule(int? LifetimeHours, int? IdleMinutes, DateTime? MfaFromUtc);

/// <summary>Reads the session policies that concern people. Runs on the platform's context, beside accounts and sessions.</summary>
internal static class SessionRules
{
    public static async Task<SessionRule> OfAsync(PortalDbContext db, Guid userId, CancellationToken cancellationToken)
    {
        var policies = await db.Set<Member>().Where(m => m.UserId == userId && m.IsActive)
            .Join(db.Set<SessionPolicy>(), m => m.OrganizationId, p => p.OrganizationId, (m, p) => new { p.OrganizationId, p.LifetimeHours, p.IdleMinutes, p.MfaFor, p.MfaSinceUtc, p.GraceDays, m.JoinedAtUtc })
            .ToListAsync(cancellationToken);
        if (policies.Count == 0) return new SessionRule(null, null, null);
        HashSet<Guid?> administered = policies.Exists(p => p.MfaFor == MfaRule.Admins)
            ? [.. (await SessionDirectory.GrantsAsync(db, userId, cancellationToken)).Where(g => g.Role == BuiltInRoles.OrgAdmin).Select(g => g.OrganizationId)]
            : [];
        var asked = policies.Where(p => p.MfaFor == MfaRule.Everybody || (p.MfaFor == MfaRule.Admins && administered.Contains(p.OrganizationId)))
            .Select(p => (p.MfaSinceUtc is { } since && since > p.JoinedAtUtc ? since : p.JoinedAtUtc).AddDays(p.GraceDays)).ToList();
        return new SessionRule(policies.Min(p => p.LifetimeHours), policies.Min(p => p.IdleMinutes), asked.Count == 0 ? null : asked.Min());
    }

    /// <summary>What is missing after a right password.</summary>
    public static async Task<SignInNeed> NeedAsync(PortalDbContext db, Guid userId, DateTime nowUtc, CancellationToken cancellationToken)
    {
        if (await SecondFactors.HasAnyAsync(db, userId, cancellationToken)) return SignInNeed.SecondFactor;
        var rule = await OfAsync(db, userId, cancellationToken);
        return rule.MfaFromUtc is { } from && from <= nowUtc ? SignInNeed.Enrol : SignInNeed.None;
    }

    /// <summary>Those of the sessions that a policy ends: too old or idle for too long. The portal's own limits are checked elsewhere.</summary>
    public static async Task<IReadOnlySet<Guid>> EndedAsync(PortalDbContext db, IReadOnlyCollection<SessionAge> sessions, DateTime nowUtc, CancellationToken cancellationToken)
    {
        var users = sessions.Select(s => s.UserId).Distinct().ToList();
        var limits = (await db.Set<Member>().Where(m => users.Contains(m.UserId) && m.IsActive)
            .Join(db.Set<SessionPolicy>().Where(p => p.LifetimeHours != null || p.IdleMinutes != null), m => m.OrganizationId, p => p.OrganizationId, (m, p) => new { m.UserId, p.LifetimeHours, p.IdleMinutes })
            .ToListAsync(cancellationToken)).ToLookup(l => l.UserId);
        return sessions.Where(s => limits[s.UserId].Any(l =>
            (l.LifetimeHours is { } hours && s.CreatedAtUtc.AddHours(hours) <= nowUtc) || (l.IdleMinutes is { } minutes && s.LastSeenAtUtc.AddMinutes(minutes) <= nowUtc))).Select(s => s.Id).ToHashSet();
    }
}

/// <summary>When a session began and was last used.</summary>
internal sealed record SessionAge(Guid Id, Guid UserId, DateTime CreatedAtUtc, DateTime LastSeenAtUtc);
