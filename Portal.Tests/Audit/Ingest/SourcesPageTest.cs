using System.Net;
using System.Text;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>The page of outside logs: accessible in both languages, wide and narrow; a dropped file is taken, a mapping tried and saved.</summary>
public sealed class SourcesPageTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    private static readonly string[] Names = ["kubernetes", "cloudtrail", "okta", "azure", "gcp", "github", "generic"];

    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 1440)]
    [InlineData("ja", "light", 390)]
    public async Task EachSource_IsAccessible(string language, string theme, int width)
    {
        var org = await portal.CreateOrganizationAsync("Sources");
        var body = new StringContent("{\"timestamp\":\"2026-01-02T03:04:05Z\",\"action\":\"x\",\"actor\":\"ann\"}\nnonsense", Encoding.UTF8);
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/organizations/{org}/audit/ingest?source=generic") { Content = body })).Status.ShouldBe(HttpStatusCode.OK);
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        await visitor.SignInAsync("orgAdmin", org);
        foreach (var path in Names.Select(n => $"?source={n}").Prepend("").Append("?source=generic&mapping=true"))
        {
            await visitor.GoAsync($"/o/{org}/audit/sources{path}");
            await visitor.Page.Locator("main table").WaitForAsync();
            await Gallery.TakeAsync(visitor.Page, $"sources{path.Replace("?source=", "-", StringComparison.Ordinal).Replace("&mapping=true", "-mapping", StringComparison.Ordinal)}-{language}-{theme}-{width}");
            (await visitor.Page.Locator("main").InnerTextAsync()).ShouldNotMatch(@"\b(sources|problem)\.[a-zA-Z]+\b");
            await visitor.ShouldBeAccessibleAsync();
        }
    }

    [Fact]
    public async Task ADroppedFile_IsTaken_AndCounted()
    {
        var org = await portal.CreateOrganizationAsync("Sources drop");
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        await visitor.GoAsync($"/o/{org}/audit/sources?source=generic");
        await visitor.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "events.jsonl", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes("{\"timestamp\":\"2026-01-02T03:04:05Z\",\"action\":\"door.open\",\"actor\":\"ann\"}\nnonsense\n") });
        await visitor.Page.GetByText("1 taken, 0 were there already, 1 rejected.").WaitForAsync();
        await visitor.Page.GetByText("json.malformed").First.WaitForAsync();
    }

    [Fact]
    public async Task AMapping_IsTriedAndSaved()
    {
        var org = await portal.CreateOrganizationAsync("Sources mapping");
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        await visitor.GoAsync($"/o/{org}/audit/sources?source=generic&mapping=true");
        await visitor.Page.Locator("#map-action").FillAsync("what.was[0]");
        await visitor.Page.Locator("#map-timestamp").FillAsync("at");
        await visitor.Page.Locator("#map-sample").FillAsync("{\"at\":1767323045,\"what\":{\"was\":[\"door.opened\"]}}");
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Try" }).ClickAsync();
        await visitor.Page.GetByText("door.opened", new PageGetByTextOptions { Exact = true }).WaitForAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save" }).ClickAsync();
        await visitor.Page.GetByText("The mapping was saved.").WaitForAsync();
        var mapping = await portal.GetAsync($"/api/v1/organizations/{org}/audit/mapping");
        mapping.Json.GetProperty("fields").GetProperty("action").GetString().ShouldBe("what.was[0]");
    }
}
