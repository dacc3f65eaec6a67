using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Support;

public sealed class TestBrowserTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task SignedInPerson_SeesThePortal_AndErrorsAreNoted()
    {
        var org = await portal.CreateOrganizationAsync("Shell");
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        visitor.ExpectError("404");
        await visitor.Page.GotoAsync($"/o/{org}/no-such-page");
        await Assertions.Expect(visitor.Page.Locator("main")).ToContainTextAsync("Page not found");

        visitor.Errors.ShouldBeEmpty();
        visitor.ExpectError("said by the test");
        await visitor.Page.EvaluateAsync("() => console.error('said by the test')");
        await visitor.Page.EvaluateAsync("() => console.error('said by nobody')");
        visitor.Errors.ShouldHaveSingleItem().ShouldContain("said by nobody");
        visitor.ExpectError("said by nobody");
    }
}
