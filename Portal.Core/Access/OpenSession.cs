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

    public override Task<Result<SignedIn>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return Task.FromResult<Result<SignedIn>>(new Problem(ProblemKind.Forbidden, "access.denied", "Only people have sessions."));
        var hours = scope.Service<IOptions<AccessOptions>>().Value.SessionLifetimeHours;
        var session = new Session
        {
            Id = Ids.New(),
            UserId = scope.Actor.Id,
            CreatedAtUtc = scope.NowUtc,
            LastSeenAtUtc = scope.NowUtc,
            ExpiresAtUtc = Facts.EndsAtUtc is { } end && end < scope.NowUtc.AddHours(hours) ? end : scope.NowUtc.AddHours(hours),
            Method = Facts.Method,
            MfaAtUtc = Facts.Mfa ? scope.NowUtc : null,
            ConnectionId = Facts.ConnectionId,
            ProviderSession = Facts.ProviderSession,
            ProviderSubject = Facts.ProviderSubject,
            IpAddress = scope.Actor.IpAddress,
            UserAgent = scope.Actor.UserAgent is { Length: > 400 } agent ? agent[..400] : scope.Actor.UserAgent,
        };
        scope.Db.Add(session);
        if (PasswordSignIn.Home(scope.Actor.Grants) is { } home) scope.AuditIn(home);
        scope.Audit("session", session.Id, scope.Actor.Name, reason: Facts.Mfa ? $"{Facts.Method}, mfa" : Facts.Method);
        scope.Touch(LiveTopic.Sessions, session.Id, 0, Guid.Empty);
        return Task.FromResult<Result<SignedIn>>(new SignedIn(session.Id, session.UserId, session.ExpiresAtUtc));
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
