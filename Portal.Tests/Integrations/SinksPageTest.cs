using System.Net;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Integrations;

/// <summary>The page of the sinks in a browser.</summary>
public sealed class SinksPageTest(TestServer server, TestBrowser browser)
{
    private static readonly string Files = Directory.CreateTempSubdirectory("portal-sinks-page-").FullName;

    [Fact]
    public async Task NewSink_IsTested_Made_AndMovesOnThePage()
    {
        await using var portal = await StartAsync();
        var org = await portal.CreateOrganizationAsync("Making");
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        await visitor.GoAsync($"/o/{org}/audit/sinks");
        var page = visitor.Page;
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New sink" }).First.ClickAsync();
        await page.Locator("#sink-kind").SelectOptionAsync(new SelectOptionValue { Label = "File" });
        await page.Locator("#sink-name").FillAsync("Evidence file");
        await page.Locator("#sink-address").FillAsync("no/slashes");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create sink" }).ClickAsync();
        await Expect(page.Locator("#sink-address-error")).ToContainTextAsync("audit.jsonl");
        await page.Locator("#sink-address").FillAsync("audit.jsonl");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send test message" }).ClickAsync();
        await Expect(page.Locator(".problem.info")).ToContainTextAsync("One line was appended");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create sink" }).ClickAsync();
        await Expect(page.Locator(".drawer")).ToContainTextAsync("Delivering");
        (await portal.PostAsync($"/api/v1/organizations/{org}/business-units", new { name = "Moved" })).Status.ShouldBe(HttpStatusCode.Created);
        await Expect(page.Locator("[data-table=sinks]")).ToContainTextAsync("Up to date");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.Locator("[data-table=sinks]")).ToContainTextAsync("Paused");
    }

    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 1440)]
    [InlineData("ja", "light", 390)]
    [InlineData("en", "dark", 390)]
    public async Task EveryState_IsAccessible(string language, string theme, int width)
    {
        await using var portal = await StartAsync();
        var empty = await portal.CreateOrganizationAsync("Empty");
        var org = await portal.CreateOrganizationAsync("Aoyama Financial Group");
        var path = $"/api/v1/organizations/{org}/audit-sinks";
        (await portal.PostAsync(path, new { name = "Evidence file", kind = "file", address = "audit.jsonl", from = "2020-01-01T00:00:00Z", fields = new { ip_address = new { treatment = "hash", @as = "client" } } })).Status.ShouldBe(HttpStatusCode.Created);
        (await portal.PostAsync(path, new { name = "Splunk Tokyo", kind = "hec", address = "https://splunk.invalid:8088", credential = "token", filter = "-action:audit.*" })).Status.ShouldBe(HttpStatusCode.Created);
        for (var i = 0; i < 30; i++) await portal.PostAsync($"/api/v1/organizations/{org}/business-units", new { name = $"Unit {i}" });
        await Task.Delay(8000, TestContext.Current.CancellationToken);
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        await visitor.SignInAsync("serviceAdmin", null);
        foreach (var (name, address) in new[]
        {
            ("sinks-empty", $"/o/{empty}/audit/sinks"), ("sinks", $"/o/{org}/audit/sinks"), ("sinks-new", $"/o/{org}/audit/sinks?new=true"), ("sinks-detail", $"/o/{org}/audit/sinks?id=evidence-file"),
            ("sinks-failing", $"/o/{org}/audit/sinks?id=splunk-tokyo"), ("sinks-edit", $"/o/{org}/audit/sinks?id=evidence-file&edit=true"),
        })
        {
            await visitor.GoAsync(address);
            await Gallery.TakeAsync(visitor.Page, $"{name}-{language}-{theme}-{width}");
            (await visitor.Page.Locator("main").InnerTextAsync()).ShouldNotMatch(@"\b(sinks|problem)\.[a-zA-Z]+\b", $"{name} shows a key instead of words");
            await visitor.ShouldBeAccessibleAsync();
        }
    }

    private async Task<WebPortal> StartAsync()
    {
        var portal = new WebPortal(server);
        portal.Settings["Siem:FileDirectory"] = Files;
        await portal.InitializeAsync();
        return portal;
    }
}
