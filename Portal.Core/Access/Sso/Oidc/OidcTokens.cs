using Hexabase.Portal.Access.Sso.Jose;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>The token response (OpenID Connect Core section 3.1.3.3). The access token serves the userinfo request and is then forgotten.</summary>
public sealed record OidcTokens(string IdToken, string AccessToken)
{
    public const int MaxBytes = 256 * 1024;

    /// <param name="status">HTTP status of the answer.</param>
    public static Checked<OidcTokens> Parse(int status, ReadOnlySpan<byte> utf8)
    {
        if (!JsonMembers.TryParse(utf8, MaxBytes, out var answer, out var why)) return Refuse("malformed", FormattableString.Invariant($"The token endpoint's answer ({status}) cannot be read: it {why}."), null);
        if (status != 200 || answer.Has("error"))
        {
            return answer.Text("error") switch
            {
                "invalid_client" => Refuse("client", "The provider does not accept the portal's client secret or key.", Shown(answer), "Enter a new client secret, or register the portal's key at the provider; secrets expire there."),
                "invalid_grant" => Refuse("grant", "The provider does not accept the code: it is used, too old, or for another redirect address.", Shown(answer), "Start the sign-in again; check that the redirect address is registered exactly as the portal shows it."),
                _ => Refuse("error", FormattableString.Invariant($"The token endpoint answered with an error ({status})."), Shown(answer), "Check the application's settings at the provider."),
            };
        }

        if (!string.Equals(answer.Text("token_type"), "Bearer", StringComparison.OrdinalIgnoreCase)) return Refuse("type", "The provider's tokens are not bearer tokens.", SsoRefusal.Show(answer.Text("token_type")));
        if (answer.Text("id_token") is not { Length: > 0 } idToken) return Refuse("idToken", "The token endpoint's answer holds no ID token.", null, "Add the scope openid, and check that the application is one for OpenID Connect.");
        if (answer.Text("access_token") is not { Length: > 0 } accessToken || accessToken.Any(c => c is <= ' ' or >= '\u007f')) return Refuse("accessToken", "The token endpoint's answer holds no usable access token.", null);
        return new OidcTokens(idToken, accessToken);
    }

    private static string Shown(JsonMembers answer) => SsoRefusal.Show($"{answer.Text("error")}: {answer.Text("error_description")}");

    private static SsoRefusal Refuse(string code, string message, string? came, string change = "Check that the issuer belongs to an OpenID Connect provider.") => new($"oidc.tokens.{code}", message, came, change);
}
