using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>A browser that is signed in as the person who asks.</summary>
public sealed record SessionRow(Guid Id, DateTime CreatedAtUtc, DateTime LastSeenAtUtc, DateTime ExpiresAtUtc, string? IpAddress, string? UserAgent, bool IsCurrent);

/// <summary>The person's own open sessions, newest first; for one that a provider vouched for, those of the same provider.</summary>
public sealed record ListSessions : Query<IReadOnlyList<SessionRow>>
{
    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<IReadOnlyList<SessionRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return SessionProblems.NotAPerson;
        var rows = await OwnAccount.Sessions(scope).Where(s => s.RevokedAtUtc == null && s.ExpiresAtUtc > scope.NowUtc)
            .OrderByDescending(s => s.CreatedAtUtc).ThenBy(s => s.Id).Take(200)
            .Select(s => new SessionRow(s.Id, s.CreatedAtUtc, s.LastSeenAtUtc, s.ExpiresAtUtc, s.IpAddress, s.UserAgent, s.Id == scope.Actor.SessionId)).ToListAsync(cancellationToken);
        return rows;
    }
}

/// <summary>One sign-in of the person who asks, ended ones included.</summary>
/// <param name="Method">One of <see cref="SignInMethods"/>.</param>
/// <param name="IsNew">No sign-in of the 90 days before came from this browser or this address.</param>
public sealed record SignInRow(Guid Id, DateTime AtUtc, string? IpAddress, string? UserAgent, string Method, bool Mfa, bool IsNew, bool IsCurrent);

/// <summary>The person's own sign-ins of the last 30 days, newest first; those from an unknown browser or address are marked.</summary>
public sealed record ListRecentSignIns : Query<IReadOnlyList<SignInRow>>
{
    private const int Most = 50;

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<IReadOnlyList<SignInRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return SessionProblems.NotAPerson;
        var known = scope.NowUtc.AddDays(-90);
        var sessions = await OwnAccount.Sessions(scope).Where(s => s.CreatedAtUtc > known).OrderByDescending(s => s.CreatedAtUtc).ThenBy(s => s.Id).Take(500)
            .Select(s => new { s.Id, s.CreatedAtUtc, s.IpAddress, s.UserAgent, s.Method, s.MfaAtUtc }).ToListAsync(cancellationToken);
        var rows = new List<SignInRow>();
        for (var i = 0; i < sessions.Count && rows.Count < Most && sessions[i].CreatedAtUtc > scope.NowUtc.AddDays(-30); i++)
        {
            var (s, earlier) = (sessions[i], sessions.Skip(i + 1));
            // The very first has nothing to be compared with.
            var isNew = i + 1 < sessions.Count && (!earlier.Any(e => e.UserAgent == s.UserAgent) || !earlier.Any(e => e.IpAddress == s.IpAddress));
            rows.Add(new SignInRow(s.Id, s.CreatedAtUtc, s.IpAddress, s.UserAgent, s.Method, s.MfaAtUtc is not null, isNew, s.Id == scope.Actor.SessionId));
        }

        return rows;
    }
}

/// <summary>Ends one of the person's own sessions.</summary>
public sealed record RevokeSession(Guid Id) : Command<Done>
{
    public override string Action => "session.revoke";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return SessionProblems.NotAPerson;
        var session = await scope.Db.Set<Session>().SingleOrDefaultAsync(s => s.Id == Id && s.UserId == scope.Actor.Id, cancellationToken);
        if (session is null) return Problem.NotFound("session");
        if (!OwnAccount.Reaches(scope.Actor, session)) return OwnAccount.ThroughProvider;
        SessionEnd.Revoke(scope, session);
        if (PasswordSignIn.Home(scope.Actor.Grants) is { } home) scope.AuditIn(home);
        scope.Audit("session", session.Id, scope.Actor.Name);
        return default(Done);
    }
}

/// <summary>Ends the session that the person acts with, or all of them ("sign out everywhere"); from one that a provider vouched for, all of the same provider.</summary>
public sealed record SignOut(bool Everywhere = false) : Command<Done>
{
    public override string Action => "session.signOut";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return SessionProblems.NotAPerson;
        var sessions = await OwnAccount.Sessions(scope).Where(s => s.RevokedAtUtc == null && (Everywhere || s.Id == scope.Actor.SessionId)).ToListAsync(cancellationToken);
        foreach (var session in sessions) SessionEnd.Revoke(scope, session);
        if (PasswordSignIn.Home(scope.Actor.Grants) is { } home) scope.AuditIn(home);
        scope.Audit("session", scope.Actor.SessionId ?? Guid.Empty, scope.Actor.Name, reason: Everywhere ? "everywhere" : null);
        return default(Done);
    }
}

internal static class SessionEnd
{
    public static void Revoke(WriteScope scope, Session session)
    {
        session.RevokedAtUtc ??= scope.NowUtc;
        scope.Touch(LiveTopic.Sessions, session.Id, 0, Guid.Empty);
    }
}

internal static class SessionProblems
{
    public static Problem NotAPerson { get; } = new(ProblemKind.Forbidden, "account.notAPerson", "Only people have an account and sessions; a token has none.");
}
