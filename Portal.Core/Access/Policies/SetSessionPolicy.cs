using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Policies;

/// <summary>An organization's session policy and whom it would meet.</summary>
/// <param name="PortalLifetimeHours">What counts where the organization says nothing.</param>
/// <param name="LackingEverybody">Members with a password and without a second factor.</param>
/// <param name="LackingAdmins">The administrators among them.</param>
/// <param name="LackingNames">The first of them by name.</param>
/// <param name="Version">0 while the organization has none.</param>
public sealed record SessionPolicyView(
    int? LifetimeHours, int? IdleMinutes, MfaRule MfaFor, int GraceDays, DateTime? MfaSinceUtc, int PortalLifetimeHours, int PortalIdleMinutes,
    int LackingEverybody, int LackingAdmins, IReadOnlyList<string> LackingNames, long Version);

/// <summary>The organization's session policy.</summary>
public sealed record GetSessionPolicy(string Org) : Query<SessionPolicyView>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadSessions;

    public override bool NeedsPlatform => true;

    public override Task<Result<SessionPolicyView>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) => ViewAsync(scope, null, cancellationToken);

    internal static async Task<Result<SessionPolicyView>> ViewAsync(ReadScope scope, SessionPolicy? changed, CancellationToken cancellationToken)
    {
        const int named = 20;
        var (db, org) = (scope.Db, scope.OrganizationId);
        var options = scope.Service<IOptions<AccessOptions>>().Value;
        var policy = changed ?? await db.Set<SessionPolicy>().SingleOrDefaultAsync(p => p.OrganizationId == org, cancellationToken);
        var lacking = await db.Set<Member>().Where(m => m.OrganizationId == org && m.IsActive && db.Set<User>().Any(u => u.Id == m.UserId && u.IsActive && u.PasswordHash != null)
                && !db.Set<TotpFactor>().Any(f => f.UserId == m.UserId && f.ConfirmedAtUtc != null) && !db.Set<Passkey>().Any(p => p.UserId == m.UserId))
            .OrderBy(m => m.DisplayName).ThenBy(m => m.Id).Select(m => new { m.Id, m.UserId, m.DisplayName }).ToListAsync(cancellationToken);
        var bindings = db.Set<RoleBinding>().Where(b => b.OrganizationId == org && b.Role == BuiltInRoles.OrgAdmin && b.Scope == GrantScope.Organization);
        var people = await bindings.Where(b => b.PrincipalKind == PrincipalKind.Person).Select(b => b.PrincipalId).ToListAsync(cancellationToken);
        var ofGroups = await db.Set<Groups.GroupMember>().Where(g => g.OrganizationId == org && bindings.Any(b => b.PrincipalKind == PrincipalKind.Group && b.PrincipalId == g.GroupId)).Select(g => g.MemberId).ToListAsync(cancellationToken);
        var admins = lacking.Count(m => people.Contains(m.UserId) || ofGroups.Contains(m.Id));
        var version = policy is null ? 0 : changed is null ? policy.Version : changed.Version + 1;
        return new SessionPolicyView(
            policy?.LifetimeHours, policy?.IdleMinutes, policy?.MfaFor ?? MfaRule.Nobody, policy?.GraceDays ?? 0, policy?.MfaSinceUtc, options.SessionLifetimeHours, options.SessionIdleMinutes,
            lacking.Count, admins, [.. lacking.Take(named).Select(m => m.DisplayName)], version);
    }
}

/// <summary>
/// Sets the organization's session policy. Shorter times count at once for open sessions; a wanted second factor counts at the next sign-in after the grace, where whoever has none
/// sets one up before anything else, so that nobody is locked out.
/// </summary>
/// <param name="LifetimeHours">1 to 720, null = the portal's own.</param>
/// <param name="IdleMinutes">5 to 43,200, null = the portal's own.</param>
/// <param name="GraceDays">0 to 90.</param>
public sealed record SetSessionPolicy(string Org, int? LifetimeHours, int? IdleMinutes, MfaRule MfaFor, int GraceDays = 0, long? ExpectedVersion = null) : Command<SessionPolicyView>
{
    private const int MaxGraceDays = 90;

    public override string Action => "sessionPolicy.set";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WriteSessions;

    public override bool NeedsPlatform => true;

    public override async Task<Result<SessionPolicyView>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (LifetimeHours is < 1 or > 720) errors.Add(new FieldError("lifetimeHours", "sessionPolicy.lifetime", "lifetimeHours is a number from 1 to 720, or empty.", Args: [1, 720]));
        if (IdleMinutes is < 5 or > 43_200) errors.Add(new FieldError("idleMinutes", "sessionPolicy.idle", "idleMinutes is a number from 5 to 43200, or empty.", Args: [5, 43_200]));
        if (GraceDays is < 0 or > MaxGraceDays) errors.Add(new FieldError("graceDays", "sessionPolicy.grace", $"graceDays is a number from 0 to {MaxGraceDays}.", Args: [0, MaxGraceDays]));
        if (!Enum.IsDefined(MfaFor)) errors.Add(new FieldError("mfaFor", "sessionPolicy.mfaFor", "mfaFor is nobody, admins or everybody."));
        if (errors.Count > 0) return Problem.Invalid(errors);
        var policy = await scope.Db.Set<SessionPolicy>().SingleOrDefaultAsync(p => p.OrganizationId == scope.OrganizationId, cancellationToken);
        if (ExpectedVersion is { } expected && expected != (policy?.Version ?? 0)) return Problem.Stale("session policy", policy?.Version ?? 0);
        if (policy is null)
        {
            policy = new SessionPolicy { Id = Ids.New(), OrganizationId = scope.OrganizationId };
            scope.Db.Add(policy);
        }

        // A wider circle gets its own grace; a narrower one keeps the time it had.
        if (MfaFor > policy.MfaFor) policy.MfaSinceUtc = scope.NowUtc;
        else if (MfaFor == MfaRule.Nobody) policy.MfaSinceUtc = null;
        (policy.LifetimeHours, policy.IdleMinutes, policy.MfaFor, policy.GraceDays) = (LifetimeHours, IdleMinutes, MfaFor, GraceDays);
        scope.Audit("sessionPolicy", policy.Id, scope.Tenant?.Name ?? "");
        scope.Touch(LiveTopic.Sessions, policy.Id, policy.Version + 1);
        scope.Touch(LiveTopic.Sessions, policy.Id, 0, Guid.Empty);
        return await GetSessionPolicy.ViewAsync(scope, policy, cancellationToken);
    }
}
