using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Access.Sso.Oidc;
using Hexabase.Portal.Access.Sso.Saml;

namespace Hexabase.Portal.Access.Sso.Entry;

/// <summary>A person whom a provider vouches for, whichever way it says so.</summary>
/// <param name="ObjectId">Entra's id of the person, which provisioning knows; <c>sub</c> differs for each application there.</param>
/// <param name="Groups">Groups and roles, the ones that did not fit into the token among them.</param>
/// <param name="Facts">What came, redacted, for the trace.</param>
internal sealed record SsoIdentity(MappedIdentity Mapped, string? ObjectId, IReadOnlyList<string> Groups, bool Mfa, string? ProviderSession, DateTimeOffset? EndsAt, object Facts)
{
    private const int MaxShownGroups = 50;

    public static SsoIdentity Of(OidcPerson person, SsoSettings settings, IReadOnlyList<string> groups)
    {
        var (mapped, token) = (person.Identity, person.Token);
        var mfa = token.Amr.Any(settings.MfaValues.Contains) || (token.Acr is { } acr && settings.MfaValues.Contains(acr));
        var facts = new
        {
            issuer = mapped.Issuer, subject = SsoRefusal.Hide(mapped.Subject), userName = Hide(mapped.UserName), email = Hide(mapped.Email), emailDomain = SsoDomainName.OfAddress(mapped.Email ?? mapped.UserName), emailVerified = mapped.EmailVerified,
            groups = Shown(groups), groupCount = groups.Count, acr = token.Acr, amr = token.Amr, hasSession = token.SessionId is not null, claims = token.Claims.Names.Select(n => SsoRefusal.Show(n)).Take(60),
        };
        return new SsoIdentity(mapped, token.Claims.Text("oid") is { Length: > 0 and <= 100 } id && !id.Any(char.IsControl) ? id : null, groups, mfa, token.SessionId, null, facts);
    }

    /// <param name="certificate">Thumbprint of the provider's certificate that vouched for it.</param>
    public static SsoIdentity Of(SamlSignIn signIn, SsoSettings settings, string? certificate)
    {
        var claims = settings.Claims;
        var name = First(signIn, claims.UserName) ?? signIn.NameId;
        var email = First(signIn, claims.Email) ?? (signIn.NameId.Contains('@', StringComparison.Ordinal) ? signIn.NameId : null);
        var groups = claims.Groups.Concat(claims.Roles).SelectMany(a => signIn.Attributes.GetValueOrDefault(a) ?? []).Distinct(StringComparer.Ordinal).ToList();
        // SAML has no word for a verified address: whether the provider's word counts is the connection's setting.
        var mapped = new MappedIdentity(signIn.ProviderId, signIn.NameId, name, email, EmailVerified: false, First(signIn, claims.DisplayName), groups, [], false);
        var facts = new
        {
            issuer = signIn.ProviderId, nameId = SsoRefusal.Hide(signIn.NameId), nameIdFormat = signIn.NameIdFormat, userName = Hide(name), email = Hide(email), emailDomain = SsoDomainName.OfAddress(email),
            groups = Shown(groups), groupCount = groups.Count, context = signIn.AuthenticationContext, hasSession = signIn.SessionIndex is not null, attributes = signIn.Attributes.Keys.Select(n => SsoRefusal.Show(n)).Take(60), certificate,
        };
        var mfa = signIn.AuthenticationContext is { } context && settings.MfaValues.Contains(context);
        return new SsoIdentity(mapped, null, groups, mfa, signIn.SessionIndex, signIn.SessionEndsAt, facts);
    }

    private static string? First(SamlSignIn signIn, IReadOnlyList<string> names) =>
        names.Select(n => signIn.Attributes.GetValueOrDefault(n)?.FirstOrDefault(v => v.Length is > 0 and <= ClaimsMapping.MaxTextChars)).FirstOrDefault(v => v is not null);

    private static string? Hide(string? value) => value is null ? null : SsoRefusal.Hide(value);

    private static IEnumerable<string> Shown(IEnumerable<string> groups) => groups.Take(MaxShownGroups).Select(g => SsoRefusal.Show(g));
}
