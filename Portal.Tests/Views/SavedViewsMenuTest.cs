using System.Net;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Views;

/// <summary>Saving a list as one wants to see it, over browser and API.</summary>
public sealed class SavedViewsMenuTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task View_IsSavedSharedOpenedByDefaultAndRemoved()
    {
        var org = await portal.CreateOrganizationAsync("Views");
        await using var admin = await browser.NewPageAsync(portal);
        await admin.SignInAsync("orgAdmin", org);
        await admin.GoAsync($"/o/{org}/workspaces?environment=production");
        var page = admin.Page;
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Views" }).ClickAsync();
        await page.GetByText("Save this view").ClickAsync();
        await page.GetByLabel("Name of the view").FillAsync("Production");
        await page.GetByText("Show it to everybody").ClickAsync();
        await page.GetByText("Open this page with it").Last.ClickAsync();
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Save view" }).ClickAsync();
        await Expect(page.Locator(".views .item[aria-current]")).ToContainTextAsync("Production");
        await admin.ShouldBeAccessibleAsync();

        await admin.GoAsync($"/o/{org}/workspaces");
        await page.WaitForURLAsync("**/workspaces?environment=production");

        await using var user = await browser.NewPageAsync(portal, "ja", "dark", 390);
        await user.SignInAsync("orgUser", org);
        await user.GoAsync($"/o/{org}/workspaces");
        await user.Page.Locator(".actions .btn", new() { HasText = "ビュー" }).ClickAsync();
        await user.Page.GetByText("Production").ClickAsync();
        await user.Page.WaitForURLAsync("**/workspaces?environment=production");
        await user.ShouldBeAccessibleAsync();

        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Production" }).First.ClickAsync();
        await page.GetByLabel("Remove the view Production").ClickAsync();
        await page.Locator("dialog .btn.danger").ClickAsync();
        await Expect(page.Locator(".views")).ToContainTextAsync("No saved views yet");
        await Expect(user.Page.Locator(".views")).Not.ToContainTextAsync("Production");
    }

    [Fact]
    public async Task Api_SavesListsAndSetsTheDefault()
    {
        var org = await portal.CreateOrganizationAsync("Views Api");
        var made = await portal.PostAsync($"/api/v1/organizations/{org}/saved-views", new { page = "budgets", name = "Near", queryString = "state=warned" });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        var address = made.Headers["Location"];
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Put, address + "/default"))).Json.GetProperty("isDefault").GetBoolean().ShouldBeTrue();
        (await portal.GetAsync($"/api/v1/organizations/{org}/saved-views?page=budgets")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        (await portal.GetAsync($"/api/v1/organizations/{org}/saved-views?page=jobs")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
        using var stale = new HttpRequestMessage(HttpMethod.Delete, address) { Headers = { { "If-Match", "\"v7\"" } } };
        (await portal.SendAsync(stale)).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, address))).Status.ShouldBe(HttpStatusCode.NoContent);
    }
}
