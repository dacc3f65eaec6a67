using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Entry;

/// <summary>
/// What a session carries of its person's grants. One that an organization's provider vouched for carries that organization's alone, never the platform's: no provider can open another organization's door.
/// One of a local account carries nothing of organizations that enforce single sign-on for the person. One of a break-glass code is an administrator of its organization.
/// </summary>
internal static class SsoSessionGrants
{
    /// <param name="openedAtUtc">When the session was opened: what was enforced later does not cut into it.</param>
    public static async Task<List<Grant>> NarrowAsync(PortalDbContext db, Guid userId, string method, Guid? connectionId, DateTime openedAtUtc, List<Grant> grants, CancellationToken cancellationToken)
    {
        if (method == SignInMethods.BreakGlass)
        {
            var broken = await db.Set<BreakGlass>().Where(b => b.UserId == userId).Select(b => (Guid?)b.OrganizationId).SingleOrDefaultAsync(cancellationToken);
            return broken is { } at ? [new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, at)] : [];
        }

        if (connectionId is { } id)
        {
            var org = await db.Set<SsoConnection>().Where(c => c.Id == id && c.IsEnabled).Select(c => (Guid?)c.OrganizationId).SingleOrDefaultAsync(cancellationToken);
            return [.. grants.Where(g => g.Scope != GrantScope.Platform && org is not null && g.OrganizationId == org)];
        }

        // Whoever keeps the platform running is not locked out by one of its organizations.
        if (grants.Exists(g => g.Scope == GrantScope.Platform)) return grants;
        var closed = await EnforcingAsync(db, userId, openedAtUtc, cancellationToken);
        return closed.Count == 0 ? grants : [.. grants.Where(g => g.OrganizationId is not { } org || !closed.Contains(org))];
    }

    private static async Task<HashSet<Guid>> EnforcingAsync(PortalDbContext db, Guid userId, DateTime openedAtUtc, CancellationToken cancellationToken)
    {
        var rows = await db.Set<Member>().Where(m => m.UserId == userId && m.IsActive)
            .Join(db.Set<SsoConnection>().Where(c => c.IsEnabled && c.Enforcement != SsoEnforcement.Off && c.EnforcedAtUtc <= openedAtUtc), m => m.OrganizationId, c => c.OrganizationId, (m, c) => new { m.OrganizationId, m.UserName, c.Enforcement })
            .ToListAsync(cancellationToken);
        var closed = new HashSet<Guid>();
        foreach (var row in rows)
        {
            if (row.Enforcement == SsoEnforcement.Enforced) closed.Add(row.OrganizationId);
            else if (SsoDomainName.OfAddress(row.UserName) is { } domain && await db.Set<SsoDomain>().AnyAsync(d => d.OrganizationId == row.OrganizationId && d.VerifiedName == domain, cancellationToken)) closed.Add(row.OrganizationId);
        }

        return closed;
    }

    /// <summary>The grants of a stored actor, no wider than where it reached when it was stored.</summary>
    public static List<Grant> Within(IReadOnlyList<Grant> stored, List<Grant> now) =>
        [.. now.Where(g => stored.Any(s => s.Scope == GrantScope.Platform || (g.Scope != GrantScope.Platform && s.OrganizationId == g.OrganizationId)))];
}

/// <summary>Local accounts under enforcement: the password may be right and still opens nothing.</summary>
internal static class LocalSignIn
{
    public static Problem Refusal { get; } = new(ProblemKind.Unauthenticated, "signIn.sso", "Your organization signs in through its identity provider. Use single sign-on.");

    /// <summary>True where nothing is left that a local sign-in could open. Asked once the password was right, so that a stranger learns nothing.</summary>
    public static async Task<bool> IsClosedAsync(PortalDatabase database, Guid userId, List<Grant> grants, DateTime nowUtc, CancellationToken cancellationToken) =>
        (await database.ReadAsync(DataScope.Platform, db => SsoSessionGrants.NarrowAsync(db, userId, SignInMethods.Password, null, nowUtc, grants, cancellationToken), cancellationToken)).Count == 0;
}

/// <summary>Leaves the audit entry of a password that was right where single sign-on is enforced.</summary>
internal sealed record RefuseLocalSignIn(Guid UserId, string UserName, Guid? HomeOrganizationId) : Command<Done>
{
    public override string Action => "session.signIn";

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override string? OrganizationKey => HomeOrganizationId?.ToString();

    public override Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        scope.Audit("user", UserId, UserName);
        return Task.FromResult<Result<Done>>(new Problem(ProblemKind.Unauthenticated, LocalSignIn.Refusal.Code, "single sign-on is enforced"));
    }
}
