using System.Net;
using System.Text.Json;
using Hexabase.Portal.Access.Sso.Entry;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Peers;

/// <summary>Signing in over HTTP through a certified OpenID provider.</summary>
public sealed class OidcPeerTest(SsoWorld world) : IClassFixture<SsoWorld>, IAsyncLifetime
{
    private string _org = "";
    private string _domain = "";
    private Guid _connection;
    private NodePeer? _provider;

    private NodePeer Provider => _provider.ShouldNotBeNull();

    private string Ann => $"ann@{_domain}";

    public async ValueTask InitializeAsync()
    {
        _org = await world.Web.CreateOrganizationAsync("Peers");
        _domain = $"{_org}.test";
        await world.ProveAsync(_org, _domain);
        (_connection, _provider) = await world.ConnectOidcAsync(
            new { ann = Account("ann", "finance", "operations"), bob = Account("bob"), eve = new { email = "eve@elsewhere.test", email_verified = true, name = "Eve" }, mallory = new { email = $"mallory@{_domain}", email_verified = false }, nobody = new { } },
            new { createPeople = true, defaultRole = "orgUser" }, _org);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task FirstSignIn_MakesAMember_WithWhatTheGroupsGive_AndTakesItAwayLater()
    {
        await world.SendAsync(HttpMethod.Put, Path("mappings"), new { mappings = new[] { new { value = "finance", role = "financeViewer" }, new { value = "operations", role = "auditor" } } });
        using var ann = world.Visitor();
        var back = await ann.SignInAsync(Ann, "ann", $"/o/{_org}/people");
        back.Status.ShouldBe(HttpStatusCode.Redirect, back.Text);
        back.To.ShouldNotBeNull().PathAndQuery.ShouldBe($"/o/{_org}/people");
        (await world.AccountAsync(ann)).ShouldBe(HttpStatusCode.OK);
        (await RolesAsync(Ann)).ShouldBe(["auditor", "financeViewer", "orgUser"]);

        await SsoWorld.ControlAsync(Provider, new { ann = Account("ann", "finance") });
        using var again = world.Visitor();
        await again.SignInAsync(Ann, "ann");
        (await RolesAsync(Ann)).ShouldBe(["financeViewer", "orgUser"]);

        var attempt = await world.LastAttemptAsync(_org);
        attempt.GetProperty("succeeded").GetBoolean().ShouldBeTrue();
        attempt.GetProperty("facts").GetProperty("groups")[0].GetString().ShouldBe("finance");
        attempt.ToString().ShouldNotContain(Ann, Case.Insensitive, "the trace names nobody");
        var entries = await world.Web.GetAsync($"/api/v1/organizations/{_org}/audit?limit=20");
        entries.Text.ShouldContain("sso.arrive");
        entries.Text.ShouldContain("session.signIn");
    }

    [Fact]
    public async Task Session_CarriesTheOrganizationOfItsConnectionAlone()
    {
        var other = await world.Web.CreateOrganizationAsync("Other");
        var person = await TestPeople.AddAsync(world.Web, "orgAdmin", other, "Ann");
        var id = await world.IdAsync(_org);
        (await world.Web.Portal.SendAsync(Actor.Anonymous, new JoinForTest(id, person.UserId, Ann))).Problem.ShouldBeNull();
        using var ann = world.Visitor();
        (await ann.SignInAsync(Ann, "ann")).Status.ShouldBe(HttpStatusCode.Redirect);
        var session = await SessionAsync(ann);
        session.UserId.ShouldBe(person.UserId);
        session.Method.ShouldBe(SignInMethods.Oidc);
        session.Grants.ShouldAllBe(g => g.OrganizationId == id);
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/organizations/{other}");
        request.Headers.Add("Cookie", Cookie(ann));
        using var nobody = world.Web.Client();
        (await world.Web.SendAsync(request, nobody)).Status.ShouldBe(HttpStatusCode.NotFound);

        await world.PostAsync(Path("disable"), new { });
        (await world.AccountAsync(ann)).ShouldBe(HttpStatusCode.Unauthorized, "a connection that is switched off takes its sessions with it");
    }

    [Fact]
    public async Task ReplayedAnswer_IsRefused_WithAndWithoutItsCookie()
    {
        using var ann = world.Visitor();
        var callback = await ann.AgreeAsync(await ann.StartAsync(Ann), "ann");
        var kept = ann.PortalCookies.ToDictionary();
        (await ann.GoAsync(callback)).To.ShouldNotBeNull().AbsolutePath.ShouldBe("/account");
        await RefusedAsync(ann, callback, "sso.pending", "retry");

        using var copied = world.Visitor();
        foreach (var (name, value) in kept) copied.PortalCookies[name] = value;
        await RefusedAsync(copied, callback, "oidc.answer.replay", "retry");
        using var other = world.Visitor();
        await RefusedAsync(other, callback, "sso.pending", "retry");
    }

    [Fact]
    public async Task Answers_ThatDoNotBelongHere_AreRefused()
    {
        using var ann = world.Visitor();
        var callback = await ann.AgreeAsync(await ann.StartAsync(Ann), "ann");
        await RefusedAsync(ann, Change(callback, "iss", "https://evil.test"), "oidc.answer.iss", "retry");

        // Another connection's address, with this one's cookie: a mix-up of two providers.
        using var mixed = world.Visitor();
        var answer = await mixed.AgreeAsync(await mixed.StartAsync(Ann), "ann");
        var (second, _) = await world.ConnectOidcAsync(new { }, org: _org);
        await RefusedAsync(mixed, new Uri(answer.AbsoluteUri.Replace(_connection.ToString(), second.ToString(), StringComparison.Ordinal)), "sso.pending", "retry");
        await world.PostAsync($"/api/v1/organizations/{_org}/sso/connections/{second}/disable", new { });

        using var stateless = world.Visitor();
        var third = await stateless.AgreeAsync(await stateless.StartAsync(Ann), "ann");
        await RefusedAsync(stateless, Change(third, "state", "another"), "sso.pending", "retry");
        using var missing = world.Visitor();
        (await missing.GoAsync($"/sso/oidc/callback/{Ids.New()}?code=x&state=y")).To.ShouldNotBeNull().AbsolutePath.ShouldBe("/sso/notice");
    }

    [Theory]
    [InlineData("https://evil.test/")]
    [InlineData("//evil.test")]
    [InlineData("/\\evil.test")]
    [InlineData("/%2f/evil.test")]
    public async Task ReturnAddress_StaysHere(string returnUrl)
    {
        using var ann = world.Visitor();
        var back = await ann.SignInAsync(Ann, "ann", returnUrl);
        back.To.ShouldNotBeNull().ToString().ShouldBe(world.Web.Address + "/");
    }

    [Fact]
    public async Task PeopleWhoMayNotComeIn_AreToldAShortCode_AndNothingElse()
    {
        using var eve = world.Visitor();
        await NotInAsync(eve, "eve", "sso.person.domain", "account");
        using var mallory = world.Visitor();
        await NotInAsync(mallory, "mallory", "sso.person.unverified", "account");
        using var nobody = world.Visitor();
        await NotInAsync(nobody, "nobody", "oidc.answer.denied", "retry");

        await world.SendAsync(HttpMethod.Patch, Path(), new { createPeople = false });
        using var bob = world.Visitor();
        await NotInAsync(bob, "bob", "sso.person.unknown", "account");
        await world.SendAsync(HttpMethod.Patch, Path(), new { requireMfa = true, createPeople = true });
        using var weak = world.Visitor();
        await NotInAsync(weak, "bob", "oidc.token.mfa", "provider");
    }

    [Fact]
    public async Task DeactivatedMember_StaysOut()
    {
        using (var bob = world.Visitor()) (await bob.SignInAsync($"bob@{_domain}", "bob")).To.ShouldNotBeNull().AbsolutePath.ShouldBe("/account");
        (await world.Web.Portal.SendAsync(Actor.Anonymous, new DeactivateForTest(await world.IdAsync(_org), $"bob@{_domain}"))).Problem.ShouldBeNull();
        using var again = world.Visitor();
        await NotInAsync(again, "bob", "sso.person.inactive", "account");
    }

    [Fact]
    public async Task AddressGivenToSomebodyElse_IsNotTheSamePerson()
    {
        using (var ann = world.Visitor()) await ann.SignInAsync(Ann, "ann");
        await SsoWorld.ControlAsync(Provider, new { newcomer = Account("ann") });
        using var newcomer = world.Visitor();
        await NotInAsync(newcomer, "newcomer", "sso.person.otherSubject", "account");
    }

    [Fact]
    public async Task BackChannelLogout_EndsTheSession_AndCountsOnce()
    {
        using var ann = world.Visitor();
        await ann.SignInAsync(Ann, "ann");
        (await world.AccountAsync(ann)).ShouldBe(HttpStatusCode.OK);
        var page = await ann.GoAsync(new Uri($"{Provider.Address}/session/end?client_id={SsoWorld.ClientId}"));
        await ann.GoAsync(new Uri($"{Provider.Address}/session/end/confirm"), new Dictionary<string, string> { ["xsrf"] = SsoVisitor.Field(page.Text, "xsrf"), ["logout"] = "yes" });
        (await world.AccountAsync(ann)).ShouldBe(HttpStatusCode.Unauthorized);
        var attempt = await world.LastAttemptAsync(_org);
        attempt.GetProperty("step").GetString().ShouldBe("logout");
        attempt.GetProperty("facts").GetProperty("sessions").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2EifQ.")]
    public async Task ForgedLogout_IsRefused(string token)
    {
        using var http = world.Visitor();
        (await http.GoAsync("/sso/oidc/backchannel-logout", new Dictionary<string, string> { ["logout_token"] = token })).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task SignOut_GoesOnToTheProvider()
    {
        using var ann = world.Visitor();
        await ann.SignInAsync(Ann, "ann");
        var page = await ann.GoAsync("/break-glass");
        var left = await ann.GoAsync("/account/sign-out", new Dictionary<string, string> { ["__RequestVerificationToken"] = SsoVisitor.Token(page.Text) });
        left.Status.ShouldBe(HttpStatusCode.OK, left.Text);
        left.Text.ShouldContain($"{Provider.Address}/session/end?client_id=portal&amp;post_logout_redirect_uri=");
        left.Text.ShouldContain("signed-out");
        (await world.AccountAsync(ann)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task PrivateKey_ProvesThePortal_WithoutASecret()
    {
        var org = await world.Web.CreateOrganizationAsync("Keys");
        await world.ProveAsync(org, $"{org}.test");
        await world.ConnectOidcAsync(new { kim = new { email = $"kim@{org}.test", email_verified = true, name = "Kim" } }, new { createPeople = true }, org, clientProof: "privateKey");
        using var kim = world.Visitor();
        var back = await kim.SignInAsync(org, "kim");
        back.To.ShouldNotBeNull().AbsolutePath.ShouldBe("/account", (await world.LastAttemptAsync(org)).ToString());
    }

    [Fact]
    public async Task UnknownDomain_LooksLikeAKnownOneWithoutAccount()
    {
        using var visitor = world.Visitor();
        (await visitor.StartAsync("somebody@nowhere.test")).PathAndQuery.ShouldStartWith("/sign-in?problem=sso.none");
        // Whether the account exists plays no part: a name that nobody has goes to the provider, too.
        (await visitor.StartAsync($"no-such-person@{_domain}")).AbsoluteUri.ShouldStartWith(Provider.Address);
    }

    [Fact]
    public async Task Enforcement_NeedsATestAndASealedCode_ThenClosesPasswords_AndTheGlassStillBreaks()
    {
        const string password = "seven green boats at noon";
        var admin = await TestPeople.AddAsync(world.Web, "orgAdmin", _org, "Admin", password);
        await world.ProveAsync(_org, "example.test");
        await SsoWorld.ControlAsync(Provider, new { admin = new { email = admin.UserName, email_verified = true, name = "Admin" } });
        (await EnforceAsync("enforced")).ShouldBeProblem(HttpStatusCode.Conflict, "sso.enforce.untested");

        using var browser = world.Visitor();
        browser.PortalCookies["portal-session"] = await TestPeople.CookieAsync(world.Web, admin);
        // Somebody else's sign-in proves nothing of the administrator's own way in.
        (await TestAsync(browser, "ann")).ShouldStartWith("/sso/notice?kind=provider&ref=");
        (await EnforceAsync("enforced")).ShouldBeProblem(HttpStatusCode.Conflict, "sso.enforce.untested");
        (await TestAsync(browser, "admin")).ShouldBe("/sso/notice?kind=tested");
        (await EnforceAsync("enforced")).ShouldBeProblem(HttpStatusCode.Conflict, "sso.enforce.breakGlass");
        var code = (await world.PostAsync($"/api/v1/organizations/{_org}/sso/break-glass", new { })).GetProperty("code").GetString().ShouldNotBeNull();
        (await PasswordAsync(admin.UserName, password)).Succeeded.ShouldBeTrue();
        (await EnforceAsync("enforced")).Status.ShouldBe(HttpStatusCode.OK);

        (await PasswordAsync(admin.UserName, password)).Problem.ShouldNotBeNull().Code.ShouldBe("signIn.sso");
        (await PasswordAsync(admin.UserName, "a wrong guess here")).Problem.ShouldNotBeNull().Code.ShouldBe("signIn.wrong", "a stranger learns nothing of the enforcement");
        (await world.AccountAsync(browser)).ShouldBe(HttpStatusCode.OK, "who was in stays in");
        (await world.Web.SendAsync(new HttpRequestMessage(HttpMethod.Delete, Path()))).ShouldBeProblem(HttpStatusCode.Conflict, "sso.enforced");

        using var outsider = world.Visitor();
        var page = await outsider.GoAsync("/break-glass");
        var form = new Dictionary<string, string> { ["__RequestVerificationToken"] = SsoVisitor.Token(page.Text), ["organization"] = _org, ["code"] = "WRONG", ["person"] = "Mori Taro", ["reason"] = "The provider is down" };
        (await outsider.GoAsync("/sso/break-glass", form)).To.ShouldNotBeNull().PathAndQuery.ShouldStartWith("/break-glass?problem=breakGlass.wrong");
        form["code"] = code.ToLowerInvariant();
        (await outsider.GoAsync("/sso/break-glass", form)).To.ShouldNotBeNull().AbsolutePath.ShouldBe($"/o/{_org}");
        var session = await SessionAsync(outsider);
        session.Method.ShouldBe(SignInMethods.BreakGlass);
        session.ExpiresAtUtc.ShouldBeLessThan(TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(61));
        session.Grants.ShouldHaveSingleItem().Role.ShouldBe("orgAdmin");
        using var second = world.Visitor();
        form["__RequestVerificationToken"] = SsoVisitor.Token((await second.GoAsync("/break-glass")).Text);
        (await second.GoAsync("/sso/break-glass", form)).To.ShouldNotBeNull().PathAndQuery.ShouldStartWith("/break-glass?problem=breakGlass.wrong", Case.Sensitive, "a code counts once");
        (await world.Web.GetAsync($"/api/v1/organizations/{_org}/home")).Text.ShouldContain("breakGlassUsed");
        (await world.Web.GetAsync($"/api/v1/organizations/{_org}/audit?q=action:breakGlass.use&limit=5")).Text.ShouldContain("The provider is down");
    }

    private async Task<string> TestAsync(SsoVisitor browser, string login)
    {
        // Nobody is signed in at the provider yet.
        browser.Cookies.Remove(new Uri(Provider.Address).Authority);
        var begun = await browser.GoAsync($"/sso/test/{_connection}?org={_org}");
        var to = new Uri(WebUtility.HtmlDecode(begun.Text.Split("0;url=")[1].Split('"')[0]));
        return (await browser.GoAsync(await browser.AgreeAsync(to, login))).To.ShouldNotBeNull().PathAndQuery;
    }

    private Task<Answer> EnforceAsync(string state) => world.Web.SendAsync(new HttpRequestMessage(HttpMethod.Put, Path("enforcement")) { Content = System.Net.Http.Json.JsonContent.Create(new { state }) });

    private Task<Result<Factors.SignInStep>> PasswordAsync(string userName, string password) => world.Web.Services.GetRequiredService<PasswordSignIn>().SignInAsync(Actor.Anonymous, Ids.New().ToString(), userName, password, default);

    private async Task NotInAsync(SsoVisitor visitor, string login, string code, string kind)
    {
        var callback = await visitor.AgreeAsync(await visitor.StartAsync(_org), login);
        await RefusedAsync(visitor, callback, code, kind);
    }

    private async Task RefusedAsync(SsoVisitor visitor, Uri callback, string code, string kind)
    {
        var before = visitor.PortalCookies.ContainsKey("portal-session");
        var refused = await visitor.GoAsync(callback);
        refused.Status.ShouldBe(HttpStatusCode.Redirect, refused.Text);
        refused.To.ShouldNotBeNull().PathAndQuery.ShouldStartWith($"/sso/notice?kind={kind}&ref=");
        visitor.PortalCookies.ContainsKey("portal-session").ShouldBe(before, "a refusal opens no session");
        var reference = SsoVisitor.Reference(refused);
        var attempts = await world.Web.GetAsync($"/api/v1/organizations/{_org}/sso/attempts?failures=true&filter={reference}");
        var attempt = attempts.Json.GetProperty("items")[0];
        attempt.GetProperty("code").GetString().ShouldBe(code);
        attempt.GetProperty("change").GetString().ShouldNotBeNullOrEmpty();
        (await visitor.GoAsync(refused.To.PathAndQuery)).Text.ShouldContain(reference);
        var audit = await world.Web.GetAsync($"/api/v1/organizations/{_org}/audit?limit=3");
        audit.Text.ShouldContain("sso.arrive");
    }

    private static Uri Change(Uri address, string name, string value)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Query).ToDictionary(q => q.Key, q => (string?)q.Value.ToString());
        query[name] = value;
        return new Uri(Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(address.GetLeftPart(UriPartial.Path), query));
    }

    private async Task<SessionIdentity> SessionAsync(SsoVisitor visitor)
    {
        var options = world.Web.Services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions>>().Get(Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationDefaults.AuthenticationScheme);
        var ticket = options.TicketDataFormat.Unprotect(visitor.PortalCookies["portal-session"]).ShouldNotBeNull();
        return (await world.Web.Services.GetRequiredService<SessionDirectory>().FindAsync(Guid.Parse(ticket.Principal.FindFirst("sid").ShouldNotBeNull().Value), default)).ShouldNotBeNull();
    }

    private async Task<string[]> RolesAsync(string userName)
    {
        var people = await world.Web.GetAsync($"/api/v1/organizations/{_org}/people");
        var person = people.Json.GetProperty("items").EnumerateArray().Single(p => p.GetProperty("userName").GetString() == userName);
        return [.. person.GetProperty("roles").EnumerateArray().Select(r => r.GetString() ?? "")];
    }

    private object Account(string name, params string[] groups) => new { email = $"{name}@{_domain}", email_verified = true, name, preferred_username = name, groups };

    private string Path(string below = "") => $"/api/v1/organizations/{_org}/sso/connections/{_connection}{(below.Length == 0 ? "" : "/" + below)}";

    private static string Cookie(SsoVisitor visitor) => string.Join("; ", visitor.PortalCookies.Select(c => $"{c.Key}={c.Value}"));
}
