using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Peers;

/// <summary>Signing in over HTTP through a SAML provider from npm.</summary>
public sealed class SamlPeerTest(SsoWorld world) : IClassFixture<SsoWorld>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SignIn_ThatThePortalBegan_OpensASession(bool encrypted)
    {
        var (org, connection, _) = await ConnectAsync(encrypted);
        using var ann = world.Visitor();
        var (answer, back) = await SignInAsync(ann, org);
        back.Status.ShouldBe(HttpStatusCode.Redirect, back.Text);
        back.To.ShouldNotBeNull().AbsolutePath.ShouldBe("/account", (await world.LastAttemptAsync(org)).ToString());
        (await world.AccountAsync(ann)).ShouldBe(HttpStatusCode.OK);
        var attempt = await world.LastAttemptAsync(org);
        attempt.GetProperty("succeeded").GetBoolean().ShouldBeTrue();
        attempt.GetProperty("facts").GetProperty("certificate").GetString().ShouldNotBeNull().Length.ShouldBe(64, "by which certificate it was right");
        attempt.ToString().ShouldNotContain($"ann@{org}.test", Case.Insensitive);

        // The same answer again, with the cookie put back: neither the assertion nor the request counts twice.
        using var copied = world.Visitor();
        foreach (var (name, value) in answer.Cookies) copied.PortalCookies[name] = value;
        (await copied.GoAsync($"/sso/saml/{connection}/acs", answer.Form)).To.ShouldNotBeNull().PathAndQuery.ShouldStartWith("/sso/notice?kind=retry");
        (await world.LastAttemptAsync(org)).GetProperty("code").GetString().ShouldBe("saml.replay");
        copied.PortalCookies.ContainsKey("portal-session").ShouldBeFalse();
    }

    [Fact]
    public async Task AnswerInAnotherBrowser_IsRefused()
    {
        var (org, connection, _) = await ConnectAsync(encrypted: false);
        using var attacker = world.Visitor();
        var page = await attacker.GoAsync(await attacker.StartAsync(org));
        // The form that the provider made for the attacker, sent by the victim's browser.
        using var victim = world.Visitor();
        var forced = await victim.GoAsync($"/sso/saml/{connection}/acs", Form(page.Text));
        forced.To.ShouldNotBeNull().PathAndQuery.ShouldStartWith("/sso/notice?kind=retry");
        victim.PortalCookies.ContainsKey("portal-session").ShouldBeFalse();
        (await world.LastAttemptAsync(org)).GetProperty("code").GetString().ShouldBe("saml.unsolicited");
    }

    [Fact]
    public async Task SignIn_ThatTheProviderBegan_IsRefused_UntilItIsAllowed_AndGoesToAPathOfThisPortal()
    {
        var (org, connection, provider) = await ConnectAsync(encrypted: false);
        using var ann = world.Visitor();
        var page = await ann.GoAsync(new Uri(provider.Address + "/start"));
        (await ann.GoAsync($"/sso/saml/{connection}/acs", Form(page.Text))).To.ShouldNotBeNull().PathAndQuery.ShouldStartWith("/sso/notice?kind=retry");
        (await world.LastAttemptAsync(org)).GetProperty("code").GetString().ShouldBe("saml.unsolicited");

        await world.SendAsync(HttpMethod.Patch, $"/api/v1/organizations/{org}/sso/connections/{connection}", new { allowIdpInitiated = true });
        var allowed = await ann.GoAsync(new Uri(provider.Address + "/start"));
        (await ann.GoAsync($"/sso/saml/{connection}/acs", Form(allowed.Text))).To.ShouldNotBeNull().AbsolutePath.ShouldBe("/account");
        using var misled = world.Visitor();
        var third = Form((await misled.GoAsync(new Uri(provider.Address + "/start"))).Text);
        third["RelayState"] = "https://evil.test/";
        (await misled.GoAsync($"/sso/saml/{connection}/acs", third)).To.ShouldNotBeNull().ToString().ShouldBe(world.Web.Address + "/");
    }

    [Fact]
    public async Task Metadata_IsReadByTheParserThatReadsProviders_AndNothingElseIsTaken()
    {
        var (_, connection, _) = await ConnectAsync(encrypted: false);
        using var visitor = world.Visitor();
        var metadata = await visitor.GoAsync($"/sso/saml/{connection}/metadata");
        metadata.Text.ShouldContain("AuthnRequestsSigned=\"true\"");
        metadata.Text.ShouldContain($"{world.Web.Address}/sso/saml/{connection}/acs");
        (await visitor.GoAsync($"/sso/saml/{connection}/acs", new Dictionary<string, string> { ["SAMLResponse"] = "PCFET0NUWVBFIHg+" })).To.ShouldNotBeNull().AbsolutePath.ShouldBe("/sso/notice");
        (await visitor.GoAsync($"/sso/saml/{connection}/acs", new Dictionary<string, string> { ["other"] = new('a', 100) })).To.ShouldNotBeNull().AbsolutePath.ShouldBe("/sso/notice");
        (await visitor.GoAsync($"/sso/saml/{Kernel.Ids.New()}/metadata")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<(string Org, Guid Connection, NodePeer Provider)> ConnectAsync(bool encrypted)
    {
        var org = await world.Web.CreateOrganizationAsync("Saml");
        await world.ProveAsync(org, $"{org}.test");
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=provider", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(365));
        var port = NodePeer.FreePort();
        var made = await world.PostAsync($"/api/v1/organizations/{org}/sso/connections", new
        {
            name = "Saml", kind = "saml", issuer = $"http://127.0.0.1:{port}/metadata", signInAddress = $"http://127.0.0.1:{port}/saml", certificates = new[] { certificate.ExportCertificatePem() }, createPeople = true, requireEncryption = encrypted,
        });
        var id = made.GetProperty("id").GetGuid();
        await world.PostAsync($"/api/v1/organizations/{org}/sso/connections/{id}/enable", new { });
        var side = made.GetProperty("atProvider");
        var provider = await NodePeer.StartAsync("saml-provider.mjs", port, new
        {
            port, key = key.ExportPkcs8PrivateKeyPem(), cert = certificate.ExportCertificatePem(), acs = side.GetProperty("consumerAddress").GetString(), portal = side.GetProperty("entityId").GetString(),
            encryptFor = encrypted ? EncryptFor(made) : null, user = new { id = "ann-1", displayName = "Ann", emails = new[] { new { value = $"ann@{org}.test" } }, name = new { givenName = "Ann", familyName = "Ng" } },
        });
        world.Keep(provider);
        return (org, id, provider);
    }

    private static object EncryptFor(JsonElement connection)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(connection.GetProperty("keys")[0].GetProperty("certificate").GetString().ShouldNotBeNull()));
        using var key = certificate.GetRSAPublicKey().ShouldNotBeNull();
        return new { cert = certificate.ExportCertificatePem(), key = key.ExportSubjectPublicKeyInfoPem() };
    }

    private static async Task<((Dictionary<string, string> Cookies, Dictionary<string, string> Form) Answer, Visit Back)> SignInAsync(SsoVisitor visitor, string org)
    {
        var request = await visitor.StartAsync(org);
        request.Query.ShouldContain("Signature=");
        var page = await visitor.GoAsync(request);
        var form = Form(page.Text);
        var cookies = visitor.PortalCookies.ToDictionary();
        var acs = new Uri(WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Match(page.Text, "action=\"([^\"]+)\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value));
        return ((cookies, form), await visitor.GoAsync(acs, form));
    }

    private static Dictionary<string, string> Form(string html) => new(StringComparer.Ordinal) { ["SAMLResponse"] = SsoVisitor.Field(html, "SAMLResponse"), ["RelayState"] = SsoVisitor.Field(html, "RelayState") };
}
