using System.Net;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Shell;

/// <summary>Pages offer what the gateway will allow: the organization's rules count on them, too, and what is lacking is said.</summary>
public sealed class OfferedVerbsTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Theory]
    [InlineData("en", "The rule Freeze", "Who can give it to you")]
    [InlineData("ja", "組織のルール「Freeze」", "付与できる管理者")]
    public async Task Rule_HidesTheVerb_OnAnOpenPage_AndIsNamedWhereSomebodyAsks(string language, string named, string whom)
    {
        var org = await portal.CreateOrganizationAsync("Rules");
        var path = $"/api/v1/organizations/{org}";
        await using var visitor = await browser.NewPageAsync(portal, language);
        await visitor.SignInAsync("orgAdmin", org, "Mori Taro");
        var page = visitor.Page;
        var make = page.Locator($"main a[href='/o/{org}/new-budget']").First;
        await visitor.GoAsync($"/o/{org}/budgets");
        await Expect(make).ToBeVisibleAsync();

        var rule = await portal.PostAsync($"{path}/access-rules", new { name = "Freeze", kind = "deny", permission = "budgets:write" });
        rule.Status.ShouldBe(HttpStatusCode.Created, rule.Text);
        await Expect(make).ToBeHiddenAsync();
        await visitor.GoAsync($"/o/{org}/new-budget");
        await Expect(page.Locator("main")).ToContainTextAsync(named);
        await Expect(page.Locator("main")).ToContainTextAsync("budgets:write");
        await Expect(page.Locator("main")).ToContainTextAsync(whom);
        await Expect(page.Locator("main")).ToContainTextAsync("Mori Taro");
        await Expect(page.Locator("main h1:visible")).ToHaveCountAsync(1);
        await visitor.ShouldBeAccessibleAsync();

        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{path}/access-rules/{rule.Json.GetProperty("id").GetString()}"))).Status.ShouldBe(HttpStatusCode.NoContent);
        await Expect(page.Locator("main form").First).ToBeVisibleAsync();
        await visitor.GoAsync($"/o/{org}/budgets");
        await Expect(make).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Rule_AboutAPlace_HidesTheVerbThere_AndNowhereElse()
    {
        var org = await portal.CreateOrganizationAsync("Places");
        var path = $"/api/v1/organizations/{org}";
        await portal.PostAsync($"{path}/business-units", new { name = "Finance" });
        foreach (var (name, environment) in new[] { ("Live", "production"), ("Try", "development") })
            (await portal.PostAsync($"{path}/workspaces", new { name, businessUnit = "finance", environment })).Status.ShouldBe(HttpStatusCode.Created);
        (await portal.PostAsync($"{path}/access-rules", new { name = "Freeze", kind = "deny", permission = "workspaces:write", condition = "environment in production" })).Status.ShouldBe(HttpStatusCode.Created);
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        await visitor.GoAsync($"/o/{org}/workspaces/try");
        await Expect(visitor.Page.Locator("main a[href*='edit=true']").First).ToBeVisibleAsync();
        await visitor.GoAsync($"/o/{org}/workspaces/live");
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Live" })).ToBeVisibleAsync();
        (await visitor.Page.Locator("main a[href*='edit=true']").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task RuleThatAsksForASecondFactor_LeavesTheVerb_ForTheRefusalLeadsToTheFactor()
    {
        var org = await portal.CreateOrganizationAsync("Factor");
        (await portal.PostAsync($"/api/v1/organizations/{org}/access-rules", new { name = "Two", kind = "allowOnlyIf", permission = "budgets:write", condition = "mfa" })).Status.ShouldBe(HttpStatusCode.Created);
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        await visitor.GoAsync($"/o/{org}/budgets");
        await Expect(visitor.Page.Locator($"main a[href='/o/{org}/new-budget']").First).ToBeVisibleAsync();
    }
}
