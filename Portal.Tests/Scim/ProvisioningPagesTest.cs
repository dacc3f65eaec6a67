using System.Net;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Scim;

/// <summary>The pages of provisioning and of groups in a browser.</summary>
public sealed class ProvisioningPagesTest(TestServer server, TestBrowser browser)
{
    [Fact]
    public async Task Administrator_ConnectsTheProvider_SeesWhatItSent_AndGivesAGroupItsRole()
    {
        await using var portal = await StartAsync();
        var org = await portal.CreateOrganizationAsync("Connected");
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        await visitor.GoAsync($"/o/{org}/provisioning");
        var page = visitor.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "New secret token" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the token" }).ClickAsync();
        var secret = await page.Locator("#scim-token").InputValueAsync();
        secret.ShouldStartWith("hxp_");
        await page.GetByRole(AriaRole.Link, new() { Name = "I have copied it" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("1 token holds");

        var provider = new ScimWorld(portal, org, portal.Client(secret));
        await provider.AddGroupAsync("Finance", await provider.AddUserAsync("aoi@example.com"));
        (await provider.SendAsync("GET", "/Users/nobody")).Status.ShouldBe(HttpStatusCode.NotFound);

        await visitor.GoAsync($"/o/{org}/provisioning?tab=requests");
        var requests = page.Locator("[data-table=scim-requests]");
        await Expect(requests).ToContainTextAsync("POST Users");
        await page.GetByRole(AriaRole.Switch, new() { Name = "Only refused" }).ClickAsync();
        await Expect(requests).Not.ToContainTextAsync("POST Users");
        await Expect(requests).ToContainTextAsync("404");
        await page.GetByRole(AriaRole.Switch, new() { Name = "Only refused" }).ClickAsync();
        await requests.Locator("tr", new() { HasText = "POST Groups" }).Locator("a").First.ClickAsync();
        var drawer = page.Locator(".drawer");
        await drawer.GetByRole(AriaRole.Button, new() { Name = "Try it" }).ClickAsync();
        await Expect(drawer).ToContainTextAsync("It would be answered");

        await visitor.GoAsync($"/o/{org}/groups");
        await page.GetByRole(AriaRole.Link, new() { Name = "Finance" }).ClickAsync();
        await Expect(drawer).ToContainTextAsync("aoi@example.com");
        await drawer.Locator("#group-role").SelectOptionAsync(new SelectOptionValue { Label = "Finance Viewer" });
        await drawer.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator("[data-table=groups]")).ToContainTextAsync("Finance Viewer");
    }

    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 390)]
    public async Task EveryState_IsAccessible(string language, string theme, int width)
    {
        await using var portal = await StartAsync();
        var empty = await portal.CreateOrganizationAsync("Empty");
        var org = await portal.CreateOrganizationAsync("Aoyama Financial Group");
        var provider = new ScimWorld(portal, org, portal.Api);
        var people = new List<string>();
        for (var i = 0; i < 4; i++) people.Add(await provider.AddUserAsync($"person{i}@example.com"));
        var group = await provider.AddGroupAsync("Platform engineering", [.. people]);
        (await provider.SendAsync("DELETE", $"/Users/{people[0]}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await provider.SendAsync("DELETE", $"/Users/{people[1]}")).Status.ShouldBe(HttpStatusCode.Conflict);
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        await visitor.SignInAsync("serviceAdmin", null);
        foreach (var (name, address) in new[]
        {
            ("provisioning-empty", $"/o/{empty}/provisioning"), ("provisioning", $"/o/{org}/provisioning"), ("provisioning-token", $"/o/{org}/provisioning?new=true"), ("provisioning-held", $"/o/{org}/provisioning?tab=held"),
            ("provisioning-requests", $"/o/{org}/provisioning?tab=requests"), ("provisioning-requests-empty", $"/o/{empty}/provisioning?tab=requests"),
            ("groups-empty", $"/o/{empty}/groups"), ("groups", $"/o/{org}/groups"), ("groups-detail", $"/o/{org}/groups?id={group}"), ("groups-gone", $"/o/{org}/groups?id={Guid.Empty}"),
        })
        {
            await visitor.GoAsync(address);
            await Gallery.TakeAsync(visitor.Page, $"{name}-{language}-{theme}-{width}");
            (await visitor.Page.Locator("main").InnerTextAsync()).ShouldNotMatch(@"\b(provisioning|groups|problem)\.[a-zA-Z]+\b", $"{name} shows a key instead of words");
            await visitor.ShouldBeAccessibleAsync();
        }
    }

    private async Task<WebPortal> StartAsync()
    {
        var portal = new WebPortal(server);
        // The second departure within the hour waits.
        portal.Settings["Scim:HoldFloor"] = "0";
        portal.Settings["Scim:HoldAfterPercent"] = "30";
        await portal.InitializeAsync();
        return portal;
    }
}
