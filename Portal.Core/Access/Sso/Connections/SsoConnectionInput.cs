using Hexabase.Portal.Access.Sso.Oidc;
using Hexabase.Portal.Access.Sso.Saml;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>Which claims mean what; what is absent stays as it is.</summary>
public sealed record SsoClaimsInput(IReadOnlyList<string>? UserName = null, IReadOnlyList<string>? Email = null, IReadOnlyList<string>? DisplayName = null, IReadOnlyList<string>? Groups = null, IReadOnlyList<string>? Roles = null);

/// <summary>What a connection shall be. What is absent stays as it is; for a new connection, as its template has it.</summary>
/// <param name="Kind">oidc or saml; cannot be changed.</param>
/// <param name="Template">generic, entraId, okta, keycloak, google; cannot be changed.</param>
/// <param name="Issuer">The issuer (oidc) or the provider's entity id (saml).</param>
/// <param name="ClientProof">secret or privateKey: the portal makes a key and publishes its public half.</param>
/// <param name="Certificates">SAML: the provider's signing certificates, PEM or base64; at most two.</param>
/// <param name="SessionHours">1 to 720.</param>
/// <param name="MfaValues">What counts as a second factor in amr, acr or AuthnContextClassRef.</param>
public sealed record SsoConnectionInput(
    string? Name = null, string? Kind = null, string? Template = null, string? Issuer = null, string? ClientId = null, string? ClientSecret = null, string? ClientProof = null, IReadOnlyList<string>? Scopes = null,
    bool? ReadUserInfo = null, string? SignInAddress = null, IReadOnlyList<string>? Certificates = null, bool? SignRequests = null, bool? AllowIdpInitiated = null, bool? RequireEncryption = null, string? NameIdFormat = null,
    SsoClaimsInput? Claims = null, bool? TrustAddresses = null, bool? CreatePeople = null, string? DefaultRole = null, int? SessionHours = null, bool? RequireMfa = null, IReadOnlyList<string>? MfaValues = null);

/// <summary>An input that holds up.</summary>
internal sealed record CheckedSsoConnection(string Name, SsoKind Kind, SsoTemplate Template, string Issuer, string? ClientSecret, SsoSettings Settings)
{
    private const int MaxItems = 20;
    private const int MaxItemChars = 320;

    /// <param name="role">What new people shall get, found by the input's word or the connection's; null where there is none.</param>
    public static Result<CheckedSsoConnection> Run(SsoConnectionInput input, SsoConnection? current, Roles.Role? role, SsoOptions options, DateTime nowUtc)
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("name", input.Name ?? current?.Name, 200, out var name) is { } nameError) errors.Add(nameError);
        var kind = current?.Kind ?? Words.ReadOf<SsoKind>("sso", "kind", input.Kind, null, errors);
        var template = current?.Template ?? Words.ReadOf<SsoTemplate>("sso", "template", input.Template, SsoTemplate.Generic, errors);
        var old = current?.Settings ?? SsoSettings.Of(kind, template);
        var issuer = (input.Issuer ?? current?.Issuer ?? "").Trim();
        CheckIssuer(kind, issuer, options, errors);
        var settings = old with
        {
            ClientId = Text("clientId", input.ClientId, old.ClientId, 400, kind == SsoKind.Oidc, errors),
            ClientProof = Words.ReadOf<SsoClientProof>("sso", "clientProof", input.ClientProof, old.ClientProof, errors),
            Scopes = List("scopes", input.Scopes, old.Scopes, errors),
            ReadUserInfo = input.ReadUserInfo ?? old.ReadUserInfo,
            SignInAddress = kind == SsoKind.Saml ? Address(input.SignInAddress ?? old.SignInAddress, options, errors) : null,
            Certificates = input.Certificates is null ? old.Certificates : Counting(Pinned(input.Certificates, errors), old.Certificates, nowUtc),
            SignRequests = input.SignRequests ?? old.SignRequests,
            AllowIdpInitiated = input.AllowIdpInitiated ?? old.AllowIdpInitiated,
            RequireEncryption = input.RequireEncryption ?? old.RequireEncryption,
            NameIdFormat = input.NameIdFormat is { Length: 0 } ? null : Text("nameIdFormat", input.NameIdFormat, old.NameIdFormat, 200, false, errors),
            Claims = Claims(input.Claims, old.Claims, errors),
            TrustAddresses = input.TrustAddresses ?? old.TrustAddresses,
            CreatePeople = input.CreatePeople ?? old.CreatePeople,
            DefaultRole = role?.Name ?? old.DefaultRole,
            SessionHours = input.SessionHours ?? old.SessionHours,
            RequireMfa = input.RequireMfa ?? old.RequireMfa,
            MfaValues = List("mfaValues", input.MfaValues, old.MfaValues, errors),
        };
        if (settings.Scopes.Any(s => s.Any(c => c is <= ' ' or '"' or '\\' or > '~'))) errors.Add(new FieldError("scopes", "sso.scopes", "A scope is one word without spaces and quotes."));
        if (role is null) errors.Add(MemberRoles.Unknown with { Field = "defaultRole" });
        if (settings.SessionHours is < 1 or > 720) errors.Add(new FieldError("sessionHours", "sso.sessionHours", "sessionHours is a number from 1 to 720."));
        if (settings.RequireMfa && settings.MfaValues.Count == 0) errors.Add(new FieldError("mfaValues", "sso.mfaValues", "mfaValues is empty: name what the provider writes when a second factor was shown."));
        if (kind == SsoKind.Saml && settings.Certificates.Count == 0) errors.Add(new FieldError("certificates", "sso.certificates.missing", "certificates is empty: enter the provider's signing certificate."));
        var secret = input.ClientSecret is { Length: > 0 } typed ? typed.Trim() : null;
        if (secret is { Length: > 1000 } || secret?.Any(c => c is < ' ' or > '~') == true) errors.Add(new FieldError("clientSecret", "sso.clientSecret.characters", "clientSecret holds characters that no secret has."));
        if (kind == SsoKind.Oidc && settings.ClientProof == SsoClientProof.Secret && secret is null && current?.ClientSecret is null) errors.Add(new FieldError("clientSecret", "sso.clientSecret.missing", "clientSecret is missing: paste the provider's, or choose the proof privateKey."));
        return errors.Count > 0 ? Problem.Invalid(errors) : new CheckedSsoConnection(name, kind, template, issuer, secret, settings);
    }

    /// <summary>Certificates as they are kept; what cannot be used is an error of the field.</summary>
    public static List<SsoCertificate> Pinned(IReadOnlyList<string> texts, List<FieldError> errors)
    {
        var found = new List<SsoCertificate>();
        if (texts.Count > SamlCertificate.MaxActive) errors.Add(new FieldError("certificates", "sso.certificates.tooMany", $"At most {SamlCertificate.MaxActive} certificates count at a time: the present one and its successor.", Args: [SamlCertificate.MaxActive]));
        foreach (var text in texts.Take(SamlCertificate.MaxActive))
        {
            if (!SamlCertificate.Parse(text).TryGet(out var certificate, out var refusal)) errors.Add(new FieldError("certificates", $"sso.{refusal.Code}", $"{refusal.Message} {refusal.Change}"));
            else if (found.TrueForAll(c => c.Thumbprint != certificate.Thumbprint)) found.Add(Of(certificate));
        }

        return found;
    }

    /// <summary>Each with the moment since when it counts: one that counted before goes on to be the one it was.</summary>
    public static IReadOnlyList<SsoCertificate> Counting(IEnumerable<SsoCertificate> wanted, IReadOnlyList<SsoCertificate> before, DateTime nowUtc) =>
        [.. wanted.Select(c => before.FirstOrDefault(k => k.Thumbprint == c.Thumbprint) ?? c with { AddedAtUtc = nowUtc })];

    public static SsoCertificate Of(SamlCertificate c) => new(Convert.ToBase64String(c.Der), c.Thumbprint, c.Subject, c.NotBefore.UtcDateTime, c.NotAfter.UtcDateTime);

    private static void CheckIssuer(SsoKind kind, string issuer, SsoOptions options, List<FieldError> errors)
    {
        if (kind == SsoKind.Oidc)
        {
            if (!OidcDiscovery.AddressOf(issuer, options.AllowLoopbackHttp).TryGet(out _, out var refusal)) errors.Add(new FieldError("issuer", $"sso.{refusal.Code}", $"{refusal.Message} {refusal.Change}"));
        }
        else if (issuer.Length is 0 or > 400 || issuer.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            errors.Add(new FieldError("issuer", "sso.entityId", "issuer is the provider's entity id: 1 to 400 characters without spaces."));
        }
    }

    private static string? Address(string? text, SsoOptions options, List<FieldError> errors)
    {
        if (SsoAddress.TryParse(text?.Trim(), options.AllowLoopbackHttp, out var address)) return address.AbsoluteUri;
        errors.Add(new FieldError("signInAddress", "sso.signInAddress", "signInAddress is not an https address: enter the provider's HTTP-Redirect sign-in address."));
        return null;
    }

    private static string? Text(string field, string? text, string? old, int max, bool required, List<FieldError> errors)
    {
        if (TextRule.Check(field, text ?? old, max, out var clean, required) is { } error) errors.Add(error);
        return clean.Length == 0 ? null : clean;
    }

    private static IReadOnlyList<string> List(string field, IReadOnlyList<string>? items, IReadOnlyList<string> old, List<FieldError> errors)
    {
        if (items is null) return old;
        if (items.Count > MaxItems || items.Any(i => string.IsNullOrWhiteSpace(i) || i.Length > MaxItemChars || i.Any(char.IsControl))) errors.Add(new FieldError(field, "sso.list", $"{field} holds at most {MaxItems} texts of 1 to {MaxItemChars} characters.", Args: [field, MaxItems, MaxItemChars]));
        return [.. items.Select(i => i?.Trim() ?? "").Distinct(StringComparer.Ordinal)];
    }

    private static SsoClaims Claims(SsoClaimsInput? input, SsoClaims old, List<FieldError> errors) => input is null ? old : new SsoClaims(
        List("claims.userName", input.UserName, old.UserName, errors), List("claims.email", input.Email, old.Email, errors), List("claims.displayName", input.DisplayName, old.DisplayName, errors),
        List("claims.groups", input.Groups, old.Groups, errors), List("claims.roles", input.Roles, old.Roles, errors));
}
