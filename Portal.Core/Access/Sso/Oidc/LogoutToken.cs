using System.Text.Json;
using Hexabase.Portal.Access.Sso.Jose;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>A provider's word that a session ended (OpenID Connect Back-Channel Logout 1.0 section 2.4). At least one of subject and session is there.</summary>
/// <param name="Subject">Whose sessions end, if <paramref name="SessionId"/> names none.</param>
/// <param name="TokenId"><c>jti</c>; counts once.</param>
public sealed record LogoutToken(string Issuer, string? Subject, string? SessionId, string TokenId, DateTimeOffset ExpiresAt)
{
    public const string EventName = "http://schemas.openid.net/event/backchannel-logout";

    /// <summary>Checks the claims of a token whose signature is right already; section 2.6.</summary>
    public static async Task<Checked<LogoutToken>> CheckAsync(JsonMembers claims, string issuer, string clientId, IReplayStore memory, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!Check(claims, issuer, clientId, now).TryGet(out var token, out var refusal)) return refusal;
        return await memory.TryUseAsync(ReplayKey.LogoutToken(issuer, token.TokenId), SsoClock.Remember(token.ExpiresAt, now), cancellationToken)
            ? token
            : Refuse("replay", "The logout token was used before (jti).", SsoRefusal.Hide(token.TokenId));
    }

    internal static Checked<LogoutToken> Check(JsonMembers claims, string issuer, string clientId, DateTimeOffset now)
    {
        if (claims.Text("iss") != issuer) return Refuse("issuer", "The logout token was issued by somebody else.", SsoRefusal.Show(claims.Text("iss")));
        if (TokenClaims.Audience(claims, clientId, "oidc.logout") is { } audience) return audience;
        if (TokenClaims.Times(claims, now, "oidc.logout", out _, out var expiresAt) is { } times) return times;
        if (claims.Has("nonce")) return Refuse("nonce", "The logout token holds a nonce: it is an ID token that somebody sends as a logout.", null);
        if (!claims.TryGet("events", out var events) || events.ValueKind != JsonValueKind.Object || !events.TryGetProperty(EventName, out var logout) || logout.ValueKind != JsonValueKind.Object)
            return Refuse("events", "The token is not one about a logout (events).", null);
        if (claims.Text("jti") is not { Length: > 0 and <= 512 } tokenId) return Refuse("jti", "The logout token has no id (jti).", null);
        if (!claims.TryText("sub", out var subject) || !claims.TryText("sid", out var session) || (subject is not null && !TokenClaims.IsName(subject)) || (session is not null && !TokenClaims.IsName(session)))
            return Refuse("malformed", "The logout token's sub or sid is not a usable string.", null);
        return subject is null && session is null ? Refuse("who", "The logout token names neither a person nor a session (sub, sid).", null) : new LogoutToken(issuer, subject, session, tokenId, expiresAt);
    }

    private static SsoRefusal Refuse(string code, string message, string? came) => new($"oidc.logout.{code}", message, came, "Check the back-channel logout settings of the application at the provider.");
}
