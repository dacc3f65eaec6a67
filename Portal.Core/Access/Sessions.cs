using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>A browser that is signed in as the person who asks.</summary>
public sealed record SessionRow(Guid Id, DateTime CreatedAtUtc, DateTime LastSeenAtUtc, DateTime ExpiresAtUtc, string? IpAddress, string? UserAgent, bool IsCurrent);

/// <summary>The person's own open sessions, newest first.</summary>
public sealed record ListSessions : Query<IReadOnlyList<SessionRow>>
{
    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<IReadOnlyList<SessionRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return SessionProblems.NotAPerson;
        var rows = await scope.Db.Set<Session>().Where(s => s.UserId == scope.Actor.Id && s.RevokedAtUtc == null && s.ExpiresAtUtc > scope.NowUtc)
            .OrderByDescending(s => s.CreatedAtUtc).ThenBy(s => s.Id).Take(200)
            .Select(s => new SessionRow(s.Id, s.CreatedAtUtc, s.LastSeenAtUtc, s.ExpiresAtUtc, s.IpAddress, s.UserAgent, s.Id == scope.Actor.SessionId)).ToListAsync(cancellationToken);
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
        SessionEnd.Revoke(scope, session);
        if (PasswordSignIn.Home(scope.Actor.Grants) is { } home) scope.AuditIn(home);
        scope.Audit("session", session.Id, scope.Actor.Name);
        return default(Done);
    }
}

/// <summary>Ends the session that the person acts with, or all of them ("sign out everywhere").</summary>
public sealed record SignOut(bool Everywhere = false) : Command<Done>
{
    public override string Action => "session.signOut";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return SessionProblems.NotAPerson;
        var sessions = await scope.Db.Set<Session>().Where(s => s.UserId == scope.Actor.Id && s.RevokedAtUtc == null && (Everywhere || s.Id == scope.Actor.SessionId)).ToListAsync(cancellationToken);
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
