using System.Net;
using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access.Policies;

public sealed class MemberSessionsTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Administrators_ListAndEndSessionsOfTheirMembers_AndOfNobodyElse()
    {
        var org = await portal.CreateOrganizationAsync("Sessions");
        var foreign = await portal.CreateOrganizationAsync("Foreign");
        var member = await TestPeople.AddAsync(portal, "orgUser", org, "Sato Hanako");
        var stranger = await TestPeople.AddAsync(portal, "orgUser", foreign);
        using var admin = await portal.ClientAsync(org, "orgAdmin");
        var list = await portal.GetAsync($"/api/v1/organizations/{org}/sessions?filter=sato", admin);
        list.Status.ShouldBe(HttpStatusCode.OK, list.Text);
        var row = list.Json.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        row.GetProperty("method").GetString().ShouldBe("password");
        (await portal.GetAsync($"/api/v1/organizations/{org}/sessions", admin)).Text.ShouldNotContain(stranger.SessionId.ToString());
        (await DeleteAsync($"/api/v1/organizations/{org}/sessions/{stranger.SessionId}", admin)).ShouldBeProblem(HttpStatusCode.NotFound, "session.notFound");
        using var user = await portal.ClientAsync(org, "orgUser");
        (await portal.GetAsync($"/api/v1/organizations/{org}/sessions", user)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");

        (await DeleteAsync($"/api/v1/organizations/{org}/sessions/{member.SessionId}", admin)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await DeleteAsync($"/api/v1/organizations/{org}/sessions/{member.SessionId}", admin)).Status.ShouldBe(HttpStatusCode.NotFound);
        var sessions = portal.Services.GetRequiredService<SessionDirectory>();
        (await sessions.FindAsync(member.SessionId, CancellationToken.None)).ShouldBeNull();
        (await sessions.FindAsync(stranger.SessionId, CancellationToken.None)).ShouldNotBeNull();
        (await portal.GetAsync($"/api/v1/organizations/{org}/audit?q=action%3Asession.end")).Json.GetProperty("items").EnumerateArray().Count(e => e.GetProperty("status").GetString() == "success").ShouldBe(1);
    }

    [Fact]
    public async Task Everybody_IsSignedOut_OnOpenPagesWithinFiveSeconds()
    {
        var org = await portal.CreateOrganizationAsync("Everybody out");
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgUser", org);
        await visitor.GoAsync($"/o/{org}/workspaces");
        await using var admin = await browser.NewPageAsync(portal);
        await admin.SignInAsync("orgAdmin", org, "Mori Taro");
        await admin.GoAsync($"/o/{org}/sessions");
        await Expect(admin.Page.Locator("[data-table=sessions] [data-row]")).ToHaveCountAsync(2);
        await admin.ShouldBeAccessibleAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Sign everybody out" }).ClickAsync();
        await admin.Page.Locator("dialog[open] input").FillAsync(org);
        await admin.Page.Locator("dialog[open] input").BlurAsync();
        visitor.ExpectError("");
        await admin.Page.Locator("dialog[open] .btn.danger").ClickAsync();
        await visitor.Page.WaitForURLAsync("**/sign-in**");
        // Who asked stays.
        await Expect(admin.Page.Locator("[data-table=sessions] [data-row]")).ToHaveCountAsync(1);

        await admin.GoAsync($"/o/{org}/sessions?policy=true");
        await admin.Page.SelectOptionAsync("#policy-mfaFor", new SelectOptionValue { Label = "everybody" });
        await Expect(admin.Page.Locator("#policy-preview")).ToBeVisibleAsync();
        await admin.Page.FillAsync("#policy-idleMinutes", "1");
        await admin.Page.ClickAsync(".drawer button[type=submit]");
        await Expect(admin.Page.Locator(".drawer [role=alert]").First).ToContainTextAsync("minutes");
        await admin.Page.FillAsync("#policy-idleMinutes", "30");
        await admin.Page.ClickAsync(".drawer button[type=submit]");
        await Expect(admin.Page.Locator("main")).ToContainTextAsync("30 minutes");
    }

    [Fact]
    public async Task SignOutOfOnePerson_KeepsTheOthers_AndTheirTokens()
    {
        var org = await portal.CreateOrganizationAsync("One out");
        var person = await TestPeople.AddAsync(portal, "orgAdmin", org, password: FactorWorld.Password);
        var other = await TestPeople.AddAsync(portal, "orgUser", org);
        await portal.SignInAsync(person);
        var token = (await portal.DoAsync(await portal.ActorAsync(person), new CreateToken(org, new TokenInput("theirs", "orgUser")))).Token;
        var member = (await portal.GetAsync($"/api/v1/organizations/{org}/people?filter={person.UserName}")).Json.GetProperty("items")[0].GetProperty("id").GetString();
        var ended = await portal.PostAsync($"/api/v1/organizations/{org}/people/{member}/sign-out", new { });
        ended.Json.GetProperty("ended").GetInt32().ShouldBe(2);
        (await portal.Services.GetRequiredService<SessionDirectory>().FindAsync(other.SessionId, CancellationToken.None)).ShouldNotBeNull();
        using var client = portal.Client(token);
        (await portal.GetAsync($"/api/v1/organizations/{org}/workspaces", client)).Status.ShouldBe(HttpStatusCode.OK);
    }

    private Task<Answer> DeleteAsync(string address, HttpClient client) => portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, address), client);
}
