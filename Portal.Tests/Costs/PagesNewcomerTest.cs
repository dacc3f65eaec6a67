using System.Net;
using System.Numerics;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Costs;

/// <summary>The way of somebody who sees the portal for the first time: import a real bill, find its total, set a budget, and see a colleague's page follow.</summary>
public sealed class PagesNewcomerTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Newcomer_ImportsABill_SeesItsTotals_AndABudgetMovesLiveElsewhere()
    {
        var file = SharedData.PathOrSkip(CostsApiTest.Sample);
        var billed = FocusFile.Sum(FocusFile.Read(file), "BilledCost");
        var org = await portal.CreateOrganizationAsync("Newcomers");
        (await portal.PostAsync($"/api/v1/organizations/{org}/business-units", new { name = "Retail" })).Status.ShouldBe(HttpStatusCode.Created);
        (await portal.PostAsync($"/api/v1/organizations/{org}/workspaces", new { name = "Shop", businessUnit = "retail", environment = "production" })).Status.ShouldBe(HttpStatusCode.Created);

        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        await visitor.GoAsync($"/o/{org}/costs");
        await visitor.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Import a bill" }).First.ClickAsync();
        await visitor.Page.WaitForURLAsync($"**/o/{org}/imports");
        await visitor.Page.Locator("input[type=file]").SetInputFilesAsync(file);
        await Expect(visitor.Page.Locator("[data-table=imports] [data-row]")).ToContainTextAsync("Counts", new() { Timeout = 60_000 });
        await Expect(visitor.Page.Locator(".drawer [data-total]").First).ToBeVisibleAsync();
        var shown = await visitor.Page.Locator(".drawer [data-total]").AllTextContentsAsync();
        shown.Aggregate(BigInteger.Zero, (sum, text) => sum + Atto(text)).ShouldBe(billed);
        await visitor.ShouldBeAccessibleAsync();

        foreach (var by in new[] { "businessUnit", "service", "region", "provider" })
        {
            await visitor.GoAsync($"/o/{org}/costs?by={by}&metric=billed&from=2000-01-01&to=2010-01-01");
            await visitor.GoAsync($"/o/{org}/costs?by={by}&metric=billed&from=2024-01-01&to=2025-12-31");
            var total = await visitor.Page.Locator($"[data-table=costs-{by}] tfoot [title]").Last.GetAttributeAsync("title");
            var current = await visitor.Page.Locator(".kpi-value").First.GetAttributeAsync("title");
            Atto(current).ShouldBe(billed, $"by {by}: {total}");
        }

        await Expect(visitor.Page.Locator(".check")).ToContainTextAsync("to the last digit");
        await visitor.ShouldBeAccessibleAsync();

        await using var colleague = await browser.NewPageAsync(portal);
        await colleague.SignInAsync("financeViewer", org, "Sato Hanako");
        (await portal.PostAsync($"/api/v1/organizations/{org}/budgets", new { name = "Steady", scope = new { organization = org }, limits = new { monthly = new { amount = "5000", currency = "USD" } } })).Status.ShouldBe(HttpStatusCode.Created);
        await colleague.GoAsync($"/o/{org}/budgets");
        await Expect(colleague.Page.Locator("[data-table=budgets] [data-row]")).ToHaveCountAsync(1);
        await colleague.Page.EvaluateAsync("() => { document.querySelector('[data-table=budgets] [data-row]').kept = true; window.kept = true; }");

        await visitor.GoAsync($"/o/{org}/new-budget");
        await visitor.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Shop");
        await visitor.Page.Locator("#budget-scope").SelectOptionAsync(new SelectOptionValue { Label = "Workspace" });
        await visitor.Page.Locator("#budget-limits").FillAsync("1,250.50");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Create budget" }).ClickAsync();
        await visitor.Page.WaitForURLAsync($"**/o/{org}/budgets/shop");
        await Expect(colleague.Page.Locator("[data-table=budgets]")).ToContainTextAsync("$1,250.50");

        var changed = new { name = "Shop", scope = new { workspace = "shop" }, limits = new { monthly = new { amount = "1300", currency = "USD" } } };
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Put, $"/api/v1/organizations/{org}/budgets/shop") { Content = System.Net.Http.Json.JsonContent.Create(changed) })).Status.ShouldBe(HttpStatusCode.OK);
        await Expect(colleague.Page.Locator("[data-table=budgets]")).ToContainTextAsync("$1,300.00");
        (await colleague.Page.EvaluateAsync<bool>("() => window.kept && [...document.querySelectorAll('[data-table=budgets] [data-row]')].some(r => r.kept && r.textContent.includes('Steady'))")).ShouldBeTrue("the unchanged row was made anew");
        await colleague.ShouldBeAccessibleAsync();
    }

    private static BigInteger Atto(string? text) => WideAmount.Parse((text ?? "").Split(' ')[0].Replace(",", "", StringComparison.Ordinal).Replace('\u2212', '-')).Atto;
}
