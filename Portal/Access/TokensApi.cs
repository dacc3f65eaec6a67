using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>API tokens.</summary>
internal static class TokensApi
{
    public static void MapTokens(this RouteGroupBuilder api)
    {
        var tokens = api.MapGroup("/organizations/{org}/tokens").WithTags("Tokens");
        tokens.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListTokens(org, page), View, AccessFiles.Tokens))
            .WithName("listTokens").WithSummary("The tokens of an organization, newest first");
        tokens.MapGet("/{id:guid}", (string org, Guid id, ApiCall call) => call.AskAsync(new GetToken(org, id), View, t => t.Version))
            .WithName("getToken").WithSummary("One token; its text is never shown again");
        tokens.MapPost("", (string org, TokenInput input, ApiCall call) => input.Role == BuiltInRoles.ServiceAdmin
                ? call.CreateAsync(new CreatePlatformToken(input), Created, t => $"/api/v1/tokens/{t.Row.Id}", t => t.Row.Version)
                : call.CreateAsync(new CreateToken(org, input), Created, t => $"/api/v1/organizations/{org}/tokens/{t.Row.Id}", t => t.Row.Version))
            .WithName("createToken").WithSummary("Makes a token; its text is in this answer only");
        tokens.MapDelete("/{id:guid}", (string org, Guid id, ApiCall call) => call.RemoveAsync(new RevokeToken(org, id, call.IfMatch)))
            .WithName("revokeToken").WithSummary("Ends a token at once");
        tokens.MapPost("/{id:guid}/rotate", (string org, Guid id, RotateBody body, ApiCall call) => call.SendAsync(new RotateToken(org, id, body.OverlapHours ?? 24, body.ExpiresInDays, call.IfMatch), Created, t => t.Row.Version))
            .WithName("rotateToken").WithSummary("Gives a token a new secret, which is in this answer only; the old one works for the overlap of 0 to 72 hours");
        tokens.MapPut("/{id:guid}/owner", (string org, Guid id, OwnerBody body, ApiCall call) => call.SendAsync(new HandOverToken(org, id, body.Owner, call.IfMatch), View, t => t.Version))
            .WithName("handOverToken").WithSummary("Hands a token over to another member");

        var platform = api.MapGroup("/tokens").WithTags("Tokens");
        platform.MapGet("", (ApiCall call) => call.ListAsync(page => new ListPlatformTokens(page), View, AccessFiles.Tokens))
            .WithName("listPlatformTokens").WithSummary("The tokens of service administrators");
        platform.MapPost("", (TokenInput input, ApiCall call) => call.CreateAsync(new CreatePlatformToken(input), Created, t => $"/api/v1/tokens/{t.Row.Id}", t => t.Row.Version))
            .WithName("createPlatformToken").WithSummary("Makes a service administrator's token");
        platform.MapDelete("/{id:guid}", (Guid id, ApiCall call) => call.RemoveAsync(new RevokePlatformToken(id, call.IfMatch)))
            .WithName("revokePlatformToken").WithSummary("Ends a service administrator's token at once");
    }

    private static object View(TokenRow t) => new { t.Id, t.Name, t.Role, t.Scopes, t.Hint, t.OwnerUserId, t.CreatedAtUtc, t.ExpiresAtUtc, t.RevokedAtUtc, t.LastUsedAtUtc, t.ServiceAccountId, t.PreviousUntilUtc, t.Version };

    private static object Created(TokenCreated t) => new { t.Row.Id, t.Token, t.Row.Name, t.Row.Role, t.Row.Scopes, t.Row.Hint, t.Row.OwnerUserId, t.Row.ServiceAccountId, t.Row.CreatedAtUtc, t.Row.ExpiresAtUtc, t.Row.PreviousUntilUtc, t.Row.Version };

    internal sealed record RotateBody(int? OverlapHours, int? ExpiresInDays);

    internal sealed record OwnerBody(string? Owner);
}
