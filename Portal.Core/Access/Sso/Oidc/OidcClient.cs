using System.Net.Http.Headers;
using System.Text;
using Hexabase.Portal.Access.Sso.Jose;
using Hexabase.Portal.Integrations.Outbound;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>Talks to providers through the guarded way out: no redirects, bounded answers, no addresses inside. What goes wrong is a refusal in words.</summary>
public sealed class OidcClient(OutboundGuard guard, TimeProvider clock) : IDisposable
{
    private readonly HttpClient _http = guard.CreateClient(OutboundTls.Default);

    public void Dispose() => _http.Dispose();

    public async Task<Checked<OidcDiscovery>> DiscoverAsync(string issuer, bool allowLoopbackHttp, CancellationToken cancellationToken)
    {
        if (!OidcDiscovery.AddressOf(issuer, allowLoopbackHttp).TryGet(out var address, out var refusal)) return refusal;
        return (await FetchAsync(address, cancellationToken)).TryGet(out var bytes, out refusal) ? OidcDiscovery.Parse(bytes, issuer, allowLoopbackHttp) : refusal;
    }

    /// <summary>A public document of a provider.</summary>
    public async Task<Checked<byte[]>> FetchAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (!(await SendAsync(request, cancellationToken)).TryGet(out var answer, out var refusal)) return refusal;
        return answer.Status == 200 ? answer.Body : Refuse("status", FormattableString.Invariant($"The provider answered {answer.Status}."), address, "Check the issuer, and that the provider is running.");
    }

    /// <summary>Exchanges the code, once (RFC 6749 section 4.1.3 with RFC 7636).</summary>
    public async Task<Checked<OidcTokens>> RedeemAsync(OidcDiscovery provider, OidcCredentials credentials, PendingOidcSignIn pending, string code, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = pending.RedirectAddress.AbsoluteUri,
            ["code_verifier"] = pending.CodeVerifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.TokenEndpoint);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (credentials is { Key: { } key, KeyId: { } keyId })
        {
            form["client_id"] = credentials.ClientId;
            form["client_assertion_type"] = ClientAssertion.Type;
            form["client_assertion"] = ClientAssertion.Create(credentials.ClientId, provider.Issuer, key, keyId, clock.GetUtcNow());
        }
        else if (provider.ClientAuthentications.Contains("client_secret_basic") || !provider.ClientAuthentications.Contains("client_secret_post"))
        {
            // RFC 6749 section 2.3.1: both are form-encoded before they are joined.
            var pair = $"{FormEncode(credentials.ClientId)}:{FormEncode(credentials.Secret ?? "")}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }
        else
        {
            form["client_id"] = credentials.ClientId;
            form["client_secret"] = credentials.Secret ?? "";
        }

        request.Content = new FormUrlEncodedContent(form);
        return (await SendAsync(request, cancellationToken)).TryGet(out var answer, out var refusal) ? OidcTokens.Parse(answer.Status, answer.Body) : refusal;
    }

    /// <summary>The claims of the userinfo endpoint (OpenID Connect Core section 5.3); whose they are is checked where they are mapped. Signed answers are not asked for.</summary>
    public async Task<Checked<JsonMembers>> UserInfoAsync(Uri address, string accessToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (!(await SendAsync(request, cancellationToken)).TryGet(out var answer, out var refusal)) return refusal;
        if (answer.Status != 200) return new SsoRefusal("oidc.userinfo.status", FormattableString.Invariant($"The userinfo endpoint answered {answer.Status}."), null, "Check that the access token counts at the provider's userinfo endpoint.");
        return JsonMembers.TryParse(answer.Body, OidcTokens.MaxBytes, out var claims, out var why) ? claims : new SsoRefusal("oidc.userinfo.malformed", $"The userinfo answer cannot be read: it {why}.", null, "Set the provider to answer userinfo as plain JSON.");
    }

    private async Task<Checked<Answer>> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri;
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var status = (int)response.StatusCode;
            if (status is >= 300 and < 400) return Refuse("redirect", "The provider sends the portal on to another address, which is not followed.", address, "Enter the address that the provider really has.");
            return new Answer(status, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (HttpRequestException e)
        {
            // The guard speaks in sentences; the transport wraps them.
            var reason = e.InnerException is OutboundException guarded ? guarded.Message : e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded ? "The answer is too large." : "The connection broke off.";
            return Refuse("unreachable", $"The provider cannot be reached: {reason}", address, "Check the provider's address and that the portal may call it.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Refuse("timeout", "The provider did not answer in time.", address, "Check that the provider is running, and try again.");
        }
    }

    private static string FormEncode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static SsoRefusal Refuse(string code, string message, Uri? address, string change) => new($"oidc.provider.{code}", message, SsoRefusal.Show(address?.GetLeftPart(UriPartial.Path)), change);

    private sealed record Answer(int Status, byte[] Body);
}
