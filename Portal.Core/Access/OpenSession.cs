using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access;

/// <summary>A session that was just opened.</summary>
public sealed record SignedIn(Guid SessionId, Guid UserId, DateTime ExpiresAtUtc);

/// <summary>Opens a session for the person who acts; sent by what has just verified them (password, passkey, identity provider).</summary>
internal sealed record OpenSession(SignInFacts Facts) : Command<SignedIn>
{
    public override string Action => "session.signIn";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<SignedIn>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return new Problem(ProblemKind.Forbidden, "access.denied", "Only people have sessions.");
        return await SessionOpening.OpenAsync(scope, Facts, cancellationToken);
    }
}

/// <summary>Opens the session of the person who acts, as part of the command that has verified them.</summary>
internal static class SessionOpening
{
    public static async Task<SignedIn> OpenAsync(WriteScope scope, SignInFacts facts, CancellationToken cancellationToken)
    {
        var rule = await Policies.SessionRules.OfAsync(scope.Db, scope.Actor.Id, cancellationToken);
        var hours = scope.Service<IOptions<AccessOptions>>().Value.SessionLifetimeHours;
        if (rule.LifetimeHours is { } policy && policy < hours) hours = policy;
        var session = new Session
        {
            Id = Ids.New(),
            UserId = scope.Actor.Id,
            CreatedAtUtc = scope.NowUtc,
            LastSeenAtUtc = scope.NowUtc,
            ExpiresAtUtc = facts.EndsAtUtc is { } end && end < scope.NowUtc.AddHours(hours) ? end : scope.NowUtc.AddHours(hours),
            Method = facts.Method,
            MfaAtUtc = facts.Mfa ? scope.NowUtc : null,
            ConnectionId = facts.ConnectionId,
            ProviderSession = facts.ProviderSession,
            ProviderSubject = facts.ProviderSubject,
            IpAddress = scope.Actor.IpAddress,
            UserAgent = scope.Actor.UserAgent is { Length: > 400 } agent ? agent[..400] : scope.Actor.UserAgent,
        };
        scope.Db.Add(session);
        if (PasswordSignIn.Home(scope.Actor.Grants) is { } home) scope.AuditIn(home);
        scope.Audit("session", session.Id, scope.Actor.Name, reason: facts.Mfa ? $"{facts.Method}, mfa" : facts.Method);
        scope.Touch(LiveTopic.Sessions, session.Id, 0, Guid.Empty);
        return new SignedIn(session.Id, session.UserId, session.ExpiresAtUtc);
    }
}

/// <summary>Leaves the audit entry of a failed sign-in, in the log of the person's organization if the name is known. What was typed is not kept: it may be a password.</summary>
internal sealed record RefuseSignIn(Guid? UserId, string? UserName, Guid? HomeOrganizationId) : Command<Done>
{
    public override string Action => "session.signIn";

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override string? OrganizationKey => HomeOrganizationId?.ToString();

    public override Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (UserId is { } id) scope.Audit("user", id, UserName ?? "");
        // A refused command changes nothing and is recorded as a failure with this reason.
        return Task.FromResult<Result<Done>>(new Problem(ProblemKind.Unauthenticated, "signIn.wrong", UserId is null ? "unknown user name" : "wrong password or inactive account"));
    }
}
