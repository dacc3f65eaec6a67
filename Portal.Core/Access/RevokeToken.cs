using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>Ends a token of an organization; it stops working at once. Ending an ended one changes nothing.</summary>
public sealed record RevokeToken(string Org, Guid Id, long? ExpectedVersion = null) : Command<TokenRow>
{
    public override string Action => "token.revoke";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WriteTokens;

    public override Task<Result<TokenRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken) =>
        TokenEnd.RevokeAsync(scope, scope.OrganizationId, Id, ExpectedVersion, cancellationToken);
}

/// <summary>Ends a service administrator's token.</summary>
public sealed record RevokePlatformToken(Guid Id, long? ExpectedVersion = null) : Command<TokenRow>
{
    public override string Action => "token.revoke";

    public override Permission? Permission => AccessPermissions.PlatformTokens;

    public override Task<Result<TokenRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken) =>
        TokenEnd.RevokeAsync(scope, Guid.Empty, Id, ExpectedVersion, cancellationToken);
}

internal static class TokenEnd
{
    public static async Task<Result<TokenRow>> RevokeAsync(WriteScope scope, Guid organizationId, Guid id, long? expected, CancellationToken cancellationToken)
    {
        var token = await scope.Db.Set<ApiToken>().SingleOrDefaultAsync(t => t.Id == id && t.OrganizationId == organizationId, cancellationToken);
        if (token is null) return Problem.NotFound("token");
        if (expected is { } version && version != token.Version) return Problem.Stale("token", token.Version);
        Revoke(scope, token);
        scope.Audit("token", token.Id, token.Name);
        return TokenMaker.ToRow(token, null, await Roles.RoleLookup.ShownAsync(scope, token.Role, cancellationToken));
    }

    /// <summary>Ends the token and tells the organization's pages and every replica's directory of tokens.</summary>
    public static void Revoke(WriteScope scope, ApiToken token)
    {
        token.RevokedAtUtc ??= scope.NowUtc;
        (token.PreviousHash, token.PreviousUntilUtc) = (null, null);
        scope.Touch(LiveTopic.Tokens, token.Id, token.Version + 1);
        if (token.OrganizationId != Guid.Empty) scope.Touch(LiveTopic.Tokens, token.Id, token.Version + 1, Guid.Empty);
    }
}
