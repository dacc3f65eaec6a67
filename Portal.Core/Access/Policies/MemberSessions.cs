using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Policies;

/// <summary>A browser that is signed in as a member.</summary>
/// <param name="Method">One of <see cref="SignInMethods"/>.</param>
/// <param name="MfaAtUtc">When a second factor was last shown; null = never.</param>
public sealed record MemberSessionRow(
    Guid Id, Guid MemberId, Guid UserId, string UserName, string DisplayName, DateTime CreatedAtUtc, DateTime LastSeenAtUtc, DateTime ExpiresAtUtc, string? IpAddress, string? UserAgent,
    string Method, DateTime? MfaAtUtc, bool IsCurrent);

/// <summary>The open sessions of an organization's members, newest first; filter searches names. The cursor is the last row's id.</summary>
public sealed record ListMemberSessions(string Org, PageRequest Page, Guid? MemberId = null) : Query<Paged<MemberSessionRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadSessions;

    public override bool NeedsPlatform => true;

    public override async Task<Result<Paged<MemberSessionRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var (db, org, own) = (scope.Db, scope.OrganizationId, scope.Actor.SessionId);
        var members = db.Set<Member>().Where(m => m.OrganizationId == org && m.IsActive);
        if (MemberId is { } only) members = members.Where(m => m.Id == only);
        if (Page.Filter is { Length: > 0 and <= 200 } filter)
        {
#pragma warning disable CA1304, CA1309, CA1311, CA1862, MA0011 // Runs in the database, where upper() has no culture argument.
            var upper = filter.ToUpperInvariant();
            members = members.Where(m => m.UserNameKey.Contains(upper) || m.DisplayName.ToUpper().Contains(upper));
#pragma warning restore CA1304, CA1309, CA1311, CA1862, MA0011
        }

        var policy = await db.Set<SessionPolicy>().Where(p => p.OrganizationId == org).Select(p => new { p.IdleMinutes, p.LifetimeHours }).SingleOrDefaultAsync(cancellationToken);
        var idle = scope.Service<IOptions<AccessOptions>>().Value.SessionIdleMinutes;
        var seen = scope.NowUtc.AddMinutes(-Math.Min(idle, policy?.IdleMinutes ?? idle));
        var began = policy?.LifetimeHours is { } hours ? scope.NowUtc.AddHours(-hours) : DateTime.UnixEpoch;
        var sessions = db.Set<Session>().Where(s => s.RevokedAtUtc == null && s.ExpiresAtUtc > scope.NowUtc && s.LastSeenAtUtc > seen && s.CreatedAtUtc > began);
        if (after is { } id) sessions = sessions.Where(s => s.Id.CompareTo(id) < 0);
        var rows = await sessions.Join(members, s => s.UserId, m => m.UserId, (s, m) => new { Session = s, Member = m }).OrderByDescending(r => r.Session.Id).Take(Page.Limit + 1)
            .Select(r => new MemberSessionRow(
                r.Session.Id, r.Member.Id, r.Member.UserId, r.Member.UserName, r.Member.DisplayName, r.Session.CreatedAtUtc, r.Session.LastSeenAtUtc, r.Session.ExpiresAtUtc, r.Session.IpAddress, r.Session.UserAgent,
                r.Session.Method, r.Session.MfaAtUtc, r.Session.Id == own))
            .ToListAsync(cancellationToken);
        return PageKey.Cut(rows, Page, s => s.Id);
    }
}

/// <summary>Ends one session of a member; it takes effect within seconds, on open pages too.</summary>
public sealed record EndMemberSession(string Org, Guid SessionId) : Command<Done>
{
    public override string Action => "session.end";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WriteSessions;

    public override bool NeedsPlatform => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var found = await scope.Db.Set<Session>().Where(s => s.Id == SessionId && s.RevokedAtUtc == null)
            .Join(scope.Db.Set<Member>().Where(m => m.OrganizationId == scope.OrganizationId), s => s.UserId, m => m.UserId, (s, m) => new { Session = s, Member = m }).SingleOrDefaultAsync(cancellationToken);
        if (found is null) return Problem.NotFound("session");
        SessionEnd.Revoke(scope, found.Session);
        scope.Touch(LiveTopic.Sessions, found.Session.Id);
        scope.Audit("member", found.Member.Id, found.Member.UserName, newValue: new { session = found.Session.Id });
        return default(Done);
    }
}

/// <summary>Signs a member out of every browser. Answers how many sessions ended.</summary>
public sealed record EndMemberSessions(string Org, Guid MemberId) : Command<int>
{
    public override string Action => "session.endAll";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WriteSessions;

    public override bool NeedsPlatform => true;

    public override async Task<Result<int>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var member = await scope.Db.Set<Member>().SingleOrDefaultAsync(m => m.Id == MemberId && m.OrganizationId == scope.OrganizationId, cancellationToken);
        if (member is null) return Problem.NotFound("member");
        var ended = await MemberSessionEnd.AllAsync(scope, [member.UserId], cancellationToken);
        scope.Audit("member", member.Id, member.UserName, newValue: new { sessions = ended });
        return ended;
    }
}

/// <summary>Signs every member out, the session that asks excepted. Answers how many sessions ended.</summary>
public sealed record EndAllSessions(string Org) : Command<int>
{
    public override string Action => "session.endEverybody";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WriteSessions;

    public override bool NeedsPlatform => true;

    public override async Task<Result<int>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var users = await scope.Db.Set<Member>().Where(m => m.OrganizationId == scope.OrganizationId && m.IsActive).Select(m => m.UserId).ToListAsync(cancellationToken);
        var ended = await MemberSessionEnd.AllAsync(scope, users, cancellationToken);
        scope.Audit("organization", scope.OrganizationId, scope.Tenant?.Name ?? "", newValue: new { sessions = ended });
        return ended;
    }
}

internal static class MemberSessionEnd
{
    /// <summary>Ends the people's open sessions but the acting one.</summary>
    public static async Task<int> AllAsync(WriteScope scope, IReadOnlyCollection<Guid> users, CancellationToken cancellationToken)
    {
        var own = scope.Actor.SessionId;
        var sessions = await scope.Db.Set<Session>().Where(s => users.Contains(s.UserId) && s.RevokedAtUtc == null && s.ExpiresAtUtc > scope.NowUtc && s.Id != own).ToListAsync(cancellationToken);
        foreach (var session in sessions) session.RevokedAtUtc = scope.NowUtc;
        // One note for all: every replica reads its open sessions again.
        scope.Touch(LiveTopic.Sessions, scope.OrganizationId, 0, Guid.Empty);
        scope.Touch(LiveTopic.Sessions, scope.OrganizationId);
        return sessions.Count;
    }
}
