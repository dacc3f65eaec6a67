using System.Net;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs;

/// <summary>Every page of money, empty and full, wide and narrow, light and dark, English and Japanese: accessible, without sideways scrolling, without words that nobody wrote.</summary>
public sealed class PagesLookTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("costs", "costs"), ("costs-service", "costs?by=service&against=None"), ("costs-treemap", "costs?by=service&view=treemap"), ("costs-heat", "costs?view=heat"), ("costs-lines", "costs?by=service&lines=True"),
        ("report", "cost-report"), ("allocation", "allocation"), ("unallocated", "allocation?tab=unallocated"), ("new-allocation", "new-allocation"),
        ("imports", "imports"), ("budgets", "budgets"), ("new-budget", "new-budget"),
    ];

    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 1440)]
    [InlineData("ja", "light", 390)]
    [InlineData("en", "dark", 390)]
    public async Task EachPage_Full(string language, string theme, int width)
    {
        var org = await FillAsync();
        await LookAsync(org, [.. Pages, ("budget", "budgets/everything"), ("edit-budget", "budgets/everything/edit")], language, theme, width, "full");
    }

    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 390)]
    public async Task EachPage_Empty(string language, string theme, int width) => await LookAsync(await portal.CreateOrganizationAsync("Empty"), Pages, language, theme, width, "empty");

    private async Task LookAsync(string org, IEnumerable<(string Name, string Path)> pages, string language, string theme, int width, string state)
    {
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        await visitor.SignInAsync("orgAdmin", org);
        foreach (var (name, path) in pages)
        {
            await visitor.GoAsync($"/o/{org}/{path}");
            // Charts are drawn after the page.
            await Task.Delay(700, TestContext.Current.CancellationToken);
            await Gallery.TakeAsync(visitor.Page, $"{name}-{state}-{language}-{theme}-{width}");
            var text = await visitor.Page.Locator("main").InnerTextAsync();
            text.ShouldNotMatch(@"\b(costs|budgets|imports|allocation|statement|controls|problem)\.[a-zA-Z]+\b", $"{name} shows a key instead of words");
            await visitor.ShouldBeAccessibleAsync();
        }
    }

    private async Task<string> FillAsync()
    {
        var org = await portal.CreateOrganizationAsync("Aoyama Financial Group");
        var api = $"/api/v1/organizations/{org}";
        foreach (var (unit, center) in new[] { ("Finance-BU", "CC-1100"), ("Healthcare-Analytics", "CC-2200"), ("Retail-Apps", "CC-3300") })
            (await portal.PostAsync($"{api}/business-units", new { name = unit, costCenter = center })).Status.ShouldBe(HttpStatusCode.Created);
        foreach (var (workspace, unit) in new[] { ("Payments", "finance-bu"), ("Imaging", "healthcare-analytics"), ("Shop", "retail-apps") })
            (await portal.PostAsync($"{api}/workspaces", new { name = workspace, businessUnit = unit, environment = "production" })).Status.ShouldBe(HttpStatusCode.Created);
        await CostsApiTest.FinishAsync(portal, await CostsApiTest.ImportAsync(portal, org, await File.ReadAllBytesAsync(SharedData.PathOrSkip(CostsApiTest.Sample)), gzip: true));
        var services = (await portal.GetAsync($"{api}/costs?from=2000-01-01&to=2100-01-01&groupBy=service")).Json.GetProperty("rows").EnumerateArray()
            .Select(r => r.GetProperty("keys").GetProperty("service").GetString()).OfType<string>().Distinct().ToList();
        string[] targets = ["payments", "imaging", "shop"];
        var rules = targets.Select((t, i) => new
        {
            name = $"To {t}", match = new Dictionary<string, object> { ["ServiceName"] = services.Where((_, k) => k % 4 == i).ToArray() }, target = new { workspace = t }, markupPercent = i == 0 ? 5 : 0,
        });
        (await portal.PostAsync($"{api}/allocation-rules", new { effectiveFrom = "2000-01-01", rules })).Status.ShouldBe(HttpStatusCode.Created);
        (await portal.PostAsync($"{api}/budgets", new { name = "Everything", scope = new { organization = org }, limits = new { monthly = new { amount = "100000", currency = "USD" }, yearly = new { amount = "1000000", currency = "USD" } }, metric = "effective" })).Status.ShouldBe(HttpStatusCode.Created);
        (await portal.PostAsync($"{api}/budgets", new { name = "Payments", scope = new { workspace = "payments" }, limits = new { monthly = new { amount = "100", currency = "USD" } }, metric = "effective" })).Status.ShouldBe(HttpStatusCode.Created);
        return org;
    }
}
