using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access.Sso.Peers;

/// <summary>As a person does it, in Chromium with its own cookie and content policy rules: to the provider, back in, out again at both sides.</summary>
public sealed class SsoBrowserTest(SsoWorld world, TestBrowser browser) : IClassFixture<SsoWorld>
{
    [Fact]
    public async Task Person_SignsInThroughTheProvider_AndOut()
    {
        var (_, provider) = await world.ConnectOidcAsync(new { ann = new { email = "ann@acme.test", email_verified = true, name = "Ann Ng", preferred_username = "ann", groups = Array.Empty<string>() } }, new { createPeople = true });
        await using var visitor = await browser.NewPageAsync(world.Web);
        visitor.ExpectError("favicon");
        // The provider's own sign-out page asks for a font.
        visitor.ExpectError("fonts.googleapis.com");
        var page = visitor.Page;
        await page.GotoAsync("/sign-in?returnUrl=%2Faccount");
        await visitor.ShouldBeAccessibleAsync();
        await page.FillAsync("#who", "ann@acme.test");
        await page.ClickAsync("#sso-start");
        await page.WaitForURLAsync(provider.Address + "/**");
        await page.ClickAsync("#ann");
        await page.WaitForURLAsync("**/account");
        await visitor.SettleAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("ann@acme.test");

        // The page hears that its session ended before the answer to its own form comes; it must not leave for the portal's sign-in then.
        await page.RouteAsync("**/account/sign-out", async route =>
        {
            var answer = await route.FetchAsync(new() { MaxRedirects = 0 });
            await Task.Delay(1_000);
            await route.FulfillAsync(new() { Response = answer });
        });
        await page.ClickAsync(".avatar");
        await page.ClickAsync("#user-menu [data-post]");
        await page.WaitForURLAsync(provider.Address + "/session/end**");
        await page.ClickAsync("button[name=logout]");
        await page.WaitForURLAsync("**/sign-in");
        await page.GotoAsync("/account");
        await page.WaitForURLAsync("**/sign-in?**");
    }

    [Fact]
    public async Task RefusedPerson_ReadsACodeInTheirLanguage()
    {
        await using var visitor = await browser.NewPageAsync(world.Web, "ja", width: 390, scripts: false);
        await visitor.Page.GotoAsync("/sso/notice?kind=account&ref=ABCD2345");
        await Expect(visitor.Page.Locator("#sso-reference")).ToHaveTextAsync("ABCD2345");
        await Expect(visitor.Page.Locator("h1")).ToContainTextAsync("サインインできませんでした");
        await visitor.Page.GotoAsync("/sso/notice?kind=%3Cb%3E&ref=%3Cscript%3E");
        await Expect(visitor.Page.Locator("#sso-reference")).ToHaveCountAsync(0);
        await visitor.Page.GotoAsync("/break-glass");
        await Expect(visitor.Page.Locator("#code")).ToBeVisibleAsync();
    }
}
