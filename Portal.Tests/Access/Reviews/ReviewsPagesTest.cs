using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>Access reviews in a browser: started, decided on, closed.</summary>
public sealed class ReviewsPagesTest(TestServer server, TestBrowser browser)
{
    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 390)]
    public async Task Review_IsStartedDecidedAndClosed_InAccessiblePages(string language, string theme, int width)
    {
        await using var portal = new WebPortal(server);
        await portal.InitializeAsync();
        var org = await portal.CreateOrganizationAsync("Aoyama Financial Group");
        await TestPeople.AddAsync(portal, "financeManager", org, "Sato Aoi");
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        await visitor.SignInAsync("orgAdmin", org, "Kato Ren");
        var page = visitor.Page;
        await LookAsync(visitor, $"/o/{org}/access/reviews", "reviews-empty");
        await LookAsync(visitor, $"/o/{org}/access/reviews?new=true", "reviews-new");
        await page.Locator("#review-name").FillAsync("Access 2026 Q4");
        await page.Locator("#review-missed").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await page.Locator(".drawer form button[type=submit]").ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("Access 2026 Q4");
        var row = page.Locator("[data-table=review-items] tr, [data-table=review-items] li").Filter(new() { HasText = "person" }).Filter(new() { Has = page.Locator("input[type=checkbox]") }).First;
        await row.Locator("input[type=checkbox]").CheckAsync();
        await Expect(page.Locator("#review-reason")).ToBeVisibleAsync();
        await page.Locator("main .btn.danger").ClickAsync();
        await Expect(page.Locator("#review-reason")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.Locator("#review-reason").FillAsync("Left finance");
        await page.Locator("main .btn.danger").ClickAsync();
        await Expect(page.Locator("[data-table=review-items]")).ToContainTextAsync("Left finance");
        await visitor.SettleAsync();
        await visitor.ShouldBeAccessibleAsync();
        await Gallery.TakeAsync(page, $"review-{language}-{theme}-{width}");
        await page.Locator(".page-head .actions > button.btn").Last.ClickAsync();
        await page.Locator("dialog[open] .btn.danger").ClickAsync();
        await Expect(page.Locator("[data-table=review-items]")).ToContainTextAsync(language == "en" ? "Done: removed" : "実行済み：取り消し");
        // The administrator's own role was undecided, and theirs is the last one.
        await Expect(page.Locator("[data-table=review-items]")).ToContainTextAsync(language == "en" ? "Kept: last administrator" : "維持：最後の管理者");
        await LookAsync(visitor, $"/o/{org}/access/reviews", "reviews");
    }

    private static async Task LookAsync(TestPage visitor, string address, string name)
    {
        await visitor.GoAsync(address);
        (await visitor.Page.Locator("main").InnerTextAsync()).ShouldNotMatch(@"\b(reviews|bindings|problem|scope)\.[a-zA-Z]+\b", $"{name} shows a key instead of words");
        await visitor.ShouldBeAccessibleAsync();
    }
}
