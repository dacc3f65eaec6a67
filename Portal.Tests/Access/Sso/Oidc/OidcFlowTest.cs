using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Access.Sso.Jose;
using Microsoft.AspNetCore.WebUtilities;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Oidc;

public sealed class OidcFlowTest
{
    private const string Issuer = "https://login.example/t1";
    private static readonly DateTimeOffset Now = TokenForge.Now;

    [Fact]
    public void Discovery_IsRead()
    {
        OidcDiscovery.AddressOf(Issuer, false).TryGet(out var address, out _).ShouldBeTrue();
        address!.AbsoluteUri.ShouldBe("https://login.example/t1/.well-known/openid-configuration");
        var provider = Provider();
        provider.Algorithms.ShouldBe(["RS256"]);
        provider.SendsIssuer.ShouldBeTrue();
    }

    [Theory]
    [InlineData("issuer", "\"https://login.example/t1/\"", "oidc.discovery.issuer")]
    [InlineData("issuer", "\"https://evil.example\"", "oidc.discovery.issuer")]
    [InlineData("issuer", null, "oidc.discovery.issuer")]
    [InlineData("authorization_endpoint", null, "oidc.discovery.endpoint")]
    [InlineData("token_endpoint", "\"http://login.example/token\"", "oidc.discovery.endpoint")]
    [InlineData("token_endpoint", "\"https://user:pw@login.example/token\"", "oidc.discovery.endpoint")]
    [InlineData("token_endpoint", "\"file:///etc/passwd\"", "oidc.discovery.endpoint")]
    [InlineData("jwks_uri", "\"https://login.example/keys#a\"", "oidc.discovery.endpoint")]
    [InlineData("jwks_uri", "\"http://127.0.0.1/keys\"", "oidc.discovery.endpoint")]
    [InlineData("jwks_uri", "7", "oidc.discovery.endpoint")]
    [InlineData("userinfo_endpoint", "\"gopher://x\"", "oidc.discovery.endpoint")]
    [InlineData("response_types_supported", "[\"id_token\"]", "oidc.discovery.code")]
    [InlineData("code_challenge_methods_supported", "[\"plain\"]", "oidc.discovery.pkce")]
    [InlineData("id_token_signing_alg_values_supported", "[\"HS256\",\"none\"]", "oidc.discovery.alg")]
    [InlineData("authorization_response_iss_parameter_supported", "\"yes\"", "oidc.discovery.malformed")]
    public void UnusableDiscovery_IsRefusedWithItsReason(string name, string? json, string code)
    {
        var document = Document();
        if (json is null) document.Remove(name);
        else document[name] = JsonNode.Parse(json);
        OidcDiscovery.Parse(Encoding.UTF8.GetBytes(document.ToJsonString()), Issuer, false).Refusal.ShouldNotBeNull(code).Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("http://login.example", "oidc.issuer")]
    [InlineData("https://login.example?x=1", "oidc.issuer")]
    [InlineData("https://login.example/?", "oidc.issuer")]
    [InlineData("https://login.example/#a", "oidc.issuer")]
    [InlineData("login.example", "oidc.issuer")]
    [InlineData("https://login.microsoftonline.com/common/v2.0", "oidc.issuer.shared")]
    [InlineData("https://login.microsoftonline.com/organizations/v2.0", "oidc.issuer.shared")]
    public void UnusableIssuer_IsRefused(string issuer, string code) => OidcDiscovery.AddressOf(issuer, false).Refusal!.Code.ShouldBe(code);

    [Fact]
    public void LoopbackOverHttp_IsForOperatorsToAllow()
    {
        OidcDiscovery.AddressOf("http://127.0.0.1:4000", true).Refusal.ShouldBeNull();
        OidcDiscovery.AddressOf("http://127.0.0.1:4000", false).Refusal.ShouldNotBeNull();
        OidcDiscovery.AddressOf("http://login.example", true).Refusal.ShouldNotBeNull();
    }

    [Fact]
    public void Request_CarriesPkceStateAndNonce()
    {
        var request = Request("/costs?x=1");
        var query = QueryHelpers.ParseQuery(request.Address.Query);
        query["response_type"].ToString().ShouldBe("code");
        query["scope"].ToString().ShouldBe("openid profile email");
        query["code_challenge_method"].ToString().ShouldBe("S256");
        query["code_challenge"].ToString().ShouldBe(TokenForge.B64(SHA256.HashData(Encoding.ASCII.GetBytes(request.Pending.CodeVerifier))));
        query["state"].ToString().ShouldBe(request.Pending.State);
        query["nonce"].ToString().ShouldBe(request.Pending.Nonce);
        query["max_age"].ToString().ShouldBe("300");
        request.Pending.ReturnPath.ShouldBe("/costs?x=1");
        new[] { request.Pending.State, request.Pending.Nonce, request.Pending.CodeVerifier }.Distinct().Count().ShouldBe(3);
        request.Pending.CodeVerifier.Length.ShouldBe(43);
        Request("https://evil.example").Pending.ReturnPath.ShouldBe("/");
    }

    [Fact]
    public void Answer_IsAcceptedForTheBrowserThatBegan()
    {
        var pending = Request("/").Pending;
        Answer(pending, ("state", pending.State), ("code", "c1"), ("iss", Issuer)).TryGet(out var answer, out _).ShouldBeTrue();
        answer!.Code.ShouldBe("c1");
    }

    [Fact]
    public void WrongAnswer_IsRefusedWithItsReason()
    {
        var pending = Request("/").Pending;
        Code(pending, ("state", "x"), ("code", "c1"), ("iss", Issuer)).ShouldBe("oidc.answer.state");
        Code(pending, ("code", "c1"), ("iss", Issuer)).ShouldBe("oidc.answer.state");
        Code(pending, ("state", pending.State), ("code", "c1"), ("iss", "https://evil.example")).ShouldBe("oidc.answer.iss");
        Code(pending, ("state", pending.State), ("code", "c1")).ShouldBe("oidc.answer.iss.missing");
        Code(pending, ("state", pending.State), ("code", "c1"), ("code", "c2"), ("iss", Issuer)).ShouldBe("oidc.answer.duplicate");
        Code(pending, ("state", pending.State), ("iss", Issuer)).ShouldBe("oidc.answer.code");
        Code(pending, ("state", pending.State), ("code", ""), ("iss", Issuer)).ShouldBe("oidc.answer.code");
        Code(pending, ("state", pending.State), ("error", "access_denied"), ("iss", Issuer)).ShouldBe("oidc.answer.denied");
        Code(pending, ("state", pending.State), ("error", "server_error"), ("error_description", "x\r\nSet-Cookie: a=b"), ("iss", Issuer)).ShouldBe("oidc.answer.error");
        Code(pending, ("state", pending.State), ("code", "c1"), ("id_token", "x"), ("iss", Issuer)).ShouldBe("oidc.answer.front");
        Code(pending, ("state", pending.State), ("code", new string('x', 5000)), ("iss", Issuer)).ShouldBe("oidc.answer.size");
        Code(null, ("state", pending.State), ("code", "c1"), ("iss", Issuer)).ShouldBe("oidc.answer.pending");
        Code(pending with { Issuer = "https://evil.example" }, ("state", pending.State), ("code", "c1"), ("iss", Issuer)).ShouldBe("oidc.answer.mixup");
        Code(pending with { StartedAt = Now.AddMinutes(-16) }, ("state", pending.State), ("code", "c1"), ("iss", Issuer)).ShouldBe("oidc.answer.late");
        // An error of a stranger tells nothing and ends nothing.
        Code(pending, ("state", "x"), ("error", "access_denied"), ("iss", Issuer)).ShouldBe("oidc.answer.state");
    }

    [Fact]
    public void LineBreaksOfTheOtherSide_ReachNoTrace()
    {
        var pending = Request("/").Pending;
        Answer(pending, ("state", pending.State), ("error", "x\r\nINFO forged"), ("error_description", "\u202Egnp.exe"), ("iss", Issuer)).Refusal!.Came!.ShouldNotContain('\n');
        SsoRefusal.Show("a\u202Eb\u0000c\n").ShouldBe("a�b�c�");
    }

    [Theory]
    [InlineData(200, """{"token_type":"bearer","access_token":"a","id_token":"i"}""", null)]
    [InlineData(200, """{"token_type":"mac","access_token":"a","id_token":"i"}""", "oidc.tokens.type")]
    [InlineData(200, """{"token_type":"Bearer","access_token":"a"}""", "oidc.tokens.idToken")]
    [InlineData(200, """{"token_type":"Bearer","id_token":"i"}""", "oidc.tokens.accessToken")]
    [InlineData(200, """{"token_type":"Bearer","access_token":"a\r\nX: y","id_token":"i"}""", "oidc.tokens.accessToken")]
    [InlineData(400, """{"error":"invalid_grant"}""", "oidc.tokens.grant")]
    [InlineData(401, """{"error":"invalid_client"}""", "oidc.tokens.client")]
    [InlineData(200, """{"error":"x","token_type":"Bearer","access_token":"a","id_token":"i"}""", "oidc.tokens.error")]
    [InlineData(500, "<html>", "oidc.tokens.malformed")]
    [InlineData(200, """{"id_token":"i","id_token":"j"}""", "oidc.tokens.malformed")]
    public void TokenAnswer_IsRead(int status, string json, string? code) => OidcTokens.Parse(status, Encoding.UTF8.GetBytes(json)).Refusal?.Code.ShouldBe(code);

    [Theory]
    [InlineData("/", true)]
    [InlineData("/costs/list?month=2026-10&q=%20a#top", true)]
    [InlineData("/a?return=https://x/", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("costs", false)]
    [InlineData("//evil.example", false)]
    [InlineData("/\\evil.example", false)]
    [InlineData("\\\\evil.example", false)]
    [InlineData("/\t/evil.example", false)]
    [InlineData("/\n/evil.example", false)]
    [InlineData("/.//evil.example", false)]
    [InlineData("/../evil", false)]
    [InlineData("/a//evil.example", false)]
    [InlineData("/%2fevil.example", false)]
    [InlineData("/%5Cevil.example", false)]
    [InlineData("/%2e%2e/evil", false)]
    [InlineData("/a?x=%0d%0aSet-Cookie:a", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("/日本", false)]
    [InlineData(" /a", false)]
    public void ReturnPath_IsOneOfThisPortal(string? path, bool isLocal)
    {
        ReturnPath.IsLocal(path).ShouldBe(isLocal);
        ReturnPath.Local(path).ShouldBe(isLocal ? path : "/");
    }

    [Fact]
    public void AnyReturnPathThatPasses_StaysOnThisHost() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        !ReturnPath.IsLocal("/" + text) || new Uri(new Uri("https://portal.example/sign-in"), "/" + text).Host == "portal.example").QuickCheckThrowOnFailure();

    [Fact]
    public void ClientAssertion_IsSignedByTheClientsKey()
    {
        var forge = new TokenForge();
        var keys = TokenForge.Keys(TokenForge.Set(forge.RsaJwk(), forge.EcJwk()));
        foreach (var (key, kid) in new[] { ((AsymmetricAlgorithm)forge.Rsa, "r1"), (forge.Ec, "e1") })
        {
            TokenForge.Verify(ClientAssertion.Create("portal", Issuer, key, kid, Now), keys).TryGet(out var claims, out var refusal).ShouldBeTrue(refusal?.ToString());
            claims!.Text("iss").ShouldBe("portal");
            claims.Text("sub").ShouldBe("portal");
            claims.Text("aud").ShouldBe(Issuer);
            claims.Text("jti")!.Length.ShouldBe(43);
        }

        using var weak = RSA.Create(1024);
        Should.Throw<NotSupportedException>(() => ClientAssertion.Create("portal", Issuer, weak, "k", Now));
    }

    private static OidcRequest Request(string path) =>
        OidcRequest.Create(Provider(), Guid.Empty, "portal", ["profile", "email"], new Uri("https://portal.example/sso/oidc"), path, new OidcWishes(MaxAgeSeconds: 300), Now);

    private static OidcDiscovery Provider() => OidcDiscovery.Parse(Encoding.UTF8.GetBytes(Document().ToJsonString()), Issuer, false).TryGet(out var provider, out var refusal) ? provider : throw new InvalidOperationException(refusal.ToString());

    private static Checked<OidcAnswer> Answer(PendingOidcSignIn? pending, params (string Name, string Value)[] parameters) =>
        OidcAnswer.Check([.. parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))], pending, Provider(), Now);

    private static string? Code(PendingOidcSignIn? pending, params (string Name, string Value)[] parameters) => Answer(pending, parameters).Refusal?.Code;

    private static JsonObject Document() => new()
    {
        ["issuer"] = Issuer,
        ["authorization_endpoint"] = "https://login.example/t1/authorize",
        ["token_endpoint"] = "https://login.example/t1/token",
        ["jwks_uri"] = "https://keys.example/t1",
        ["response_types_supported"] = new JsonArray("code", "id_token"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256", "HS256"),
        ["code_challenge_methods_supported"] = new JsonArray("S256", "plain"),
        ["authorization_response_iss_parameter_supported"] = true,
    };
}
