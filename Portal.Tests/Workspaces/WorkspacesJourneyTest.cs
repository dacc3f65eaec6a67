using System.Net;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Workspaces;

/// <summary>Two people look at the workspaces; what one does the other sees, and nothing that did not change moves.</summary>
public sealed class WorkspacesJourneyTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Workspace_MadeInOneBrowser_AppearsInTheOtherWithinASecond()
    {
        var org = await OrganizationSeed.MakeAsync(portal, "Live");
        await using var maker = await browser.NewPageAsync(portal);
        await using var watcher = await browser.NewPageAsync(portal);
        await maker.SignInAsync("orgAdmin", org);
        await watcher.SignInAsync("orgUser", org, "Abe Yuki");
        await watcher.GoAsync($"/o/{org}/workspaces");
        await maker.GoAsync($"/o/{org}/workspaces?new=true");
        await maker.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Market data");
        await maker.Page.Locator("#workspace-businessUnit").SelectOptionAsync(new SelectOptionValue { Label = "Retail-Apps" });
        await maker.Page.GetByRole(AriaRole.Button, new() { Name = "Create workspace" }).ClickAsync();
        await watcher.Page.GetByRole(AriaRole.Link, new() { Name = "Market data" }).WaitForAsync();
        await maker.Page.GetByRole(AriaRole.Heading, new() { Name = "Market data" }).WaitForAsync();
        maker.Page.Url.ShouldEndWith($"/o/{org}/workspaces/market-data");
    }

    [Fact]
    public async Task Rename_ChangesThatRowOnly_OthersKeepNodesFocusAndScroll()
    {
        var org = await OrganizationSeed.MakeAsync(portal, "Rename", 40);
        await using var watcher = await browser.NewPageAsync(portal);
        await watcher.SignInAsync("orgUser", org);
        await watcher.GoAsync($"/o/{org}/workspaces");
        var page = watcher.Page;
        await Assertions.Expect(page.Locator("[data-table=workspaces] tr[data-row]")).ToHaveCountAsync(40);
        await page.EvaluateAsync("""
            () => {
              const rows = [...document.querySelectorAll('[data-table="workspaces"] tr[data-row]')];
              window.kept = rows; rows[30].focus(); scrollTo(0, 400);
            }
            """);
        var before = await page.EvaluateAsync<double>("() => scrollY");
        (await OrganizationSeed.PatchAsync(portal, $"/api/v1/organizations/{org}/workspaces/fraud", new { name = "Fraud watch" })).Status.ShouldBe(HttpStatusCode.OK);
        await page.GetByRole(AriaRole.Link, new() { Name = "Fraud watch" }).WaitForAsync();
        (await page.EvaluateAsync<int>("""() => { const now = [...document.querySelectorAll('[data-table="workspaces"] tr[data-row]')]; return window.kept.filter((r, i) => now[i] === r).length; }""")).ShouldBe(40);
        (await page.EvaluateAsync<bool>("() => document.activeElement === window.kept[30]")).ShouldBeTrue();
        (await page.EvaluateAsync<double>("() => scrollY")).ShouldBe(before);
        (await page.EvaluateAsync<string[]>("""() => [...document.querySelectorAll('tr[class^="changed"] a')].map(a => a.textContent)""")).ShouldContain("Fraud watch");
        (await page.Locator("tr[class^=changed]").CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task StaleForm_SaysSo_AndLoadsTheNewerValues()
    {
        var org = await OrganizationSeed.MakeAsync(portal, "Stale");
        await using var editor = await browser.NewPageAsync(portal);
        await editor.SignInAsync("orgAdmin", org);
        await editor.GoAsync($"/o/{org}/workspaces/fraud?edit=true");
        var page = editor.Page;
        await page.Locator("#workspace-name").FillAsync("Mine");
        (await OrganizationSeed.PatchAsync(portal, $"/api/v1/organizations/{org}/workspaces/fraud", new { name = "Theirs" })).Status.ShouldBe(HttpStatusCode.OK);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Theirs" }).WaitForAsync();
        (await page.Locator("#workspace-name").InputValueAsync()).ShouldBe("Mine");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByText("Someone changed this in the meantime.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Load newer values" }).ClickAsync();
        await Assertions.Expect(page.Locator("#workspace-name")).ToHaveValueAsync("Theirs");
        await page.Locator("#workspace-name").FillAsync("Both");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Both" }).WaitForAsync();
    }

    [Fact]
    public async Task Reader_SeesNoButtonsThatChange()
    {
        var org = await OrganizationSeed.MakeAsync(portal, "Reader", 1);
        await using var reader = await browser.NewPageAsync(portal);
        await reader.SignInAsync("financeViewer", org);
        foreach (var path in new[] { "workspaces", "workspaces?new=true", "workspaces/ledger?edit=true", "workspaces/ledger?tab=projects", "business-units?new=true", "business-units?unit=payments&edit=true", "quotas?organization=true", "quotas?workspace=ledger", "settings" })
        {
            await reader.GoAsync($"/o/{org}/{path}");
            (await reader.Page.Locator("main .btn.primary, main form button[type=submit]").CountAsync()).ShouldBe(0, path);
        }
    }
}
