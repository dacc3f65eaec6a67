using System.Net;
using System.Text.Json;
using Hexabase.Portal.Access.Sso.Entry;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Peers;

/// <summary>Signing in over HTTP through a certified OpenID provider, and out again.</summary>
public sealed class OidcPeerTest(SsoWorld world) : OidcPeerWorld(world)
{
    [Fact]
    public async Task FirstSignIn_MakesAMember_WithWhatTheGroupsGive_AndTakesItAwayLater()
    {
        await World.SendAsync(HttpMethod.Put, Path("mappings"), new { mappings = new[] { new { value = "finance", role = "financeViewer" }, new { value = "operations", role = "auditor" } } });
        using var ann = World.Visitor();
        var back = await ann.SignInAsync(Ann, "ann", $"/o/{Org}/people");
        back.Status.ShouldBe(HttpStatusCode.Redirect, back.Text);
        back.To.ShouldNotBeNull().PathAndQuery.ShouldBe($"/o/{Org}/people");
        (await World.AccountAsync(ann)).ShouldBe(HttpStatusCode.OK);
        (await RolesAsync(Ann)).ShouldBe(["auditor", "financeViewer", "orgUser"]);

        await SsoWorld.ControlAsync(Provider, new { ann = Account("ann", "finance") });
        using var again = World.Visitor();
        await again.SignInAsync(Ann, "ann");
        (await RolesAsync(Ann)).ShouldBe(["financeViewer", "orgUser"]);

        var attempt = await World.LastAttemptAsync(Org);
        attempt.GetProperty("succeeded").GetBoolean().ShouldBeTrue();
        attempt.GetProperty("facts").GetProperty("groups")[0].GetString().ShouldBe("finance");
        attempt.ToString().ShouldNotContain(Ann, Case.Insensitive, "the trace names nobody");
        var entries = await World.Web.GetAsync($"/api/v1/organizations/{Org}/audit?limit=20");
        entries.Text.ShouldContain("sso.arrive");
        entries.Text.ShouldContain("session.signIn");
    }

    [Fact]
    public async Task Session_CarriesTheOrganizationOfItsConnectionAlone()
    {
        var other = await World.Web.CreateOrganizationAsync("Other");
        var person = await TestPeople.AddAsync(World.Web, "orgAdmin", other, "Ann");
        var id = await World.IdAsync(Org);
        (await World.Web.Portal.SendAsync(Actor.Anonymous, new JoinForTest(id, person.UserId, Ann))).Problem.ShouldBeNull();
        using var ann = World.Visitor();
        (await ann.SignInAsync(Ann, "ann")).Status.ShouldBe(HttpStatusCode.Redirect);
        var session = await SessionAsync(ann);
        session.UserId.ShouldBe(person.UserId);
        session.Method.ShouldBe(SignInMethods.Oidc);
        session.Grants.ShouldAllBe(g => g.OrganizationId == id);
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/organizations/{other}");
        request.Headers.Add("Cookie", Cookie(ann));
        using var nobody = World.Web.Client();
        (await World.Web.SendAsync(request, nobody)).Status.ShouldBe(HttpStatusCode.NotFound);

        await World.PostAsync(Path("disable"), new { });
        (await World.AccountAsync(ann)).ShouldBe(HttpStatusCode.Unauthorized, "a connection that is switched off takes its sessions with it");
    }

    [Fact]
    public async Task BackChannelLogout_EndsTheSession_AndCountsOnce()
    {
        using var ann = World.Visitor();
        await ann.SignInAsync(Ann, "ann");
        (await World.AccountAsync(ann)).ShouldBe(HttpStatusCode.OK);
        var page = await ann.GoAsync(new Uri($"{Provider.Address}/session/end?client_id={SsoWorld.ClientId}"));
        await ann.GoAsync(new Uri($"{Provider.Address}/session/end/confirm"), new Dictionary<string, string> { ["xsrf"] = SsoVisitor.Field(page.Text, "xsrf"), ["logout"] = "yes" });
        (await World.AccountAsync(ann)).ShouldBe(HttpStatusCode.Unauthorized);
        var attempt = await World.LastAttemptAsync(Org);
        attempt.GetProperty("step").GetString().ShouldBe("logout");
        attempt.GetProperty("facts").GetProperty("sessions").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task SignOut_GoesOnToTheProvider()
    {
        using var ann = World.Visitor();
        await ann.SignInAsync(Ann, "ann");
        var page = await ann.GoAsync("/break-glass");
        var left = await ann.GoAsync("/account/sign-out", new Dictionary<string, string> { ["__RequestVerificationToken"] = SsoVisitor.Token(page.Text) });
        left.Status.ShouldBe(HttpStatusCode.OK, left.Text);
        left.Text.ShouldContain($"{Provider.Address}/session/end?client_id=portal&amp;post_logout_redirect_uri=");
        left.Text.ShouldContain("signed-out");
        (await World.AccountAsync(ann)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task PrivateKey_ProvesThePortal_WithoutASecret()
    {
        var org = await World.Web.CreateOrganizationAsync("Keys");
        await World.ProveAsync(org, $"{org}.test");
        await World.ConnectOidcAsync(new { kim = new { email = $"kim@{org}.test", email_verified = true, name = "Kim" } }, new { createPeople = true }, org, clientProof: "privateKey");
        using var kim = World.Visitor();
        var back = await kim.SignInAsync(org, "kim");
        back.To.ShouldNotBeNull().AbsolutePath.ShouldBe("/account", (await World.LastAttemptAsync(org)).ToString());
    }

    [Fact]
    public async Task Enforcement_NeedsATestAndASealedCode_ThenClosesPasswords_AndTheGlassStillBreaks()
    {
        const string password = "seven green boats at noon";
        var admin = await TestPeople.AddAsync(World.Web, "orgAdmin", Org, "Admin", password);
        await World.ProveAsync(Org, "example.test");
        await SsoWorld.ControlAsync(Provider, new { admin = new { email = admin.UserName, email_verified = true, name = "Admin" } });
        (await EnforceAsync("enforced")).ShouldBeProblem(HttpStatusCode.Conflict, "sso.enforce.untested");

        using var browser = World.Visitor();
        browser.PortalCookies["portal-session"] = await TestPeople.CookieAsync(World.Web, admin);
        // Somebody else's sign-in proves nothing of the administrator's own way in.
        (await TestAsync(browser, "ann")).ShouldStartWith("/sso/notice?kind=provider&ref=");
        (await EnforceAsync("enforced")).ShouldBeProblem(HttpStatusCode.Conflict, "sso.enforce.untested");
        (await TestAsync(browser, "admin")).ShouldBe("/sso/notice?kind=tested");
        (await EnforceAsync("enforced")).ShouldBeProblem(HttpStatusCode.Conflict, "sso.enforce.breakGlass");
        var code = (await World.PostAsync($"/api/v1/organizations/{Org}/sso/break-glass", new { })).GetProperty("code").GetString().ShouldNotBeNull();
        (await PasswordAsync(admin.UserName, password)).Succeeded.ShouldBeTrue();
        (await EnforceAsync("enforced")).Status.ShouldBe(HttpStatusCode.OK);

        (await PasswordAsync(admin.UserName, password)).Problem.ShouldNotBeNull().Code.ShouldBe("signIn.sso");
        (await PasswordAsync(admin.UserName, "a wrong guess here")).Problem.ShouldNotBeNull().Code.ShouldBe("signIn.wrong", "a stranger learns nothing of the enforcement");
        (await World.AccountAsync(browser)).ShouldBe(HttpStatusCode.OK, "who was in stays in");
        (await World.Web.SendAsync(new HttpRequestMessage(HttpMethod.Delete, Path()))).ShouldBeProblem(HttpStatusCode.Conflict, "sso.enforced");

        using var outsider = World.Visitor();
        var page = await outsider.GoAsync("/break-glass");
        var form = new Dictionary<string, string> { ["__RequestVerificationToken"] = SsoVisitor.Token(page.Text), ["organization"] = Org, ["code"] = "WRONG", ["person"] = "Mori Taro", ["reason"] = "The provider is down" };
        (await outsider.GoAsync("/sso/break-glass", form)).To.ShouldNotBeNull().PathAndQuery.ShouldStartWith("/break-glass?problem=breakGlass.wrong");
        form["code"] = code.ToLowerInvariant();
        (await outsider.GoAsync("/sso/break-glass", form)).To.ShouldNotBeNull().AbsolutePath.ShouldBe($"/o/{Org}");
        var session = await SessionAsync(outsider);
        session.Method.ShouldBe(SignInMethods.BreakGlass);
        session.ExpiresAtUtc.ShouldBeLessThan(TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(61));
        session.Grants.ShouldHaveSingleItem().Role.ShouldBe("orgAdmin");
        using var second = World.Visitor();
        form["__RequestVerificationToken"] = SsoVisitor.Token((await second.GoAsync("/break-glass")).Text);
        (await second.GoAsync("/sso/break-glass", form)).To.ShouldNotBeNull().PathAndQuery.ShouldStartWith("/break-glass?problem=breakGlass.wrong", Case.Sensitive, "a code counts once");
        (await World.Web.GetAsync($"/api/v1/organizations/{Org}/home")).Text.ShouldContain("breakGlassUsed");
        (await World.Web.GetAsync($"/api/v1/organizations/{Org}/audit?q=action:breakGlass.use&limit=5")).Text.ShouldContain("The provider is down");
    }

    private async Task<string> TestAsync(SsoVisitor browser, string login)
    {
        // Nobody is signed in at the provider yet.
        browser.Cookies.Remove(new Uri(Provider.Address).Authority);
        var begun = await browser.GoAsync($"/sso/test/{Connection}?org={Org}");
        var to = new Uri(WebUtility.HtmlDecode(begun.Text.Split("0;url=")[1].Split('"')[0]));
        return (await browser.GoAsync(await browser.AgreeAsync(to, login))).To.ShouldNotBeNull().PathAndQuery;
    }

    private Task<Answer> EnforceAsync(string state) => World.Web.SendAsync(new HttpRequestMessage(HttpMethod.Put, Path("enforcement")) { Content = System.Net.Http.Json.JsonContent.Create(new { state }) });

    private Task<Result<Factors.SignInStep>> PasswordAsync(string userName, string password) => World.Web.Services.GetRequiredService<PasswordSignIn>().SignInAsync(Actor.Anonymous, Ids.New().ToString(), userName, password, default);

    private async Task<SessionIdentity> SessionAsync(SsoVisitor visitor)
    {
        var options = World.Web.Services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions>>().Get(Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationDefaults.AuthenticationScheme);
        var ticket = options.TicketDataFormat.Unprotect(visitor.PortalCookies["portal-session"]).ShouldNotBeNull();
        return (await World.Web.Services.GetRequiredService<SessionDirectory>().FindAsync(Guid.Parse(ticket.Principal.FindFirst("sid").ShouldNotBeNull().Value), default)).ShouldNotBeNull();
    }

    private async Task<string[]> RolesAsync(string userName)
    {
        var people = await World.Web.GetAsync($"/api/v1/organizations/{Org}/people");
        var person = people.Json.GetProperty("items").EnumerateArray().Single(p => p.GetProperty("userName").GetString() == userName);
        return [.. person.GetProperty("roles").EnumerateArray().Select(r => r.GetString() ?? "")];
    }

    private static string Cookie(SsoVisitor visitor) => string.Join("; ", visitor.PortalCookies.Select(c => $"{c.Key}={c.Value}"));
}
