using System.Security.Cryptography;
using System.Text;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>The authorization response (OpenID Connect Core section 3.1.2.5) that the browser brought back: the code, once everything around it is right.</summary>
public sealed record OidcAnswer(string Code)
{
    public const int MaxParameters = 20;
    public const int MaxValueChars = 4096;

    /// <param name="parameters">Every parameter of the address, repeated ones too.</param>
    /// <param name="pending">What the browser's cookie holds; null where it holds none.</param>
    public static Checked<OidcAnswer> Check(IReadOnlyCollection<KeyValuePair<string, string>> parameters, PendingOidcSignIn? pending, OidcDiscovery provider, DateTimeOffset now)
    {
        if (parameters.Count > MaxParameters || parameters.Any(p => p.Value.Length > MaxValueChars)) return Refuse("size", "The provider's answer is too large.", null, "Start the sign-in again from the portal.");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            if (!values.TryAdd(name, value)) return Refuse("duplicate", "A parameter of the provider's answer stands twice.", SsoRefusal.Show(name), "Start the sign-in again from the portal.");
        }

        if (pending is null) return Refuse("pending", "This browser has no sign-in under way.", null, "Start the sign-in from the portal, in one browser, with cookies switched on.");
        if (now - pending.StartedAt > PendingOidcSignIn.Lifetime || pending.StartedAt - now > SsoClock.Skew) return Refuse("late", "The sign-in took too long.", SsoRefusal.Show(pending.StartedAt), "Start the sign-in again from the portal.");
        // The answer must come from whom was asked: a mix-up of two providers ends here (RFC 9207, RFC 9700 section 4.4).
        if (pending.Issuer != provider.Issuer) return Refuse("mixup", "The answer came for another provider than the one that was asked.", SsoRefusal.Show(provider.Issuer), "Start the sign-in again from the portal.");
        if (!values.TryGetValue("state", out var state) || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(pending.State)))
            return Refuse("state", "The answer does not belong to the sign-in that this browser began (state).", SsoRefusal.Hide(state), "Start the sign-in again from the portal; do not follow sign-in links of others.");
        if (values.TryGetValue("iss", out var issuer))
        {
            if (issuer != provider.Issuer) return Refuse("iss", "The answer came from another issuer than the one that was asked (iss).", SsoRefusal.Show(issuer), "Check the issuer of the connection.");
        }
        else if (provider.SendsIssuer)
        {
            return Refuse("iss.missing", "The provider promises to name itself in its answers (iss) and did not.", null, "Start the sign-in again; if it repeats, ask the provider's operator.");
        }

        if (values.TryGetValue("error", out var error))
        {
            return error is "access_denied" or "login_required" or "interaction_required" or "consent_required"
                ? Refuse("denied", "The provider did not sign the person in.", SsoRefusal.Show(error), "Check that the person is assigned to this application at the provider.")
                : Refuse("error", "The provider answered with an error.", SsoRefusal.Show($"{error}: {values.GetValueOrDefault("error_description")}"), "Check client id, redirect address and scopes of the application at the provider.");
        }

        // Tokens in an address leak through history and logs, and nobody asked for them.
        if (values.ContainsKey("id_token") || values.ContainsKey("access_token") || values.ContainsKey("token") || values.ContainsKey("response"))
            return Refuse("front", "The provider sent tokens through the browser.", null, "Switch implicit and hybrid flows off at the provider; only the code flow is used.");
        return values.TryGetValue("code", out var code) && code.Length > 0
            ? new OidcAnswer(code)
            : Refuse("code", "The provider's answer holds no code.", null, "Start the sign-in again from the portal.");
    }

    private static SsoRefusal Refuse(string code, string message, string? came, string change) => new($"oidc.answer.{code}", message, came, change);
}
