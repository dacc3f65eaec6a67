using Hexabase.Portal.Support;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Shell;

/// <summary>What a browser that was never here sees first.</summary>
public sealed class FirstVisitTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task FirstView_ShowsTimesInTheBrowsersZone_FromTheFirstDrawingOn()
    {
        var org = await portal.CreateOrganizationAsync("Zones");
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        // Any drawing in another zone would leave its name in the page at some moment.
        await visitor.Page.AddInitScriptAsync("window.seen = new Set(); new MutationObserver(() => { for (const t of document.querySelectorAll('time[title]')) window.seen.add(t.title.match(/\\((.*)\\)/)?.[1]); }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['title'] });");
        await visitor.GoAsync($"/o/{org}/audit");
        await Expect(visitor.Page.Locator("time[title]").First).ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex(@"\+09:00 \(Asia/Tokyo\)", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        (await visitor.Page.EvaluateAsync<string[]>("() => [...window.seen].filter(Boolean)")).ShouldBe(["Asia/Tokyo"]);
        (await visitor.Page.Context.CookiesAsync()).ShouldContain(c => c.Name == "portal-zone" && c.Value == "Asia%2FTokyo");
    }

    [Theory]
    [InlineData("/sign-in", "Sign in")]
    [InlineData("/break-glass", "Break glass")]
    public async Task PageBeforeTheDoor_HasOneTitle_ItsOwn(string path, string title)
    {
        using var visitor = portal.Browser();
        var html = (await portal.GetAsync(path, visitor)).Text;
        System.Text.RegularExpressions.Regex.Matches(html, "<title>(?<title>[^<]*)", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(m => m.Groups["title"].Value).ShouldBe([title]);
    }

    [Fact]
    public async Task PageWithoutACircuit_ShowsItsTimesInTheBrowsersZone_AndIsNotSeenBefore()
    {
        var org = await portal.CreateOrganizationAsync("Guests");
        var link = (await portal.PostAsync($"/api/v1/organizations/{org}/invitations", new { email = "ito@example.test", role = "orgUser" })).Json.GetProperty("link").GetString().ShouldNotBeNull();
        await using var visitor = await browser.NewPageAsync(portal);
        var page = visitor.Page;
        var seen = new List<string>();
        await page.ExposeFunctionAsync<string, int>("saw", title => { seen.Add(title); return seen.Count; });
        // What a frame would show: times in a document that is not hidden.
        await page.AddInitScriptAsync("const look = () => { if (!document.documentElement.hidden) for (const t of document.querySelectorAll('time[title]')) window.saw(t.title); requestAnimationFrame(look); }; requestAnimationFrame(look);");
        await page.GotoAsync(new Uri(link).AbsolutePath);
        await Expect(page.Locator("time[title]")).ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex(@"\+09:00 \(Asia/Tokyo\)", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
        seen.ShouldNotBeEmpty();
        seen.ShouldAllBe(title => title.EndsWith("(Asia/Tokyo)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RefusedForm_KeepsWhatWasTyped_NotThePassword()
    {
        await using var visitor = await browser.NewPageAsync(portal);
        var page = visitor.Page;
        await page.GotoAsync("/sign-in");
        await page.Locator("#userName").FillAsync("mori@example.test");
        await page.Locator("#password").FillAsync("not the right one");
        await page.Locator("button.primary[type=submit]").ClickAsync();
        await Expect(page.Locator(".problem:not(.info)")).ToBeVisibleAsync();
        await Expect(page.Locator("#userName")).ToHaveValueAsync("mori@example.test");
        await Expect(page.Locator("#password")).ToHaveValueAsync("");
        page.Url.ShouldNotContain("mori");
        // Once: a fresh look at the page is empty.
        await page.GotoAsync("/sign-in?problem=signIn.wrong");
        await Expect(page.Locator("#userName")).ToHaveValueAsync("");

        var org = await portal.CreateOrganizationAsync("Invites");
        var link = (await portal.PostAsync($"/api/v1/organizations/{org}/invitations", new { email = "sato@example.test", role = "orgUser" })).Json.GetProperty("link").GetString().ShouldNotBeNull();
        await page.GotoAsync(new Uri(link).AbsolutePath);
        await page.Locator("#displayName").FillAsync("佐藤 花子");
        await page.Locator("#password").FillAsync("passwordpassword");
        await page.Locator("button.primary[type=submit]").ClickAsync();
        await Expect(page.Locator(".problem:not(.info)")).ToBeVisibleAsync();
        await Expect(page.Locator("#displayName")).ToHaveValueAsync("佐藤 花子");
    }
}
