using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Factors;

/// <summary>
/// Proves again, in an open session, that it is the person. A code, recovery code or passkey marks the session as having shown a second factor now; the password, for people
/// who have no second factor, only as freshly proven: a password twice is still one factor.
/// </summary>
public sealed record StepUp(string? Code = null, string? Password = null, PasskeyProof? Passkey = null) : Command<Done>
{
    public override string Action => "session.stepUp";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person || scope.Actor.SessionId is not { } session) return SessionProblems.NotAPerson;
        if (PasswordSignIn.Home(scope.Actor.Grants) is { } home) scope.AuditIn(home);
        scope.Audit("session", session, scope.Actor.Name, reason: Passkey is not null ? SignInMethods.Passkey : Password is not null ? SignInMethods.Password : "code");
        var throttle = scope.Service<SignInThrottle>();
        var source = $"step-up of {scope.Actor.Id}";
        if (throttle.Begin(source) is { } seconds)
            return new Problem(ProblemKind.TooManyRequests, "signIn.throttled", $"Too many attempts. Try again in {seconds} s.", Args: [seconds]) { RetryAfterSeconds = seconds };
        var has = await SecondFactors.HasAnyAsync(scope.Db, scope.Actor.Id, cancellationToken);
        if (has)
        {
            var right = Passkey is { } proof ? await SecondFactors.UsePasskeyAsync(scope, scope.Actor.Id, proof, cancellationToken) : await SecondFactors.UseCodeAsync(scope, scope.Actor.Id, Code, cancellationToken);
            if (!right) return StepUpProblems.Wrong;
            await MarkAsync(scope, cancellationToken);
        }
        else
        {
            var user = await scope.Db.Set<User>().SingleOrDefaultAsync(u => u.Id == scope.Actor.Id, cancellationToken);
            if (user?.PasswordHash is null || !await scope.Service<PasswordSignIn>().MatchesAsync(user, Password ?? "", cancellationToken))
                return Problem.Invalid("password", "password.wrong", "The password is wrong.");
            foreach (var row in await scope.Db.Set<Session>().Where(s => s.Id == session).ToListAsync(cancellationToken)) row.ProvenAtUtc = scope.NowUtc;
        }

        throttle.Succeeded(source, source);
        scope.Touch(LiveTopic.Sessions, scope.Actor.Id, 0, Guid.Empty);
        return default(Done);
    }

    /// <summary>The acting session has shown a second factor now.</summary>
    internal static async Task MarkAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        foreach (var session in await scope.Db.Set<Session>().Where(s => s.Id == scope.Actor.SessionId && s.UserId == scope.Actor.Id).ToListAsync(cancellationToken))
            (session.MfaAtUtc, session.ProvenAtUtc) = (scope.NowUtc, scope.NowUtc);
        scope.Touch(LiveTopic.Sessions, scope.Actor.Id, 0, Guid.Empty);
    }
}
