using Hexabase.Portal.Access.Sso.Jose;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>What a provider says of itself (OpenID Connect Discovery 1.0 section 3, RFC 8414), checked.</summary>
public sealed record OidcDiscovery
{
    public const int MaxBytes = 256 * 1024;

    /// <summary>Exactly the issuer that the administrator entered.</summary>
    public required string Issuer { get; init; }

    public required Uri AuthorizationEndpoint { get; init; }

    public required Uri TokenEndpoint { get; init; }

    public required Uri KeysAddress { get; init; }

    public Uri? UserInfoEndpoint { get; init; }

    public Uri? EndSessionEndpoint { get; init; }

    /// <summary>The provider puts <c>iss</c> into its answers (RFC 9207): one without it is refused.</summary>
    public bool SendsIssuer { get; init; }

    /// <summary>"client_secret_basic", "client_secret_post", "private_key_jwt" ...</summary>
    public required IReadOnlyList<string> ClientAuthentications { get; init; }

    /// <summary>Of the algorithms for ID tokens, those that are accepted here.</summary>
    public required IReadOnlyList<string> Algorithms { get; init; }

    /// <summary>Where the document of an issuer stands (Discovery section 4).</summary>
    public static Checked<Uri> AddressOf(string issuer, bool allowLoopbackHttp)
    {
        if (!SsoAddress.TryParse(issuer, allowLoopbackHttp, out var address) || address.Query.Length > 0 || issuer.Contains('?', StringComparison.Ordinal))
            return new SsoRefusal("oidc.issuer", "The issuer is not an https address without query and fragment.", SsoRefusal.Show(issuer), "Enter the issuer exactly as the provider shows it, such as https://login.example.com/tenant.");
        if (issuer.Contains("{tenantid}", StringComparison.OrdinalIgnoreCase) || (address.Host == "login.microsoftonline.com" && address.AbsolutePath.Split('/') is [_, "common" or "organizations" or "consumers", ..]))
            return new SsoRefusal("oidc.issuer.shared", "This issuer stands for every tenant of Microsoft Entra ID, so anybody's account would be let in.", SsoRefusal.Show(issuer), "Enter the issuer of your own tenant: https://login.microsoftonline.com/TENANT-ID/v2.0.");
        return new Uri(issuer.TrimEnd('/') + "/.well-known/openid-configuration");
    }

    public static Checked<OidcDiscovery> Parse(ReadOnlySpan<byte> utf8, string issuer, bool allowLoopbackHttp)
    {
        if (!JsonMembers.TryParse(utf8, MaxBytes, out var document, out var why)) return Refuse("malformed", $"The provider's discovery document cannot be read: it {why}.", null);
        if (document.Text("issuer") != issuer)
        {
            return new SsoRefusal("oidc.discovery.issuer", "The provider calls itself by another issuer than the one that was entered; they must be equal to the letter.", SsoRefusal.Show(document.Text("issuer")),
                "Enter the issuer exactly as the provider's discovery document shows it, with or without the slash at its end.");
        }

        if (Address(document, "authorization_endpoint", true, allowLoopbackHttp, out var authorization) is { } flaw) return flaw;
        if (Address(document, "token_endpoint", true, allowLoopbackHttp, out var token) is { } tokenFlaw) return tokenFlaw;
        if (Address(document, "jwks_uri", true, allowLoopbackHttp, out var keys) is { } keysFlaw) return keysFlaw;
        if (Address(document, "userinfo_endpoint", false, allowLoopbackHttp, out var userInfo) is { } userFlaw) return userFlaw;
        if (Address(document, "end_session_endpoint", false, allowLoopbackHttp, out var endSession) is { } endFlaw) return endFlaw;
        if (authorization is null || token is null || keys is null) return Refuse("malformed", "The provider's discovery document lacks an address.", null);

        if (!List(document, "response_types_supported", ["code"], out var types) || !types.Contains("code"))
            return Refuse("code", "The provider does not offer the authorization code flow (response_types_supported).", null, "Switch the authorization code flow on at the provider.");
        if (!List(document, "code_challenge_methods_supported", ["S256"], out var challenges) || !challenges.Contains("S256"))
            return Refuse("pkce", "The provider does not offer PKCE with S256 (code_challenge_methods_supported).", null, "Switch PKCE with S256 on at the provider.");
        if (!List(document, "id_token_signing_alg_values_supported", ["RS256"], out var algorithms)) return Refuse("malformed", "id_token_signing_alg_values_supported is not a list.", null);
        var accepted = algorithms.Where(a => JwsAlgorithm.Names.Contains(a)).ToList();
        if (accepted.Count == 0)
            return Refuse("alg", "The provider signs ID tokens with no algorithm that is accepted.", SsoRefusal.Show(string.Join(", ", algorithms.Take(10))), "Set the provider to sign ID tokens with RS256, PS256 or ES256.");
        if (!List(document, "token_endpoint_auth_methods_supported", ["client_secret_basic"], out var methods)) return Refuse("malformed", "token_endpoint_auth_methods_supported is not a list.", null);
        var sendsIssuer = false;
        if (document.TryGet("authorization_response_iss_parameter_supported", out var iss))
        {
            if (iss.ValueKind is not (System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False)) return Refuse("malformed", "authorization_response_iss_parameter_supported is not true or false.", null);
            sendsIssuer = iss.GetBoolean();
        }

        return new OidcDiscovery
        {
            Issuer = issuer,
            AuthorizationEndpoint = authorization,
            TokenEndpoint = token,
            KeysAddress = keys,
            UserInfoEndpoint = userInfo,
            EndSessionEndpoint = endSession,
            SendsIssuer = sendsIssuer,
            ClientAuthentications = methods,
            Algorithms = accepted,
        };
    }

    private static SsoRefusal? Address(JsonMembers document, string name, bool required, bool allowLoopbackHttp, out Uri? address)
    {
        address = null;
        if (!document.TryText(name, out var text)) return Refuse("endpoint", $"{name} is not a string.", null);
        if (text is null) return required ? Refuse("endpoint", $"The provider's discovery document lacks {name}.", null) : null;
        return SsoAddress.TryParse(text, allowLoopbackHttp, out address) ? null : Refuse("endpoint", $"{name} is not an https address.", SsoRefusal.Show(text), "Let the provider publish https addresses.");
    }

    private static bool List(JsonMembers document, string name, string[] absent, out IReadOnlyList<string> values)
    {
        var read = document.TryTexts(name, allowSingle: false, out var found);
        values = found ?? absent;
        return read;
    }

    private static SsoRefusal Refuse(string code, string message, string? came, string change = "Check the issuer: its /.well-known/openid-configuration must answer a discovery document.") =>
        new($"oidc.discovery.{code}", message, came, change);
}
