using System.Net;
using System.Text.Json;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Audit.Search;

/// <summary>What an auditor does with outside events: find, narrow, look at one, check its proof.</summary>
public sealed class AuditEvidencePageTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task SourceAndStatus_FindExactlyTheEventsWithAnErrorCode()
    {
        var (org, lines) = await IngestAsync("Contract");
        var failed = lines.Where(l => JsonElement.Parse(l).TryGetProperty("errorCode", out _)).Select(l => JsonElement.Parse(l).GetProperty("eventID").GetString()).ToList();
        failed.Count.ShouldBeGreaterThan(0);
        (await FoundAsync(org, "source:cloudtrail status:failure")).ShouldBe(failed, ignoreOrder: true);
        (await FoundAsync(org, "source:cloudtrail -status:failure")).Count.ShouldBe(lines.Count - failed.Count);
        var summary = (await portal.GetAsync($"/api/v1/organizations/{org}/audit/summary?q=source:cloudtrail")).Json;
        summary.GetProperty("count").GetInt32().ShouldBe(lines.Count);
        summary.GetProperty("histogram").GetProperty("counts").EnumerateArray().Sum(c => c.GetInt64()).ShouldBe(lines.Count);
    }

    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 1440)]
    [InlineData("en", "dark", 390)]
    [InlineData("ja", "light", 390)]
    public async Task Auditor_NarrowsOpensAndVerifies(string language, string theme, int width)
    {
        var (org, _) = await IngestAsync("Evidence");
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        await visitor.SignInAsync("auditor", org);
        await visitor.GoAsync($"/o/{org}/audit?range=all&q=source%3Acloudtrail");
        var page = visitor.Page;
        await Expect(page.Locator("figure.bars")).ToBeVisibleAsync();
        await Expect(page.Locator(".integrity")).ToBeVisibleAsync();
        await Gallery.TakeAsync(page, $"audit-{language}-{theme}-{width}");
        await visitor.ShouldBeAccessibleAsync();

        if (width < 600) await page.Locator(".facets-small button").First.ClickAsync();
        await page.Locator(".facets:visible a", new() { HasText = language == "en" ? "refused" : "拒否" }).First.ClickAsync();
        await page.WaitForURLAsync("**status%3Afailure**");
        await visitor.SettleAsync();
        await page.Locator("[data-row] a.plain").First.ClickAsync();
        await Expect(page.Locator(".proof button").First).ToBeVisibleAsync();
        await page.Locator(".proof button").First.ClickAsync();
        await Expect(page.Locator(".proof .steps li.ok")).ToHaveCountAsync(5);
        await page.Locator(".proof").ScrollIntoViewIfNeededAsync();
        await Gallery.TakeAsync(page, $"audit-proof-{language}-{theme}-{width}");
        await visitor.ShouldBeAccessibleAsync();
    }

    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 390)]
    public async Task Browser_HoldsTheLogAgainstWhatItRemembers(string language, string theme, int width)
    {
        var org = await portal.CreateOrganizationAsync("Remembered");
        await SignedAsync(org, 1);
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        await visitor.SignInAsync("auditor", org);
        await visitor.GoAsync($"/o/{org}/audit");
        var page = visitor.Page;
        await VerifyAsync("first");
        await Expect(page.Locator(".log-check .steps li.ok")).ToHaveCountAsync(1);
        (await portal.PostAsync($"/api/v1/organizations/{org}/business-units", new { name = "Later" })).Status.ShouldBe(HttpStatusCode.Created);
        var state = (await portal.GetAsync($"/api/v1/organizations/{org}/audit/state")).Json;
        await SignedAsync(org, state.GetProperty("treeSize").GetInt64() + state.GetProperty("waiting").GetInt64());
        await VerifyAsync("grown");
        await Expect(page.Locator(".log-check .steps li.ok")).ToHaveCountAsync(5);
        await Gallery.TakeAsync(page, $"audit-log-check-{language}-{theme}-{width}");
        await visitor.ShouldBeAccessibleAsync();

        // The browser saw a log of more entries than there are: the newest are gone.
        await page.EvaluateAsync("""
            org => {
              const key = `portal-audit-log-${localStorage.getItem(`portal-audit-place-${org}`)}`;
              const kept = JSON.parse(localStorage.getItem(key));
              kept.note = kept.note.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1000}\n`);
              localStorage.setItem(key, JSON.stringify(kept));
            }
            """, org);
        await VerifyAsync("failed");
        await Expect(page.Locator(".log-check .steps li.bad")).ToHaveCountAsync(1);
        await page.Locator(".log-check > button").ClickAsync();
        await Expect(page.Locator(".log-check")).ToHaveCountAsync(0);
        await VerifyAsync("first");

        async Task VerifyAsync(string outcome)
        {
            await page.Locator(".verify-log").ClickAsync();
            await Expect(page.Locator(".log-check [role=status]")).ToContainTextAsync(Shell.TextCatalog.Load(typeof(Shell.ShellModule).Assembly).Of(language)[$"audit.log.{outcome}"]);
        }
    }

    private async Task SignedAsync(string org, long entries)
    {
        // Under a checkpoint within ten seconds, says the contract.
        for (var i = 0; i < 100; i++)
        {
            var state = (await portal.GetAsync($"/api/v1/organizations/{org}/audit/state")).Json;
            if (state.GetProperty("checkpointSize") is { ValueKind: JsonValueKind.Number } size && size.GetInt64() >= entries) break;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private async Task<(string Org, List<string> Lines)> IngestAsync(string name)
    {
        var folder = SharedData.PathOrSkip("data/audit/attack-detonations");
        var org = await portal.CreateOrganizationAsync(name);
        var lines = Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines).Where(l => l.Length > 0).DistinctBy(l => JsonElement.Parse(l).GetProperty("eventID").GetString()).ToList();
        using var content = new StringContent(string.Join('\n', lines));
        var answer = await portal.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/organizations/{org}/audit/ingest?source=cloudtrail") { Content = content });
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Json.GetProperty("accepted").GetInt32().ShouldBe(lines.Count, answer.Text);
        await SignedAsync(org, lines.Count);
        return (org, lines);
    }

    private async Task<List<string?>> FoundAsync(string org, string query)
    {
        var answer = await portal.GetAsync($"/api/v1/organizations/{org}/audit?limit=1000&q={Uri.EscapeDataString(query)}");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return [.. answer.Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("sourceId").GetString())];
    }
}
