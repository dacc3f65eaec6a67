using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Peers;

/// <summary>Whatever strangers send to the addresses that providers use: it is refused in words, leaves an audit entry, opens no session and is never a failure of the portal.</summary>
public sealed class SsoDoorAttackTest(SsoWorld world) : IClassFixture<SsoWorld>
{
    private const string Form = "application/x-www-form-urlencoded";
    private static readonly string Xml = Convert.ToBase64String("<a/>"u8);

    /// <summary>Method, content type (null = no body), body; ID stands for the connection.</summary>
    public static TheoryData<string, string?, string, string> SamlCases => new()
    {
        { "POST", null, "", "saml.form" },
        { "POST", "application/json", """{"SAMLResponse":"x"}""", "saml.form" },
        { "POST", "text/xml", "<a/>", "saml.form" },
        { "POST", "multipart/form-data", "x", "saml.form" },
        { "POST", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"SAMLResponse\"\r\n\r\ncut", "saml.form" },
        { "POST", Form, "SAMLResponse=" + new string('A', 900_000), "saml.form" },
        { "POST", Form, string.Join('&', Enumerable.Range(0, 40).Select(i => $"a{i}=1")), "saml.form" },
        { "POST", Form, $"SAMLResponse={Uri.EscapeDataString(Xml)}&SAMLResponse={Uri.EscapeDataString(Xml)}", "saml.form" },
        { "POST", Form, $"SAMLResponse={Uri.EscapeDataString(Xml)}&RelayState=a&RelayState=b", "saml.form" },
        { "GET", null, "", "saml.form" },
        { "POST", Form, "", "saml.missing" },
        { "POST", Form, "samlresponse=x", "saml.base64" },
        { "POST", Form, "SAMLRequest=" + Uri.EscapeDataString(Xml), "saml.missing" },
        { "POST", Form, "SAMLResponse=%00%00%00%00", "saml.form" },
        { "POST", Form, "SAMLResponse=%ff%fe%ff%fe", "saml.base64" },
        { "POST", Form, "SAMLResponse=AAAA", "saml.xml.malformed" },
        { "POST", Form + "; charset=utf-7", "SAMLResponse=" + Uri.EscapeDataString(Xml), "saml.form" },
        { "POST", Form + "; charset=nonsense", "SAMLResponse=" + Uri.EscapeDataString(Xml), "saml.root" },
        { "POST", Form, "SAMLResponse=" + Uri.EscapeDataString(Xml) + "&RelayState=%0d%0aSet-Cookie:%20a=b", "saml.root" },
        { "POST", Form, "RelayState=" + new string('r', 100_000) + "&SAMLResponse=" + Uri.EscapeDataString(Xml), "saml.root" },
    };

    public static TheoryData<string, string, string> OidcCases => new()
    {
        { "GET", "?", "sso.pending" },
        { "GET", "?code=c&state=s", "sso.pending" },
        { "GET", "?code=c&code=d&state=s&state=t", "sso.pending" },
        { "GET", "?error=access_denied&state=s", "sso.pending" },
        { "GET", "?state=%00&code=%00", "sso.pending" },
        { "GET", "?state=%ff%fe&code=%ED%A0%80", "sso.pending" },
        { "GET", "?state=" + "' OR 1=1 --&code=../../etc/passwd", "sso.pending" },
        { "GET", "#id_token=a.b.c&state=s", "sso.pending" },
        { "GET", "?id_token=a.b.c&access_token=x&state=s", "sso.pending" },
        { "GET", "?response=a.b.c", "sso.pending" },
        { "POST", "?code=c&state=s", "oidc.answer.post" },
        { "POST", "", "oidc.answer.post" },
    };

    /// <summary>Payload, header; each is refused with 400, whoever it names.</summary>
    public static TheoryData<string, string?> LogoutCases => new()
    {
        { Form, null },
        { Form, "" },
        { Form, "a" },
        { Form, "a.b.c" },
        { "application/json", """{"iss":"ISSUER","aud":"portal"}""" },
        { Form, """{"iss":"ISSUER\u0000","aud":"portal"}""" },
        { Form, """{"iss":"\u0000","aud":"\u0000"}""" },
        { Form, """{"iss":"ISSUER","aud":"portal\u0000"}""" },
        { Form, """{"iss":"\ud800","aud":"portal"}""" },
        { Form, """{"iss":["ISSUER"],"aud":"portal"}""" },
        { Form, """{"iss":"ISSUER","aud":[]}""" },
        { Form, """{"iss":"ISSUER","aud":[["portal"]]}""" },
        { Form, """{"iss":"ISSUER","iss":"https://evil.test","aud":"portal"}""" },
        { Form, """{"iss":"ISSUER' OR '1'='1","aud":"portal"}""" },
        { Form, """{"iss":"ISSUER","aud":"portal"}""" },
        { Form, """{"iss":"ISSUER","aud":"PORTAL"}""" },
        { Form, "e30.e31.AAAA" },
        { Form + "; charset=utf-7", "a.b.c" },
        { "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"logout_token\"\r\n\r\ncut" },
    };

    [Theory]
    [MemberData(nameof(SamlCases))]
    public async Task SamlAnswerOfAStranger_IsRefused(string method, string? type, string body, string code)
    {
        var (org, id) = await SamlAsync();
        await RefusedAsync(org, method, $"/sso/saml/{id}/acs", type, body, code);
    }

    [Theory]
    [MemberData(nameof(OidcCases))]
    public async Task OidcAnswerOfAStranger_IsRefused(string method, string query, string code)
    {
        var (org, id) = await OidcAsync();
        await RefusedAsync(org, method, $"/sso/oidc/callback/{id}{query}", method == "POST" ? Form : null, "code=c&state=s", code);
    }

    /// <summary>What the browser keeps of a sign-in, changed by whoever holds the browser.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("AB")]
    [InlineData("AAAB")]
    [InlineData("A")]
    [InlineData("!!!!")]
    [InlineData("CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task ForgedCookie_IsNoSignIn(string value)
    {
        var (org, id) = await OidcAsync();
        await RefusedAsync(org, "GET", $"/sso/oidc/callback/{id}?code=c&state=s", null, "", "sso.pending", $"portal-sso-{Entry.SsoPending.KeyOf("s")}={value}");
    }

    [Theory]
    [MemberData(nameof(LogoutCases))]
    public async Task LogoutOfAStranger_IsRefused(string type, string? payload)
    {
        var (org, _) = await OidcAsync();
        var text = payload?.Replace("ISSUER", Issuer(org), StringComparison.Ordinal);
        var token = text is null ? null : text.StartsWith('{') ? $"{B64("""{"alg":"RS256","kid":"k"}""")}.{B64(text)}.AAAA" : text;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sso/oidc/backchannel-logout") { Content = Content(type, type == Form ? token is null ? "" : $"logout_token={token}" : text ?? "") };
        var answer = await SendAsync(request);
        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        answer.Json.GetProperty("error").GetString().ShouldBe("invalid_request");
        (await CountedAsync("sso.logout")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("GET", "/sso/oidc/callback/{0}?code=c&state=s")]
    [InlineData("POST", "/sso/oidc/callback/{0}")]
    [InlineData("POST", "/sso/saml/{0}/acs")]
    [InlineData("GET", "/sso/saml/{0}/acs")]
    public async Task ConnectionThatIsNone_LeavesAnEntryOfThePlatform(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), string.Format(System.Globalization.CultureInfo.InvariantCulture, path, Ids.New()));
        if (method == "POST") request.Content = Content(Form, "SAMLResponse=AAAA");
        var answer = await SendAsync(request);
        answer.Status.ShouldBe(HttpStatusCode.Redirect, answer.Text);
        answer.Headers["Location"].ShouldStartWith("/sso/notice?kind=retry&ref=");
        (await CountedAsync("sso.unknown")).ShouldBeTrue();
    }

    private async Task RefusedAsync(string org, string method, string path, string? type, string body, string code, string? cookie = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", cookie);
        if (method == "POST") request.Content = Content(type, body);
        var answer = await SendAsync(request);
        answer.Status.ShouldBe(HttpStatusCode.Redirect, answer.Text);
        answer.Headers["Location"].ShouldStartWith("/sso/notice?kind=");
        answer.Headers.GetValueOrDefault("Set-Cookie", "").ShouldNotContain("portal-session");
        var attempt = await world.LastAttemptAsync(org);
        attempt.GetProperty("code").GetString().ShouldBe(code);
        attempt.GetProperty("change").GetString().ShouldNotBeNullOrEmpty();
        var entry = (await world.Web.GetAsync($"/api/v1/organizations/{org}/audit?limit=1")).Json.GetProperty("items")[0];
        entry.GetProperty("action").GetString().ShouldBe("sso.arrive");
        entry.GetProperty("status").GetString().ShouldBe("failure");
        entry.GetProperty("reason").GetString().ShouldNotBeNull().ShouldStartWith(code + ":");
    }

    private async Task<(string Org, Guid Id)> SamlAsync()
    {
        var org = await world.Web.CreateOrganizationAsync("Door");
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=provider", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(365));
        return (org, await EnabledAsync(org, new { name = "Saml", kind = "saml", issuer = "https://idp.test/saml", signInAddress = "https://idp.test/sso", certificates = new[] { certificate.ExportCertificatePem() } }));
    }

    private async Task<(string Org, Guid Id)> OidcAsync()
    {
        var org = await world.Web.CreateOrganizationAsync("Door");
        return (org, await EnabledAsync(org, new { name = "Oidc", kind = "oidc", issuer = Issuer(org), clientId = "portal", clientSecret = "a secret of the tests, long enough" }));
    }

    private async Task<Guid> EnabledAsync(string org, object connection)
    {
        var id = (await world.PostAsync($"/api/v1/organizations/{org}/sso/connections", connection)).GetProperty("id").GetGuid();
        await world.PostAsync($"/api/v1/organizations/{org}/sso/connections/{id}/enable", new { });
        return id;
    }

    /// <summary>The platform's own log keeps what belongs to no organization.</summary>
    private async Task<bool> CountedAsync(string code)
    {
        var since = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1);
        await world.Web.Services.GetRequiredService<RefusalLog>().FlushAsync(TestContext.Current.CancellationToken);
        return await world.Web.Services.GetRequiredService<PortalDatabase>().ReadAsync(
            DataScope.Platform, db => db.Set<AuditEntry>().AnyAsync(e => e.OrganizationId == Guid.Empty && e.Action == "access.refused" && e.Reason != null && e.Reason.Contains(code) && e.OccurredAtUtc > since), TestContext.Current.CancellationToken);
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var stranger = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(world.Web.Address) };
        return await world.Web.SendAsync(request, stranger);
    }

    // Nobody listens there.
    private static string Issuer(string org) => $"https://127.0.0.1:1/{org}";

    private static string B64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static ByteArrayContent Content(string? type, string body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (type is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }
}
