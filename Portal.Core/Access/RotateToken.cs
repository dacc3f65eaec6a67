using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>
/// Gives a token a new secret, shown in this answer only; the old one works for the overlap, so that programs can be changed over without a gap. The life begins anew with the same length,
/// or with <paramref name="ExpiresInDays"/>.
/// </summary>
/// <param name="OverlapHours">0 to 72.</param>
/// <param name="ExpiresInDays">1 to 365.</param>
public sealed record RotateToken(string Org, Guid Id, int OverlapHours = 24, int? ExpiresInDays = null, long? ExpectedVersion = null) : Command<TokenCreated>
{
    public const int MaxOverlapHours = 72;

    public override string Action => "token.rotate";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WriteTokens;

    public override async Task<Result<TokenCreated>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (OverlapHours is < 0 or > MaxOverlapHours) errors.Add(new FieldError("overlapHours", "token.overlap", $"overlapHours is a number from 0 to {MaxOverlapHours}.", Args: [MaxOverlapHours]));
        if (ExpiresInDays is < 1 or > TokenInput.MaxDays) errors.Add(new FieldError("expiresInDays", "token.expiry", $"expiresInDays is a number of days from 1 to {TokenInput.MaxDays}.", Args: [TokenInput.MaxDays]));
        if (errors.Count > 0) return Problem.Invalid(errors);
        var found = await TokenChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken);
        if (!found.TryGet(out var token, out var problem)) return problem;
        var text = TokenText.NewToken();
        var length = ExpiresInDays is { } days ? TimeSpan.FromDays(days) : token.ExpiresAtUtc - (token.RotatedAtUtc ?? token.CreatedAtUtc);
        var oldEnds = scope.NowUtc.AddHours(OverlapHours);
        token.PreviousHash = OverlapHours == 0 ? null : token.Hash;
        token.PreviousUntilUtc = OverlapHours == 0 ? null : oldEnds < token.ExpiresAtUtc ? oldEnds : token.ExpiresAtUtc;
        (token.Hash, token.Hint, token.RotatedAtUtc, token.ExpiresAtUtc) = (TokenText.Hash(text), TokenText.Hint(text), scope.NowUtc, scope.NowUtc + length);
        return new TokenCreated(await TokenChange.FinishAsync(scope, token, cancellationToken), text);
    }
}

/// <summary>
/// Hands a person's token over to another member, so that it outlives its owner. The new owner has to hold what the token may do: with them it ends.
/// </summary>
/// <param name="Owner">User name or id of an active member.</param>
public sealed record HandOverToken(string Org, Guid Id, string? Owner, long? ExpectedVersion = null) : Command<TokenRow>
{
    public override string Action => "token.handOver";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WriteTokens;

    /// <summary>Roles of the new owner in groups are read as at their sign-in.</summary>
    public override bool NeedsPlatform => true;

    public override async Task<Result<TokenRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var found = await TokenChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken);
        if (!found.TryGet(out var token, out var problem)) return problem;
        if (token.ServiceAccountId is not null) return Problem.Refused("token.ofServiceAccount", "This token belongs to a service account. Hand the account over.");
        if (string.IsNullOrWhiteSpace(Owner) || await ServiceAccounts.ServiceAccountChange.OwnerAsync(scope, Owner, cancellationToken) is not { } owner) return Problem.Invalid([ServiceAccounts.ServiceAccountChange.UnknownOwner]);
        var holder = new Actor { Kind = ActorKind.Person, Id = owner.UserId, Name = owner.UserName, Grants = await SessionDirectory.GrantsAsync(scope.Db, owner.UserId, cancellationToken) };
        var roles = await RoleLookup.OfKeysAsync(scope, [token.Role], cancellationToken);
        if (!roles.TryGetValue(token.Role, out var role) || !AccessPolicy.MayGrant(holder, role, new AccessTarget(scope.OrganizationId)))
            return Problem.Refused("token.ownerLacks", $"{owner.DisplayName} holds less than this token may do. Choose somebody who could have made it.", owner.DisplayName);
        token.OwnerUserId = owner.UserId;
        return await TokenChange.FinishAsync(scope, token, cancellationToken);
    }
}

internal static class TokenChange
{
    /// <summary>A token that holds and that the actor could have made: whoever gets its secret or chooses its owner acts with it.</summary>
    public static async Task<Result<ApiToken>> FindAsync(WriteScope scope, Guid id, long? expected, CancellationToken cancellationToken)
    {
        var token = await scope.Db.Set<ApiToken>().SingleOrDefaultAsync(t => t.Id == id && t.OrganizationId == scope.OrganizationId, cancellationToken);
        if (token is null) return Problem.NotFound("token");
        scope.Audit("token", token.Id, token.Name);
        if (expected is { } version && version != token.Version) return Problem.Stale("token", token.Version);
        if (token.RevokedAtUtc is not null || token.ExpiresAtUtc <= scope.NowUtc) return Problem.Conflict("token.ended", "This token has ended. Make a new one.");
        // One of a service account acts with all that the account holds now, whatever role it shows.
        var held = token.ServiceAccountId is { } account ? await ServiceAccounts.ServiceAccount.GrantsAsync(scope.Db, scope.OrganizationId, account, cancellationToken) : [];
        held.Add(new Grant(token.Role, GrantScope.Organization, scope.OrganizationId));
        await RoleLookup.ResolveAsync(scope.Db, held, cancellationToken);
        return Granting.RefusesHeld(scope.Actor, held, new AccessTarget(scope.OrganizationId), token.Scopes) is { } refusal ? refusal : token;
    }

    public static async Task<TokenRow> FinishAsync(WriteScope scope, ApiToken token, CancellationToken cancellationToken)
    {
        scope.Touch(LiveTopic.Tokens, token.Id, token.Version + 1);
        scope.Touch(LiveTopic.Tokens, token.Id, token.Version + 1, Guid.Empty);
        return TokenMaker.ToRow(token, null, await RoleLookup.ShownAsync(scope, token.Role, cancellationToken)) with { Version = token.Version + 1 };
    }
}
