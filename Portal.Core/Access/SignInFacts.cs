namespace Hexabase.Portal.Access;

/// <summary>The ways of proving who one is, as sessions and audit entries name them.</summary>
public static class SignInMethods
{
    public const string Password = "password";
    public const string Passkey = "passkey";
    public const string Oidc = "oidc";
    public const string Saml = "saml";
    public const string BreakGlass = "breakGlass";
}

/// <summary>What is known of a sign-in when its session is opened.</summary>
/// <param name="Method">One of <see cref="SignInMethods"/>.</param>
/// <param name="Mfa">A second factor was shown, to the portal or, by its word (<c>amr</c>, <c>acr</c>, AuthnContextClassRef), to the identity provider.</param>
/// <param name="EndsAtUtc">The provider's or the policy's latest end of the session; null = the portal's own lifetime alone.</param>
/// <param name="ConnectionId">The organization's connection to the identity provider.</param>
/// <param name="ProviderSession"><c>sid</c> or SessionIndex.</param>
/// <param name="ProviderSubject"><c>sub</c> or NameID.</param>
public sealed record SignInFacts(string Method, bool Mfa = false, DateTime? EndsAtUtc = null, Guid? ConnectionId = null, string? ProviderSession = null, string? ProviderSubject = null);
