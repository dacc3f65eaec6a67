using System.Text;
using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Sso.Jose;
using Hexabase.Portal.Integrations.Outbound;
using Hexabase.Portal.Support.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>A provider (or somebody on the way to it) whose endpoints answer wrongly: each answer ends in a refusal in words.</summary>
public sealed class LyingProviderTest : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ManualClock _clock = new(TokenForge.Now);
    private TestOidcProvider? _provider;
    private OidcClient? _client;

    private TestOidcProvider Provider => _provider!;

    /// <summary>Status, content type, body of the token endpoint (ID stands for a good ID token), refusal.</summary>
    public static TheoryData<int, string, string, string?> TokenAnswers => new()
    {
        { 200, "application/json", """{"token_type":"Bearer","access_token":"access","id_token":"ID"}""", null },
        { 200, "application/json; charset=utf-8", """{"token_type":"bearer","access_token":"access","id_token":"ID","expires_in":3600,"refresh_token":"r","scope":"openid"}""", null },
        { 200, "text/html", "<html>signed in</html>", "oidc.tokens.malformed" },
        { 200, "application/x-www-form-urlencoded", "token_type=Bearer&access_token=access&id_token=ID", "oidc.tokens.malformed" },
        { 200, "application/json", "", "oidc.tokens.malformed" },
        { 200, "application/json", "[]", "oidc.tokens.malformed" },
        { 200, "application/json", "null", "oidc.tokens.malformed" },
        { 200, "application/json", """{"token_type":"Bearer","access_token":"access","id_token":"ID","id_token":"a.b.c"}""", "oidc.tokens.malformed" },
        { 200, "application/json", """{"token_type":"Bearer","access_token":"access","id_token":"ID","error":"none"}""", "oidc.tokens.error" },
        { 200, "application/json", """{"token_type":"N_A","access_token":"access","id_token":"ID"}""", "oidc.tokens.type" },
        { 200, "application/json", """{"access_token":"access","id_token":"ID"}""", "oidc.tokens.type" },
        { 200, "application/json", """{"token_type":["Bearer"],"access_token":"access","id_token":"ID"}""", "oidc.tokens.type" },
        { 200, "application/json", """{"token_type":"Bearer","access_token":"access"}""", "oidc.tokens.idToken" },
        { 200, "application/json", """{"token_type":"Bearer","access_token":"access","id_token":""}""", "oidc.tokens.idToken" },
        { 200, "application/json", """{"token_type":"Bearer","access_token":"access","id_token":["ID"]}""", "oidc.tokens.idToken" },
        { 200, "application/json", """{"token_type":"Bearer","access_token":"access","id_token":{"a":1}}""", "oidc.tokens.idToken" },
        { 200, "application/json", """{"token_type":"Bearer","id_token":"ID"}""", "oidc.tokens.accessToken" },
        { 200, "application/json", """{"token_type":"Bearer","access_token":"a\r\nX-Evil: 1","id_token":"ID"}""", "oidc.tokens.accessToken" },
        { 200, "application/json", """{"token_type":"Bearer","access_token":"あ","id_token":"ID"}""", "oidc.tokens.accessToken" },
        { 200, "application/json", """{"token_type":"Bearer","access_token":"access","id_token":"ID ID"}""", "jose.malformed" },
        { 200, "application/json", """{"token_type":"Bearer","access_token":"access","id_token":"eyJhbGciOiJub25lIn0.e30."}""", "jose.alg.none" },
        { 200, "application/json", """{"token_type":"Bearer","access_token":"access","id_token":"a.b.c.d.e"}""", "jose.encrypted" },
        { 201, "application/json", """{"token_type":"Bearer","access_token":"access","id_token":"ID"}""", "oidc.tokens.error" },
        { 400, "application/json", """{"token_type":"Bearer","access_token":"access","id_token":"ID"}""", "oidc.tokens.error" },
        { 400, "application/json", """{"error":"invalid_grant"}""", "oidc.tokens.grant" },
        { 401, "application/json", """{"error":"invalid_client"}""", "oidc.tokens.client" },
        { 500, "text/plain", "oops", "oidc.tokens.malformed" },
        { 302, "text/plain", "", "oidc.provider.redirect" },
        { 307, "text/plain", "", "oidc.provider.redirect" },
        { 204, "text/plain", "", "oidc.tokens.malformed" },
        { 200, "application/json", "BOM{\"token_type\":\"Bearer\",\"access_token\":\"access\",\"id_token\":\"ID\"}", "oidc.tokens.malformed" },
        { 200, "application/json", "LARGE", "oidc.tokens.malformed" },
    };

    public static TheoryData<int, string, string?> UserInfoAnswers => new()
    {
        { 200, """{"sub":"ann"}""", null },
        { 200, """{"sub":"ann","groups":["a"],"address":{"country":"JP"}}""", null },
        { 200, """{"sub":"ANN"}""", "oidc.userinfo.subject" },
        { 200, """{"sub":["ann"]}""", "oidc.userinfo.subject" },
        { 200, """{"sub":null}""", "oidc.userinfo.subject" },
        { 200, """{"sub":"ann","sub":"eve"}""", "oidc.userinfo.malformed" },
        { 200, "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.AAAA", "oidc.userinfo.malformed" },
        { 200, "", "oidc.userinfo.malformed" },
        { 200, "[]", "oidc.userinfo.malformed" },
        { 200, """{"sub":"ann","groups":{"a":1}}""", "oidc.groups.malformed" },
        { 200, """{"sub":"ann","groups":[1]}""", "oidc.groups.malformed" },
        { 200, """{"sub":"ann","groups":[""]}""", "oidc.groups.malformed" },
        { 401, """{"sub":"ann"}""", "oidc.userinfo.status" },
        { 500, "", "oidc.userinfo.status" },
        { 302, "", "oidc.provider.redirect" },
    };

    public static TheoryData<int, string, string> KeyAnswers => new()
    {
        { 200, "", "jwks.malformed" },
        { 200, "<html/>", "jwks.malformed" },
        { 200, """{"keys":"none"}""", "jwks.malformed" },
        { 200, """{"keys":[]}""", "jose.key.unknown" },
        { 200, """{"keys":[{"kty":"oct","kid":"r1","k":"AAAA","alg":"HS256"}]}""", "jose.key.unknown" },
        { 200, """{"keys":[{"kty":"RSA","kid":"r1","n":"AQAB","e":"AQAB"}]}""", "jose.key.unknown" },
        { 200, "PRIVATE", "jose.key.unknown" },
        { 200, "OTHER", "jose.signature.wrong" },
        { 200, "TWICE", "jose.kid.duplicate" },
        { 404, "", "oidc.provider.status" },
        { 500, "", "oidc.provider.status" },
        { 301, "", "oidc.provider.redirect" },
        { 200, "LARGE", "jwks.malformed" },
    };

    public async ValueTask InitializeAsync()
    {
        _provider = await TestOidcProvider.StartAsync();
        _client = new OidcClient(new OutboundGuard(Options.Create(new OutboundOptions { AllowedNetworks = ["127.0.0.1"], ConnectTimeoutSeconds = 5, TimeoutSeconds = 5 })), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_provider is not null) await _provider.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(TokenAnswers))]
    public async Task TokenEndpoint_IsBelievedOnlyInTheFormThatTheStandardHas(int status, string type, string body, string? code)
    {
        Provider.Tokens = id => Answer(status, type, body.Replace("ID\"", id + "\"", StringComparison.Ordinal).Replace("BOM", "\uFEFF", StringComparison.Ordinal));
        (await CodeAsync()).ShouldBe(code);
    }

    [Theory]
    [MemberData(nameof(UserInfoAnswers))]
    public async Task UserInfo_IsBelievedOnlyOfTheSamePerson(int status, string body, string? code)
    {
        Provider.UserInfo = () => Answer(status, "application/json", body);
        (await CodeAsync()).ShouldBe(code);
    }

    [Theory]
    [MemberData(nameof(KeyAnswers))]
    public async Task KeySet_ThatCannotCount_LetsNobodyIn(int status, string body, string code)
    {
        using var other = System.Security.Cryptography.RSA.Create(2048);
        Provider.KeySet = () => Answer(status, "application/json", body switch
        {
            "PRIVATE" => TokenForge.Set(Provider.Forge.RsaJwk(extra: ""","d":"AQAB" """)),
            "OTHER" => TokenForge.Set(TokenForge.RsaJwk(other)),
            "TWICE" => TokenForge.Set(Provider.Forge.RsaJwk(), TokenForge.RsaJwk(other)),
            _ => body,
        });
        (await CodeAsync()).ShouldBe(code);
    }

    private static IResult Answer(int status, string type, string body) =>
        status is >= 300 and < 400 ? new Redirected(status) : status == 204 ? Results.StatusCode(204) : Results.Text(body == "LARGE" ? "{\"a\":\"" + new string('a', 300_000) + "\"}" : body, type, Encoding.UTF8, status);

    private async Task<string?> CodeAsync()
    {
        (await _client!.DiscoverAsync(Provider.Issuer, true, None)).TryGet(out var discovery, out var refusal).ShouldBeTrue(refusal?.ToString());
        var request = OidcRequest.Create(discovery!, Guid.Empty, TestOidcProvider.ClientId, ["profile"], new Uri("https://portal.example/sso/oidc"), "/", new OidcWishes(), _clock.GetUtcNow());
        var signIn = new OidcSignIn(_client, new JwksCache(_client.FetchAsync, _clock), new ReplayMemory(), _clock);
        var answer = await signIn.CompleteAsync(discovery!, OidcCredentials.OfSecret(TestOidcProvider.ClientId, TestOidcProvider.Secret), new OidcPolicy(ClaimsMapping.Default, true, null, null), Provider.Agree(request), request.Pending, None);
        answer.Refusal?.Change.ShouldNotBeEmpty();
        return answer.Refusal?.Code;
    }

    private sealed class Redirected(int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.Headers.Location = "http://169.254.169.254/latest/meta-data";
            return Task.CompletedTask;
        }
    }
}
