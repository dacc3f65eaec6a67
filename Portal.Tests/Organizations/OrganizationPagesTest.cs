using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Organizations;

public sealed class OrganizationPagesTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task NewOrganization_LeadsThroughItsFirstSteps()
    {
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("serviceAdmin");
        await visitor.GoAsync("/organizations/new");
        var page = visitor.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Create organization" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Name: Fill this in." }).WaitForAsync();
        await page.Locator("#organization-name").FillAsync("Nihonbashi Trading");
        await page.Locator("#organization-currency").FillAsync("JPY");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create organization" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Home" }).WaitForAsync();
        await page.GetByText("All is calm").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Add a business unit" }).ClickAsync();
        await page.Locator(".empty").GetByRole(AriaRole.Link, new() { Name = "New business unit" }).ClickAsync();
        await page.Locator("#unit-name").FillAsync("Finance-BU");
        await page.Locator("#unit-costCenter").FillAsync("CC-1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create business unit" }).ClickAsync();
        await page.Locator(".drawer").GetByRole(AriaRole.Link, new() { Name = "Add one below" }).ClickAsync();
        await page.Locator("#unit-name").FillAsync("Payments");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create business unit" }).ClickAsync();
        await page.Locator(".drawer").GetByText("inherited").WaitForAsync();
        (await page.Locator("[data-table=business-units] tr[data-row]").CountAsync()).ShouldBe(2);

        await page.Locator(".drawer").GetByRole(AriaRole.Button, new() { Name = "Archive" }).ClickAsync();
        await page.Locator("dialog[open]").GetByRole(AriaRole.Button, new() { Name = "Archive" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-table=business-units] tr[data-row]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task OnlyOneOrganization_IsEnteredStraightAway()
    {
        var org = await OrganizationSeed.MakeAsync(portal, "Only one", 1);
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgUser", org);
        await visitor.Page.GotoAsync("/");
        await visitor.Page.WaitForURLAsync($"**/o/{org}");
    }

    [Fact]
    public async Task ForeignOrganization_IsNotFound()
    {
        var own = await portal.CreateOrganizationAsync("Own pages");
        var foreign = await OrganizationSeed.MakeAsync(portal, "Foreign pages", 1);
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", own);
        foreach (var path in new[] { "", "/workspaces", "/workspaces/ledger", "/business-units", "/quotas", "/settings" })
        {
            await visitor.Page.GotoAsync($"/o/{foreign}{path}");
            await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Page not found" }).WaitForAsync();
            (await visitor.Page.ContentAsync()).ShouldNotContain("Foreign pages", Case.Sensitive, path);
        }
    }

    [Fact]
    public async Task BusinessUnits_AsOfAPastDay_ShowTheTreeOfThatDayWithoutChanging()
    {
        var org = await OrganizationSeed.MakeAsync(portal, "Past", 1);
        (await OrganizationSeed.PatchAsync(portal, $"/api/v1/organizations/{org}/business-units/cards", new { parent = "", effectiveFrom = "2026-01-01" })).Status.ShouldBe(System.Net.HttpStatusCode.OK);
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        await visitor.GoAsync($"/o/{org}/business-units");
        (await visitor.Page.Locator("tr[data-row]:has-text('Cards') .tree").GetAttributeAsync("class")).ShouldBe("tree depth-1");
        await visitor.GoAsync($"/o/{org}/business-units?asOf=2025-12-31");
        (await visitor.Page.Locator("tr[data-row]:has-text('Cards') .tree").GetAttributeAsync("class")).ShouldBe("tree depth-3");
        (await visitor.Page.Locator("main .btn.primary").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task LabelKey_Required_IsAskedForOnTheNextWorkspace()
    {
        var org = await OrganizationSeed.MakeAsync(portal, "Labels", 1);
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        await visitor.GoAsync($"/o/{org}/settings");
        var page = visitor.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a key" }).First.ClickAsync();
        await page.Locator("#label-key").FillAsync("cost-owner");
        await page.Locator("#label-allowedValues").FillAsync("finance, retail");
        await page.Locator("form:has(#label-key)").GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.Locator("[data-table=label-keys]").GetByText("cost-owner").WaitForAsync();
        await visitor.GoAsync($"/o/{org}/workspaces?new=true");
        await page.Locator("#workspace-name").FillAsync("Needs a label");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create workspace" }).ClickAsync();
        await page.Locator(".problem").GetByText("The organization requires the label cost-owner.").WaitForAsync();
        await page.GetByLabel("Value of cost-owner").SelectOptionAsync("retail");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create workspace" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Needs a label" }).WaitForAsync();
    }

    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 390)]
    public async Task EveryPage_IsAccessible(string language, string theme, int width)
    {
        var org = await OrganizationSeed.MakeAsync(portal, $"Accessible {language}");
        await OrganizationSeed.AddQuotasAsync(portal, org);
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        await visitor.SignInAsync("serviceAdmin");
        foreach (var path in Pages(org))
        {
            await visitor.GoAsync(path);
            await visitor.ShouldBeAccessibleAsync();
        }
    }

    internal static IReadOnlyList<string> Pages(string org) =>
    [
        "/organizations", "/organizations/new", $"/o/{org}", $"/o/{org}/settings", $"/o/{org}/business-units", $"/o/{org}/business-units?unit=payments", $"/o/{org}/business-units?unit=payments&edit=true",
        $"/o/{org}/workspaces", $"/o/{org}/workspaces?new=true", $"/o/{org}/workspaces/ledger", $"/o/{org}/workspaces/ledger?tab=projects", $"/o/{org}/workspaces/ledger?tab=labels",
        $"/o/{org}/workspaces/ledger?tab=quota", $"/o/{org}/workspaces/ledger?tab=history", $"/o/{org}/workspaces/ledger?edit=true", $"/o/{org}/quotas", $"/o/{org}/quotas?workspace=ledger", $"/o/{org}/quotas?organization=true",
    ];
}
