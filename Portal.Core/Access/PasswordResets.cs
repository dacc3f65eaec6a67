using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access;

/// <summary>A new reset link: its secret is in this answer only.</summary>
public sealed record PasswordResetCreated(string Token, string UserName, DateTime ExpiresAtUtc);

/// <summary>
/// Makes a one-time link by which a member chooses a new password. Only for people of this organization alone: who belongs elsewhere too, or administers the portal, is helped by a
/// service administrator, for the account would open other doors as well.
/// </summary>
public sealed record CreatePasswordReset(string Org, Guid MemberId) : Command<PasswordResetCreated>
{
    public override string Action => "user.createPasswordReset";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WritePeople;

    public override bool NeedsPlatform => true;

    public override async Task<Result<PasswordResetCreated>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var found = await AccountAuthority.FindAsync(scope, MemberId, cancellationToken);
        if (!found.TryGet(out var user, out var problem)) return problem;
        if (user.PasswordHash is null) return Problem.Refused("reset.noPassword", "This person signs in by the organization's identity provider and has no password here. Reset it there.");
        foreach (var open in await scope.Db.Set<PasswordReset>().Where(r => r.UserId == user.Id && r.UsedAtUtc == null).ToListAsync(cancellationToken)) scope.Db.Remove(open);
        var secret = TokenText.NewSecret();
        var reset = new PasswordReset
        {
            Id = Ids.New(), UserId = user.Id, TokenHash = TokenText.Hash(secret), CreatedByUserId = scope.Actor.Id, CreatedAtUtc = scope.NowUtc,
            ExpiresAtUtc = scope.NowUtc.AddHours(scope.Service<IOptions<AccessOptions>>().Value.PasswordResetHours),
        };
        scope.Db.Add(reset);
        return new PasswordResetCreated(secret, user.UserName, reset.ExpiresAtUtc);
    }
}

/// <summary>Takes all second factors of a member away who has lost them; they sign in with the password alone, or set up new ones where that is asked. Ends their sessions.</summary>
public sealed record ResetSecondFactors(string Org, Guid MemberId) : Command<Done>
{
    public override string Action => "user.resetSecondFactors";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WritePeople;

    public override bool NeedsPlatform => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var found = await AccountAuthority.FindAsync(scope, MemberId, cancellationToken);
        if (!found.TryGet(out var user, out var problem)) return problem;
        if (!await SecondFactors.HasAnyAsync(scope.Db, user.Id, cancellationToken)) return Problem.Conflict("factor.none", "This person has no second factor.");
        await FactorRemoval.AllAsync(scope, user.Id, cancellationToken);
        await AccountAuthority.EndSessionsAsync(scope, user.Id, cancellationToken);
        return default(Done);
    }
}

/// <summary>Whose password a reset link sets.</summary>
public sealed record FindPasswordReset(string? Token) : Query<string>
{
    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override async Task<Result<string>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var hash = TokenText.Hash(Token ?? "");
        var name = await scope.Db.Set<PasswordReset>().Where(r => r.TokenHash == hash && r.UsedAtUtc == null && r.ExpiresAtUtc > scope.NowUtc)
            .Join(scope.Db.Set<User>().Where(u => u.IsActive), r => r.UserId, u => u.Id, (r, u) => u.UserName).SingleOrDefaultAsync(cancellationToken);
        return name is null ? UsePasswordReset.Ended : name;
    }
}

/// <summary>Sets a new password by a reset link. Every session of the person ends; second factors stay, so that the link alone opens nothing.</summary>
public sealed record UsePasswordReset(string? Token, string? NewPassword) : Command<string>
{
    internal static Problem Ended { get; } = new(ProblemKind.NotFound, "reset.ended", "This link was used, replaced or has expired. Ask an administrator for a new one.");

    public override string Action => "user.resetPassword";

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override async Task<Result<string>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var hash = TokenText.Hash(Token ?? "");
        var reset = await scope.Db.Set<PasswordReset>().SingleOrDefaultAsync(r => r.TokenHash == hash && r.UsedAtUtc == null && r.ExpiresAtUtc > scope.NowUtc, cancellationToken);
        var user = reset is null ? null : await scope.Db.Set<User>().SingleOrDefaultAsync(u => u.Id == reset.UserId && u.IsActive, cancellationToken);
        if (reset is null || user is null) return Ended;
        scope.Audit("user", user.Id, user.UserName);
        if (await scope.Db.Set<Member>().Where(m => m.UserId == user.Id && m.IsActive).OrderBy(m => m.JoinedAtUtc).ThenBy(m => m.Id).Select(m => (Guid?)m.OrganizationId).FirstOrDefaultAsync(cancellationToken) is { } home) scope.AuditIn(home);
        var words = await PasswordRules.WordsOfAsync(scope, user.Id, cancellationToken);
        if (scope.Service<PasswordRules>().Check("password", NewPassword, user.UserName, words) is { } error) return Problem.Invalid([error]);
        reset.UsedAtUtc = scope.NowUtc;
        user.PasswordHash = scope.Service<IPasswordHasher<User>>().HashPassword(user, Passwords.Normalize(NewPassword ?? ""));
        await AccountAuthority.EndSessionsAsync(scope, user.Id, cancellationToken);
        return user.UserName;
    }
}

/// <summary>Who may change how a member signs in. Runs on the platform's context: each query names the organization.</summary>
internal static class AccountAuthority
{
    public static async Task<Result<User>> FindAsync(WriteScope scope, Guid memberId, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        var member = await db.Set<Member>().SingleOrDefaultAsync(m => m.Id == memberId && m.OrganizationId == org, cancellationToken);
        if (member is null) return Problem.NotFound("member");
        scope.Audit("member", member.Id, member.UserName);
        var user = await db.Set<User>().SingleOrDefaultAsync(u => u.Id == member.UserId && u.IsActive, cancellationToken);
        if (user is null || !member.IsActive) return Problem.Refused("member.inactive", "This person is not active. Activate them first.");
        // An administrator's unlocked screen must not open other people's accounts.
        if (scope.Actor is { Kind: ActorKind.Person, SessionId: not null } && !await SecondFactors.IsFreshAsync(scope, cancellationToken)) return StepUpProblems.Needed;
        if (AccessPolicy.May(scope.Actor, AccessPermissions.PlatformOperate, Guid.Empty)) return user;
        var grants = await SessionDirectory.GrantsAsync(db, user.Id, cancellationToken);
        if (grants.Exists(g => g.OrganizationId != org) || await db.Set<Member>().AnyAsync(m => m.UserId == user.Id && m.OrganizationId != org, cancellationToken))
            return new Problem(ProblemKind.Forbidden, "account.elsewhere", "This person's account also reaches beyond this organization. Ask a service administrator.");
        return Granting.RefusesHeld(scope.Actor, grants, new AccessTarget(org), []) is { } beyond ? beyond : user;
    }

    /// <summary>Ends every session of the person but the acting one, and sign-ins that are under way.</summary>
    public static async Task EndSessionsAsync(WriteScope scope, Guid userId, CancellationToken cancellationToken)
    {
        foreach (var session in await scope.Db.Set<Session>().Where(s => s.UserId == userId && s.RevokedAtUtc == null && s.Id != scope.Actor.SessionId).ToListAsync(cancellationToken)) SessionEnd.Revoke(scope, session);
        scope.Db.RemoveRange(await scope.Db.Set<PendingSignIn>().Where(p => p.UserId == userId && p.UsedAtUtc == null).ToListAsync(cancellationToken));
        scope.Touch(LiveTopic.Sessions, userId, 0, Guid.Empty);
    }
}
