using System.Net;
using System.Text.Json;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Peers;

/// <summary>Answers of a certified OpenID provider that lead nowhere: replayed, mixed up, forged, or of people who may not come in.</summary>
public sealed class OidcPeerRefusalTest(SsoWorld world) : OidcPeerWorld(world)
{
    [Fact]
    public async Task ReplayedAnswer_IsRefused_WithAndWithoutItsCookie()
    {
        using var ann = World.Visitor();
        var callback = await ann.AgreeAsync(await ann.StartAsync(Ann), "ann");
        var kept = ann.PortalCookies.ToDictionary();
        (await ann.GoAsync(callback)).To.ShouldNotBeNull().AbsolutePath.ShouldBe("/account");
        await RefusedAsync(ann, callback, "sso.pending", "retry");

        using var copied = World.Visitor();
        foreach (var (name, value) in kept) copied.PortalCookies[name] = value;
        await RefusedAsync(copied, callback, "oidc.answer.replay", "retry");
        using var other = World.Visitor();
        await RefusedAsync(other, callback, "sso.pending", "retry");
    }

    [Fact]
    public async Task Answers_ThatDoNotBelongHere_AreRefused()
    {
        using var ann = World.Visitor();
        var callback = await ann.AgreeAsync(await ann.StartAsync(Ann), "ann");
        await RefusedAsync(ann, Change(callback, "iss", "https://evil.test"), "oidc.answer.iss", "retry");

        // Another connection's address, with this one's cookie: a mix-up of two providers.
        using var mixed = World.Visitor();
        var answer = await mixed.AgreeAsync(await mixed.StartAsync(Ann), "ann");
        var (second, _) = await World.ConnectOidcAsync(new { }, org: Org);
        await RefusedAsync(mixed, new Uri(answer.AbsoluteUri.Replace(Connection.ToString(), second.ToString(), StringComparison.Ordinal)), "sso.pending", "retry");
        await World.PostAsync($"/api/v1/organizations/{Org}/sso/connections/{second}/disable", new { });

        using var stateless = World.Visitor();
        var third = await stateless.AgreeAsync(await stateless.StartAsync(Ann), "ann");
        await RefusedAsync(stateless, Change(third, "state", "another"), "sso.pending", "retry");
        using var missing = World.Visitor();
        (await missing.GoAsync($"/sso/oidc/callback/{Ids.New()}?code=x&state=y")).To.ShouldNotBeNull().AbsolutePath.ShouldBe("/sso/notice");
    }

    [Theory]
    [InlineData("https://evil.test/")]
    [InlineData("//evil.test")]
    [InlineData("/\\evil.test")]
    [InlineData("/%2f/evil.test")]
    public async Task ReturnAddress_StaysHere(string returnUrl)
    {
        using var ann = World.Visitor();
        var back = await ann.SignInAsync(Ann, "ann", returnUrl);
        back.To.ShouldNotBeNull().ToString().ShouldBe(World.Web.Address + "/");
    }

    [Fact]
    public async Task PeopleWhoMayNotComeIn_AreToldAShortCode_AndNothingElse()
    {
        using var eve = World.Visitor();
        await NotInAsync(eve, "eve", "sso.person.domain", "account");
        using var mallory = World.Visitor();
        await NotInAsync(mallory, "mallory", "sso.person.unverified", "account");
        using var nobody = World.Visitor();
        await NotInAsync(nobody, "nobody", "oidc.answer.denied", "retry");

        await World.SendAsync(HttpMethod.Patch, Path(), new { createPeople = false });
        using var bob = World.Visitor();
        await NotInAsync(bob, "bob", "sso.person.unknown", "account");
        await World.SendAsync(HttpMethod.Patch, Path(), new { requireMfa = true, createPeople = true });
        using var weak = World.Visitor();
        await NotInAsync(weak, "bob", "oidc.token.mfa", "provider");
    }

    [Fact]
    public async Task DeactivatedMember_StaysOut()
    {
        using (var bob = World.Visitor()) (await bob.SignInAsync($"bob@{Domain}", "bob")).To.ShouldNotBeNull().AbsolutePath.ShouldBe("/account");
        (await World.Web.Portal.SendAsync(Actor.Anonymous, new DeactivateForTest(await World.IdAsync(Org), $"bob@{Domain}"))).Problem.ShouldBeNull();
        using var again = World.Visitor();
        await NotInAsync(again, "bob", "sso.person.inactive", "account");
    }

    [Fact]
    public async Task AddressGivenToSomebodyElse_IsNotTheSamePerson()
    {
        using (var ann = World.Visitor()) await ann.SignInAsync(Ann, "ann");
        await SsoWorld.ControlAsync(Provider, new { newcomer = Account("ann") });
        using var newcomer = World.Visitor();
        await NotInAsync(newcomer, "newcomer", "sso.person.otherSubject", "account");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2EifQ.")]
    public async Task ForgedLogout_IsRefused(string token)
    {
        using var http = World.Visitor();
        (await http.GoAsync("/sso/oidc/backchannel-logout", new Dictionary<string, string> { ["logout_token"] = token })).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task UnknownDomain_LooksLikeAKnownOneWithoutAccount()
    {
        using var visitor = World.Visitor();
        (await visitor.StartAsync("somebody@nowhere.test")).PathAndQuery.ShouldStartWith("/sign-in?problem=sso.none");
        // Whether the account exists plays no part: a name that nobody has goes to the provider, too.
        (await visitor.StartAsync($"no-such-person@{Domain}")).AbsoluteUri.ShouldStartWith(Provider.Address);
    }

    private async Task NotInAsync(SsoVisitor visitor, string login, string code, string kind)
    {
        var callback = await visitor.AgreeAsync(await visitor.StartAsync(Org), login);
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
        var attempts = await World.Web.GetAsync($"/api/v1/organizations/{Org}/sso/attempts?failures=true&filter={reference}");
        var attempt = attempts.Json.GetProperty("items")[0];
        attempt.GetProperty("code").GetString().ShouldBe(code);
        attempt.GetProperty("change").GetString().ShouldNotBeNullOrEmpty();
        (await visitor.GoAsync(refused.To.PathAndQuery)).Text.ShouldContain(reference);
        var audit = await World.Web.GetAsync($"/api/v1/organizations/{Org}/audit?limit=3");
        audit.Text.ShouldContain("sso.arrive");
    }

    private static Uri Change(Uri address, string name, string value)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Query).ToDictionary(q => q.Key, q => (string?)q.Value.ToString());
        query[name] = value;
        return new Uri(Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(address.GetLeftPart(UriPartial.Path), query));
    }
}
