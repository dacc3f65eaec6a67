using System.Net;
using Hexabase.Portal.Scim;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access.Roles;

/// <summary>Roles of the organization's own in every form in which a role is picked, for those alone who may give them.</summary>
public sealed class CustomRoleFormsTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Theory]
    [InlineData("en")]
    [InlineData("ja")]
    public async Task Forms_OfferThem_ToThoseWhoMayGiveThem(string language)
    {
        var world = await ScimWorld.CreateAsync(portal);
        var (org, path) = (world.Organization, $"/api/v1/organizations/{world.Organization}");
        (await portal.PostAsync($"{path}/roles", new { name = "Cost reader", description = "Reads what it costs", permissions = new[] { "costs:read" } })).Status.ShouldBe(HttpStatusCode.Created);
        var group = await world.AddGroupAsync("Buyers", await world.AddUserAsync("ann@acme.test"));
        await using var visitor = await browser.NewPageAsync(portal, language);
        await visitor.SignInAsync("orgAdmin", org);
        var page = visitor.Page;
        foreach (var form in new[] { "people?invite=true", "service-accounts?new=true", "tokens?new=true" })
        {
            await visitor.GoAsync($"/o/{org}/{form}");
            await Expect(page.Locator(".roles input[value='cost-reader']")).ToBeVisibleAsync();
            await Expect(page.Locator(".roles")).ToContainTextAsync("Reads what it costs");
        }

        await page.Locator("#token-name").FillAsync("Nightly");
        await page.Locator(".roles input[value='cost-reader']").CheckAsync();
        await page.Locator("form button[type=submit]").ClickAsync();
        await Expect(page.Locator("#token-text")).ToBeVisibleAsync();
        (await portal.GetAsync($"{path}/tokens")).Json.GetProperty("items").EnumerateArray().ShouldContain(t => t.GetProperty("role").GetString() == "cost-reader");

        await visitor.GoAsync($"/o/{org}/groups?id={group}");
        await page.Locator("#group-role").SelectOptionAsync(new SelectOptionValue { Label = "Cost reader" });
        await page.Locator("form button[type=submit]").ClickAsync();
        await Expect(page.Locator(".drawer .tag")).ToContainTextAsync("cost-reader");
        await visitor.ShouldBeAccessibleAsync();

        await using var other = await browser.NewPageAsync(portal, language);
        await other.SignInAsync("securityManager", org);
        await other.GoAsync($"/o/{org}/people?invite=true");
        await Expect(other.Page.Locator(".roles input").First).ToBeVisibleAsync();
        (await other.Page.Locator(".roles input[value='cost-reader']").CountAsync()).ShouldBe(0, "who holds nothing of costs gives nothing of them");
    }
}
