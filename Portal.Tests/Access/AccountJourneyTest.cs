using System.Net;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access;

/// <summary>From the printed link to a member whose role changes while they look: by browser, as people do it.</summary>
public sealed class AccountJourneyTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    private const string Password = "seven green boats at noon";

    [Fact]
    public async Task FirstAdministrator_SetsUp_SignsOutAndIn_AndGuessingIsSlowedDown()
    {
        var link = (await portal.Portal.SendAsync(Actor.System("test"), new EnsureSetupLink())).Value;
        await using var visitor = await browser.NewPageAsync(portal);
        var page = visitor.Page;

        await page.GotoAsync($"/setup/{link}");
        await Expect(page.Locator("#password-help")).ToContainTextAsync("At least 12 characters");
        await page.FillAsync("#displayName", "Mori Taro");
        await page.FillAsync("#userName", "mori@example.test");
        await page.FillAsync("#password", "passwordpassword");
        await page.ClickAsync("button.primary[type=submit]");
        await Expect(page.Locator("[role=alert]")).ToContainTextAsync("among the first that attackers try");
        await page.FillAsync("#displayName", "Mori Taro");
        await page.FillAsync("#userName", "mori@example.test");
        await page.FillAsync("#password", Password);
        await page.ClickAsync("button.primary[type=submit]");
        await page.WaitForURLAsync(url => !url.Contains("/setup/", StringComparison.Ordinal));
        // The link works once.
        visitor.ExpectError("404");
        await page.GotoAsync($"/setup/{link}");
        await Expect(page.Locator("h1")).ToContainTextAsync("does not work any more");

        await visitor.GoAsync("/account");
        await Expect(page.Locator("main")).ToContainTextAsync("mori@example.test");
        await page.ClickAsync(".avatar");
        await page.ClickAsync("#user-menu [data-post]");
        await page.WaitForURLAsync("**/sign-in");

        await page.FillAsync("#userName", "mori@example.test");
        await page.FillAsync("#password", "a wrong guess here");
        await page.ClickAsync("button.primary[type=submit]");
        await Expect(page.Locator("[role=alert]")).ToContainTextAsync("is wrong");
        await page.FillAsync("#userName", "mori@example.test");
        await page.FillAsync("#password", Password);
        await page.ClickAsync("button.primary[type=submit]");
        await page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
        // A page that is still connecting would be sent to the sign-in and report that.
        await visitor.SettleAsync();
        await page.Context.ClearCookiesAsync();

        await page.GotoAsync("/sign-in?returnUrl=%2Faccount");
        for (var i = 0; i < 7 && !page.Url.Contains("throttled", StringComparison.Ordinal); i++)
        {
            await page.FillAsync("#userName", "mori@example.test");
            await page.FillAsync("#password", $"a wrong guess {i}");
            await page.ClickAsync("button.primary[type=submit]");
            await page.WaitForLoadStateAsync();
        }

        await Expect(page.Locator("[role=alert]")).ToContainTextAsync("Too many attempts");
        await Expect(page.Locator("[role=alert]")).ToContainTextAsync("seconds");
        page.Url.ShouldContain("returnUrl=%2Faccount");
    }

    [Fact]
    public async Task InvitedPerson_Accepts_AndARoleChangeTakesEffectOnTheirOpenPage()
    {
        var org = await portal.CreateOrganizationAsync("Journey");
        await using var admin = await browser.NewPageAsync(portal);
        await admin.SignInAsync("orgAdmin", org, "Mori Taro");
        await admin.GoAsync($"/o/{org}/people?invite=true");
        await admin.Page.FillAsync("#invite-email", "sato@example.test");
        await admin.Page.ClickAsync(".drawer button[type=submit]");
        var link = await admin.Page.Locator("#invitation-link").InputValueAsync();
        link.ShouldStartWith(portal.Address + "/invitation/");

        await using var invited = await browser.NewPageAsync(portal, "ja", scripts: false);
        await invited.Page.GotoAsync(link);
        await Expect(invited.Page.Locator("h1")).ToContainTextAsync("Journeyへの招待");
        await invited.Page.FillAsync("#displayName", "佐藤 花子");
        await invited.Page.FillAsync("#password", Password);
        await invited.Page.ClickAsync("button.primary[type=submit]");
        await invited.Page.WaitForURLAsync($"**/o/{org}");

        await using var member = await browser.NewPageAsync(portal);
        await member.Page.GotoAsync($"/sign-in?returnUrl=%2Fo%2F{org}%2Fpeople");
        await member.Page.FillAsync("#userName", "sato@example.test");
        await member.Page.FillAsync("#password", Password);
        await member.Page.ClickAsync("button.primary[type=submit]");
        await Expect(member.Page.Locator("main")).ToContainTextAsync("people:read");

        await admin.Page.Locator(".drawer a.btn.primary").ClickAsync();
        await Expect(admin.Page.Locator("[data-table=people]")).ToContainTextAsync("佐藤 花子");
        await admin.Page.GetByText("佐藤 花子").ClickAsync();
        await admin.Page.Locator(".role-row", new() { HasText = "Auditor" }).ClickAsync();
        await admin.Page.Locator(".drawer button[type=submit]").ClickAsync();
        await Expect(admin.Page.Locator(".toasts")).ToContainTextAsync("is now Auditor");
        // No reload: the page that refused shows its list by itself.
        await Expect(member.Page.Locator("[data-table=people]")).ToContainTextAsync("佐藤 花子");
        await Expect(member.Page.Locator($".side a[href='/o/{org}/audit']")).ToBeVisibleAsync();
        (await member.Page.GetByText("Invite").CountAsync()).ShouldBe(0, "an auditor changes nothing");
    }

    [Fact]
    public async Task Token_IsShownOnce_Works_AndIsRevoked()
    {
        var org = await portal.CreateOrganizationAsync("Token journey");
        await using var admin = await browser.NewPageAsync(portal);
        await admin.SignInAsync("orgAdmin", org);
        await admin.GoAsync($"/o/{org}/tokens?new=true");
        await admin.Page.FillAsync("#token-name", "nightly import");
        await admin.Page.Locator(".role-row", new() { HasText = "Auditor" }).ClickAsync();
        await admin.Page.ClickAsync(".drawer button[type=submit]");
        var text = await admin.Page.Locator("#token-text").InputValueAsync();
        TokenText.IsWellFormed(text).ShouldBeTrue();
        using var client = portal.Client(text);
        (await portal.GetAsync($"/api/v1/organizations/{org}/audit", client)).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.GetAsync($"/api/v1/organizations/{org}/people", client)).Status.ShouldBe(HttpStatusCode.OK);

        await admin.Page.Locator(".drawer a.btn.primary").ClickAsync();
        await Expect(admin.Page.Locator("[data-table=tokens]")).ToContainTextAsync("nightly import");
        (await admin.Page.ContentAsync()).ShouldNotContain(text);
        await admin.Page.Locator("[data-row]").First.HoverAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke nightly import" }).ClickAsync();
        await admin.Page.Locator("dialog[open] .btn.danger").ClickAsync();
        await Expect(admin.Page.Locator("[data-table=tokens]")).ToContainTextAsync("revoked");
        (await portal.GetAsync($"/api/v1/organizations/{org}/people", client)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task LastAdministrator_IsProtected()
    {
        var org = await portal.CreateOrganizationAsync("Last one");
        await using var admin = await browser.NewPageAsync(portal);
        var person = await admin.SignInAsync("orgAdmin", org, "Mori Taro");
        await admin.GoAsync($"/o/{org}/people");
        await admin.Page.Locator("[data-table=people] a").First.ClickAsync();
        await Expect(admin.Page.Locator(".drawer")).ToContainTextAsync(person.UserName);
        await admin.Page.Locator(".drawer .btn.danger").ClickAsync();
        await admin.Page.Locator("dialog[open] .btn.danger").ClickAsync();
        await Expect(admin.Page.Locator(".drawer [role=alert]")).ToContainTextAsync("last administrator");
    }
}
