using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Audit;

public sealed class AuditPageTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Search_IsInTheAddress_CompletesAndSaysWhatItCannotRead()
    {
        var org = await portal.CreateOrganizationAsync("Searched");
        await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "one", role = "orgUser" });
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("auditor", org);
        await visitor.GoAsync($"/o/{org}/audit");
        var page = visitor.Page;
        await Expect(page.Locator("[data-table=audit]")).ToContainTextAsync("Made a token");

        await page.Locator("#audit-q").PressSequentiallyAsync("acti");
        await page.GetByRole(AriaRole.Button, new() { Name = "action:", Exact = true }).ClickAsync();
        // What was taken comes back from the server; typing before that would be overwritten.
        await Expect(page.Locator("#audit-q")).ToHaveValueAsync("action:");
        await page.Locator("#audit-q").PressSequentiallyAsync("token.c");
        await page.GetByRole(AriaRole.Button, new() { Name = "action:token.create" }).ClickAsync();
        await Expect(page.Locator("#audit-q")).ToHaveValueAsync("action:token.create ");
        await page.Locator("#audit-q").PressAsync("Enter");
        await page.WaitForURLAsync("**q=action%3Atoken.create**");
        await visitor.SettleAsync();
        await Expect(page.Locator("[data-row]")).ToHaveCountAsync(1);

        await page.Locator("#audit-q").FillAsync("status:maybe");
        await page.Locator("#audit-q").PressAsync("Enter");
        await Expect(page.Locator("#audit-error")).ToContainTextAsync("column 8");
        (await page.Locator("pre.caret").TextContentAsync()).ShouldNotBeNull().Split('\n')[^1].ShouldBe("       ^");

        await visitor.GoAsync($"/o/{org}/audit?q=actor%3Anobody");
        await Expect(page.Locator(".empty")).ToContainTextAsync("actor:nobody");
        await Expect(page.Locator(".empty")).ToContainTextAsync("last 30 days");
    }

    [Fact]
    public async Task NewEntries_AreAnnounced_AndNotCountedWhenThePageCausedThem()
    {
        var org = await portal.CreateOrganizationAsync("News");
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("auditor", org);
        await visitor.GoAsync($"/o/{org}/audit?q=action%3Atoken.*");
        await Expect(visitor.Page.Locator(".empty")).ToBeVisibleAsync();
        (await visitor.Page.Locator(".news").CountAsync()).ShouldBe(0);
        await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "one", role = "orgUser" });
        await visitor.Page.Locator(".news").ClickAsync();
        await Expect(visitor.Page.Locator("[data-table=audit]")).ToContainTextAsync("one");
        await Expect(visitor.Page.Locator(".news")).ToHaveCountAsync(0);
    }
}
