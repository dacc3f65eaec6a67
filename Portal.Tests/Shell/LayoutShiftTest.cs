using System.Net;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Shell;

/// <summary>Nothing on a page moves while it loads: what stands for the content takes its place exactly.</summary>
public sealed class LayoutShiftTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    // Each move with what moved, from where to where: a failing test says what to mend.
    private const string Watch =
        """
        window.shifts = [];
        const of = (r) => `${r.x},${r.y} ${r.width}x${r.height}`;
        new PerformanceObserver((list) => {
          for (const e of list.getEntries()) {
            if (!e.hadRecentInput) window.shifts.push(`${e.value.toFixed(4)} at ${e.startTime.toFixed(0)} ms: ` + e.sources.map((s) => `${s.node?.nodeName ?? '?'}.${s.node?.className ?? s.node?.parentNode?.className ?? ''} ${of(s.previousRect)} -> ${of(s.currentRect)}`).join(' | '));
          }
        }).observe({ type: 'layout-shift', buffered: true });
        """;

    private static readonly (string Name, string Path)[] Pages =
        [("home", ""), ("costs", "costs"), ("budgets", "budgets"), ("budget", "budgets/everything"), ("quotas", "quotas"), ("workspaces", "workspaces"), ("audit", "audit")];

    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task EachPage_StandsStill_WhileItLoads(int width)
    {
        var org = await FillAsync();
        var moves = new List<string>();
        foreach (var (name, path) in Pages)
        {
            await using var visitor = await browser.NewPageAsync(portal, width: width);
            await visitor.SignInAsync("orgAdmin", org);
            await visitor.Page.AddInitScriptAsync(Watch);
            await visitor.GoAsync($"/o/{org}/{path}");
            // Charts are drawn after the page.
            await Task.Delay(800, TestContext.Current.CancellationToken);
            moves.AddRange((await visitor.Page.EvaluateAsync<string[]>("window.shifts")).Select(s => $"{name}: {s}"));
        }

        moves.ShouldBeEmpty(string.Join('\n', moves));
    }

    private async Task<string> FillAsync()
    {
        var org = await portal.CreateOrganizationAsync("Aoyama Financial Group");
        var api = $"/api/v1/organizations/{org}";
        foreach (var (unit, center) in new[] { ("Finance-BU", "CC-1100"), ("Retail-Apps", "CC-3300") })
            (await portal.PostAsync($"{api}/business-units", new { name = unit, costCenter = center })).Status.ShouldBe(HttpStatusCode.Created);
        foreach (var (workspace, unit) in new[] { ("Payments", "finance-bu"), ("Shop", "retail-apps") })
            (await portal.PostAsync($"{api}/workspaces", new { name = workspace, businessUnit = unit, environment = "production" })).Status.ShouldBe(HttpStatusCode.Created);
        await CostsApiTest.FinishAsync(portal, await CostsApiTest.ImportAsync(portal, org, await File.ReadAllBytesAsync(SharedData.PathOrSkip(CostsApiTest.Sample)), gzip: true));
        (await portal.PostAsync($"{api}/budgets", new { name = "Everything", scope = new { organization = org }, limits = new { monthly = new { amount = "100000", currency = "USD" }, yearly = new { amount = "1000000", currency = "USD" } }, metric = "effective" })).Status.ShouldBe(HttpStatusCode.Created);
        (await portal.PostAsync($"{api}/budgets", new { name = "Payments", scope = new { workspace = "payments" }, limits = new { monthly = new { amount = "100", currency = "USD" } }, metric = "effective" })).Status.ShouldBe(HttpStatusCode.Created);
        return org;
    }
}
