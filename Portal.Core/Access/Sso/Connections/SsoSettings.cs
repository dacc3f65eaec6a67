namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>How the portal proves to an OpenID provider that it is the client.</summary>
public enum SsoClientProof
{
    Secret,
    PrivateKey,
}

/// <summary>A certificate of a SAML provider, pinned.</summary>
/// <param name="Data">DER in base64.</param>
/// <param name="Thumbprint">SHA-256 in upper-case hex.</param>
/// <param name="AddedAtUtc">Since when it counts here; null = since before that was noted.</param>
public sealed record SsoCertificate(string Data, string Thumbprint, string Subject, DateTime NotBeforeUtc, DateTime NotAfterUtc, DateTime? AddedAtUtc = null);

/// <summary>Which claims (attributes, for SAML) mean what.</summary>
/// <param name="UserName">The first of these that holds a text.</param>
/// <param name="Email">SAML only; OpenID Connect has its own claim. Empty = the NameID.</param>
/// <param name="DisplayName">SAML only.</param>
/// <param name="Groups">OpenID Connect: a path (["realm_access", "roles"]); SAML: an attribute.</param>
/// <param name="Roles">Likewise; counted among the groups.</param>
public sealed record SsoClaims(IReadOnlyList<string> UserName, IReadOnlyList<string> Email, IReadOnlyList<string> DisplayName, IReadOnlyList<string> Groups, IReadOnlyList<string> Roles);

/// <summary>What an administrator set up, without secrets.</summary>
public sealed record SsoSettings
{
    public const int DefaultSessionHours = 12;

    public string? ClientId { get; init; }

    public SsoClientProof ClientProof { get; init; }

    /// <summary>Beyond "openid".</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["profile", "email"];

    public bool ReadUserInfo { get; init; }

    /// <summary>SAML: where requests go (HTTP-Redirect).</summary>
    public string? SignInAddress { get; init; }

    public IReadOnlyList<SsoCertificate> Certificates { get; init; } = [];

    public bool SignRequests { get; init; } = true;

    /// <summary>The key of the portal that signs; null = the newest.</summary>
    public string? SigningKeyId { get; init; }

    /// <summary>Since when it signs; null = since it was made.</summary>
    public DateTime? SigningSinceUtc { get; init; }

    /// <summary>Takes sign-ins that begin at the provider: they can be forced on a person.</summary>
    public bool AllowIdpInitiated { get; init; }

    public bool RequireEncryption { get; init; }

    /// <summary>Asked for in requests; null = the provider chooses.</summary>
    public string? NameIdFormat { get; init; }

    public SsoClaims Claims { get; init; } = new(["preferred_username", "email"], [], [], ["groups"], []);

    /// <summary>The provider's word on an address counts without <c>email_verified</c>, in domains that the organization verified.</summary>
    public bool TrustAddresses { get; init; }

    /// <summary>Makes members of people who come for the first time.</summary>
    public bool CreatePeople { get; init; }

    /// <summary>What they get.</summary>
    public string DefaultRole { get; init; } = Roles.BuiltInRoles.OrgUser;

    public int SessionHours { get; init; } = DefaultSessionHours;

    public bool RequireMfa { get; init; }

    /// <summary>Values of <c>amr</c>, <c>acr</c> or AuthnContextClassRef that mean a second factor.</summary>
    public IReadOnlyList<string> MfaValues { get; init; } = [];

    /// <summary>What a connection of this template begins with.</summary>
    public static SsoSettings Of(SsoKind kind, SsoTemplate template) => kind == SsoKind.Saml ? OfSaml(template) : template switch
    {
        // Entra ID says nothing of verification: the tenant is the organization's own, and only verified domains count.
        SsoTemplate.EntraId => new() { Claims = new(["preferred_username", "upn", "email"], [], [], ["groups"], ["roles"]), TrustAddresses = true, MfaValues = ["mfa"] },
        SsoTemplate.Okta => new() { Scopes = ["profile", "email", "groups"], ReadUserInfo = true, MfaValues = ["mfa"] },
        SsoTemplate.Keycloak => new() { Claims = new(["preferred_username", "email"], [], [], ["groups"], ["realm_access", "roles"]), MfaValues = ["mfa", "otp", "gold"] },
        SsoTemplate.Google => new() { Claims = new(["email"], [], [], [], []), MfaValues = ["mfa"] },
        SsoTemplate.Generic => new() { ReadUserInfo = true, MfaValues = ["mfa"] },
        _ => throw new InvalidOperationException($"Unknown template {template}."),
    };

    private static SsoSettings OfSaml(SsoTemplate template) => new()
    {
        Claims = new(
            ["urn:oid:0.9.2342.19200300.100.1.1", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "userName"],
            ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "urn:oid:0.9.2342.19200300.100.1.3", "email", "mail"],
            ["http://schemas.microsoft.com/identity/claims/displayname", "urn:oid:2.16.840.1.113730.3.1.241", "displayName", "name"],
            [template == SsoTemplate.EntraId ? "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups" : "groups"],
            [template == SsoTemplate.EntraId ? "http://schemas.microsoft.com/ws/2008/06/identity/claims/role" : "roles"]),
        TrustAddresses = true,
        MfaValues = ["https://refeds.org/profile/mfa", "http://schemas.microsoft.com/claims/multipleauthn", "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract"],
    };
}
