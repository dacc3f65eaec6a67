using System.Text;
using Hexabase.Portal.Access.Sso.Jose;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>What an ID token must say.</summary>
/// <param name="AccessToken">The one that came with it, for <c>at_hash</c>.</param>
/// <param name="Code">The one it was redeemed for, for <c>c_hash</c>.</param>
/// <param name="MaxAgeSeconds">The <c>max_age</c> that was asked for.</param>
/// <param name="AcceptedAcr">One of these classes must stand in <c>acr</c>; null = any.</param>
/// <param name="AcceptedAmr">One of these methods must stand in <c>amr</c>, such as "mfa"; null = any.</param>
public sealed record IdTokenExpectation(string Issuer, string ClientId, string Nonce, string? AccessToken, string? Code, int? MaxAgeSeconds, IReadOnlyList<string>? AcceptedAcr, IReadOnlyList<string>? AcceptedAmr);

/// <summary>An ID token that passed every check of OpenID Connect Core section 3.1.3.7.</summary>
/// <param name="Subject"><c>sub</c>: the person's lasting id at this issuer.</param>
/// <param name="SessionId"><c>sid</c>: the session at the provider that a logout token names.</param>
public sealed record IdToken(string Issuer, string Subject, string? SessionId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, DateTimeOffset? AuthenticatedAt, string? Acr, IReadOnlyList<string> Amr, JsonMembers Claims)
{
    public const int MaxSubjectChars = 255;

    /// <summary>Checks the claims of a token whose signature is right already.</summary>
    public static Checked<IdToken> Check(JsonMembers claims, JwsAlgorithm algorithm, IdTokenExpectation expected, DateTimeOffset now)
    {
        if (claims.Text("iss") != expected.Issuer) return Refuse("issuer", "The token was issued by somebody else.", SsoRefusal.Show(claims.Text("iss")), "Enter the issuer exactly as the provider writes it into its tokens.");
        if (TokenClaims.Audience(claims, expected.ClientId, "oidc.token") is { } audience) return audience;
        if (TokenClaims.Times(claims, now, "oidc.token", out var issuedAt, out var expiresAt) is { } times) return times;
        if (claims.Text("sub") is not { } subject || !TokenClaims.IsName(subject)) return Refuse("subject", "The token does not say whose it is (sub).", null, "Check the claims that the provider puts into ID tokens.");
        if (!claims.TryText("nonce", out var nonce) || nonce is null) return Refuse("nonce.missing", "The token holds no nonce, so it could be an old one.", null, "Set the provider to repeat the nonce in ID tokens.");
        if (nonce != expected.Nonce) return Refuse("nonce", "The token was made for another sign-in (nonce).", SsoRefusal.Hide(nonce), "Start the sign-in again from the portal.");
        if (Hash(claims, "at_hash", expected.AccessToken, algorithm) is { } atHash) return atHash;
        if (Hash(claims, "c_hash", expected.Code, algorithm) is { } codeHash) return codeHash;
        if (!claims.TryText("sid", out var session) || (session is not null && !TokenClaims.IsName(session))) return Refuse("malformed", "The token's sid is not a usable string.", null);
        if (!claims.TryTime("auth_time", out var authenticatedAt)) return Refuse("malformed", "The token's auth_time is not a time.", null);
        if (authenticatedAt is { } later && SsoClock.IsAhead(later, now)) return Refuse("authTime", "The token says that the person signed in in the future (auth_time).", SsoRefusal.Show(later), "Set the clocks of the provider and of the portal.");
        if (expected.MaxAgeSeconds is { } maxAge)
        {
            if (authenticatedAt is null) return Refuse("authTime.missing", "A fresh sign-in was asked for, and the token does not say when the person signed in (auth_time).", null, "Set the provider to put auth_time into ID tokens.");
            if (authenticatedAt.Value < now - SsoClock.Skew - TimeSpan.FromSeconds(maxAge)) return Refuse("authTime.old", "The person's sign-in at the provider is older than was asked for (max_age).", SsoRefusal.Show(authenticatedAt.Value), "Sign in at the provider again.");
        }

        if (!claims.TryText("acr", out var acr)) return Refuse("malformed", "The token's acr is not a string.", null);
        if (expected.AcceptedAcr is { Count: > 0 } classes && (acr is null || !classes.Contains(acr, StringComparer.Ordinal)))
            return Refuse("acr", "The person did not sign in strongly enough (acr).", SsoRefusal.Show(acr), $"Let the provider ask for one of: {string.Join(", ", classes)}.");
        if (!claims.TryTexts("amr", allowSingle: false, out var amr)) return Refuse("malformed", "The token's amr is not a list.", null);
        if (expected.AcceptedAmr is { Count: > 0 } methods && !(amr ?? []).Any(m => methods.Contains(m, StringComparer.Ordinal)))
            return Refuse("mfa", "The person did not sign in with the methods that are required (amr).", SsoRefusal.Show(string.Join(", ", amr ?? [])), $"Let the provider ask for one of: {string.Join(", ", methods)}.");
        return new IdToken(expected.Issuer, subject, session, issuedAt, expiresAt, authenticatedAt, acr, amr ?? [], claims);
    }

    private static SsoRefusal? Hash(JsonMembers claims, string name, string? of, JwsAlgorithm algorithm)
    {
        if (!claims.TryText(name, out var hash)) return Refuse("malformed", $"The token's {name} is not a string.", null);
        // Neither has to be there in the code flow; what is there must be right.
        if (hash is null) return null;
        return of is not null && of.All(char.IsAscii) && algorithm.HalfHash(Encoding.ASCII.GetBytes(of)) == hash
            ? null
            : Refuse("hash", $"The ID token was not made together with what came with it ({name}).", SsoRefusal.Hide(hash), "Start the sign-in again; if it repeats, somebody exchanges tokens on the way.");
    }

    private static SsoRefusal Refuse(string code, string message, string? came, string change = "Check the claims that the provider puts into ID tokens.") => new($"oidc.token.{code}", message, came, change);
}
