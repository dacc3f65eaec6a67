using System.Security.Cryptography;
using System.Text;
using Hexabase.Portal.Access.Sso.Jose;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>
/// A sign-in that is under way at a provider. The caller keeps it in an encrypted cookie of the browser that began it, and nowhere else, so that an answer only counts there (RFC 9700 section 4.7).
/// </summary>
/// <param name="CodeVerifier">PKCE, RFC 7636: proves that who redeems the code asked for it.</param>
/// <param name="MaxAgeSeconds">The <c>max_age</c> that was asked for.</param>
public sealed record PendingOidcSignIn(Guid ConnectionId, string Issuer, string State, string Nonce, string CodeVerifier, Uri RedirectAddress, string ReturnPath, DateTimeOffset StartedAt, int? MaxAgeSeconds)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
}

/// <summary>What is asked for beyond the ordinary.</summary>
/// <param name="LoginHint">The user name that was typed.</param>
/// <param name="MaxAgeSeconds">The person must have proven who they are within this time.</param>
/// <param name="AcrValues">Authentication context classes, such as for step-up.</param>
/// <param name="ForceLogin">Asks again even where the provider knows the person (<c>prompt=login</c>).</param>
public sealed record OidcWishes(string? LoginHint = null, int? MaxAgeSeconds = null, IReadOnlyList<string>? AcrValues = null, bool ForceLogin = false);

/// <summary>The authorization request (OpenID Connect Core section 3.1.2.1) with PKCE S256, state and nonce.</summary>
/// <param name="Address">Where the browser is sent.</param>
public sealed record OidcRequest(Uri Address, PendingOidcSignIn Pending)
{
    public static OidcRequest Create(OidcDiscovery provider, Guid connectionId, string clientId, IReadOnlyList<string> scopes, Uri redirectAddress, string? returnPath, OidcWishes wishes, DateTimeOffset now)
    {
        var pending = new PendingOidcSignIn(connectionId, provider.Issuer, Random(), Random(), Random(), redirectAddress, Sso.ReturnPath.Local(returnPath), now, wishes.MaxAgeSeconds);
        var challenge = StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(pending.CodeVerifier)));
        var query = new StringBuilder(provider.AuthorizationEndpoint.Query is { Length: > 1 } own ? own : "?");
        Add(query, "response_type", "code");
        Add(query, "client_id", clientId);
        Add(query, "redirect_uri", redirectAddress.AbsoluteUri);
        Add(query, "scope", string.Join(' ', scopes.Prepend("openid").Distinct(StringComparer.Ordinal)));
        Add(query, "state", pending.State);
        Add(query, "nonce", pending.Nonce);
        Add(query, "code_challenge", challenge);
        Add(query, "code_challenge_method", "S256");
        if (wishes.LoginHint is { Length: > 0 and <= 256 } hint) Add(query, "login_hint", hint);
        if (wishes.MaxAgeSeconds is { } seconds) Add(query, "max_age", FormattableString.Invariant($"{seconds}"));
        if (wishes.AcrValues is { Count: > 0 } classes) Add(query, "acr_values", string.Join(' ', classes));
        if (wishes.ForceLogin) Add(query, "prompt", "login");
        return new OidcRequest(new Uri(provider.AuthorizationEndpoint.GetLeftPart(UriPartial.Path) + query), pending);
    }

    /// <summary>256 random bits, 43 characters of base64url: also a PKCE verifier's shape (RFC 7636 section 4.1).</summary>
    internal static string Random() => StrictBase64Url.Encode(RandomNumberGenerator.GetBytes(32));

    private static void Add(StringBuilder query, string name, string value)
    {
        if (query.Length > 1) query.Append('&');
        query.Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }
}
