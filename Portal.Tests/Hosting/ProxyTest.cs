using System.Net;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Hosting;

/// <summary>What the portal believes of a proxy, and what it does differently behind TLS.</summary>
public sealed class ProxyTest(TestServer server)
{
    [Fact]
    public async Task NamedProxy_IsBelieved_AndHttpsIsKept()
    {
        await using var portal = new WebPortal(server);
        portal.Settings["Proxies:0"] = "127.0.0.1";
        await portal.InitializeAsync();
        var page = await ThroughProxyAsync(portal, "/sign-in");
        page.Headers["Strict-Transport-Security"].ShouldBe("max-age=31536000; includeSubDomains");
        page.Headers["Set-Cookie"].ShouldContain("secure", Case.Insensitive);
        page.Headers["Set-Cookie"].ShouldContain("samesite=strict", Case.Insensitive);
        var language = await ThroughProxyAsync(portal, "/sign-in?language=ja", HttpStatusCode.Found);
        language.Headers["Set-Cookie"].ShouldContain("secure", Case.Insensitive);

        var org = await portal.CreateOrganizationAsync();
        var answer = await ThroughProxyAsync(portal, $"/api/v1/organizations/{org}/provisioning");
        answer.Json.GetProperty("address").GetString().ShouldBe($"https://portal.example.test/scim/v2/{org}");
    }

    [Fact]
    public async Task AnybodyElse_IsNot()
    {
        await using var portal = new WebPortal(server);
        await portal.InitializeAsync();
        var org = await portal.CreateOrganizationAsync();
        var answer = await ThroughProxyAsync(portal, $"/api/v1/organizations/{org}/provisioning");
        answer.Headers.ShouldNotContainKey("Strict-Transport-Security");
        answer.Json.GetProperty("address").GetString().ShouldBe($"{portal.Address}/scim/v2/{org}");
    }

    private static async Task<Answer> ThroughProxyAsync(WebPortal portal, string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "portal.example.test");
        var answer = await portal.SendAsync(request);
        answer.Status.ShouldBe(status, answer.Text);
        return answer;
    }
}
