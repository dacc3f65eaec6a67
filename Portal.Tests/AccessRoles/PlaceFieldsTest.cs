using System.Net;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.AccessRoles;

/// <summary>The fields that say where, in both forms that have them.</summary>
public sealed class PlaceFieldsTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Place_FollowsRoleAndScope_AndIsWhatTheFormSends()
    {
        var org = await portal.CreateOrganizationAsync("Places");
        var path = $"/api/v1/organizations/{org}";
        foreach (var unit in new[] { "Arcade", "Bakery" }) await MakeAsync($"{path}/business-units", new { name = unit });
        foreach (var workspace in new[] { "Ovens", "Tills" }) await MakeAsync($"{path}/workspaces", new { name = workspace, businessUnit = "bakery", environment = "production" });
        await MakeAsync($"{path}/workspaces/tills/projects", new { name = "Receipts" });
        var person = await TestPeople.AddAsync(portal, "orgUser", org, "Sato Aoi");
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        var page = visitor.Page;

        await visitor.GoAsync($"/o/{org}/access/bindings?new=true");
        await page.Locator("#binding-principal").FillAsync(person.UserName);
        await Expect(page.Locator("#binding-place")).ToHaveCountAsync(0);
        // A developer holds nothing at the organization: the narrower scope and its first place are chosen.
        await ChooseAsync(page, "#binding-role", "Developer");
        await Expect(Chosen(page, "#binding-scope")).ToHaveTextAsync("Business unit");
        await Expect(Chosen(page, "#binding-place")).ToHaveTextAsync("Arcade");
        await ChooseAsync(page, "#binding-scope", "Project");
        await Expect(Chosen(page, "#binding-workspace")).ToHaveTextAsync("Ovens");
        await ChooseAsync(page, "#binding-workspace", "Tills");
        await Expect(Chosen(page, "#binding-place")).ToHaveTextAsync("Receipts");
        await page.Locator(".drawer form button[type=submit]").ClickAsync();
        await Expect(page.Locator("[data-table=bindings] tbody tr").Filter(new() { HasText = "Receipts" })).ToContainTextAsync(person.UserName);

        await visitor.GoAsync($"/o/{org}/access/reviews?new=true");
        await ChooseAsync(page, "#review-scope", "Workspace");
        await Expect(Chosen(page, "#review-place")).ToHaveTextAsync("Ovens");
        await Expect(page.Locator("#review-workspace")).ToHaveCountAsync(0);
        await ChooseAsync(page, "#review-scope", "One role");
        await Expect(page.Locator("#review-role")).ToBeVisibleAsync();
        await Expect(page.Locator("#review-place")).ToHaveCountAsync(0);
    }

    private static async Task ChooseAsync(IPage page, string select, string words) => await page.Locator(select).SelectOptionAsync(new SelectOptionValue { Label = words });

    private static ILocator Chosen(IPage page, string select) => page.Locator($"{select} option:checked");

    private async Task MakeAsync(string address, object what)
    {
        var made = await portal.PostAsync(address, what);
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
    }
}
