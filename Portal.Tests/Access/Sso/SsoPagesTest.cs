using System.Net;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access.Sso;

/// <summary>The pages of sign-in methods in a browser.</summary>
public sealed class SsoPagesTest(TestServer server, TestBrowser browser)
{
    [Fact]
    public async Task Administrator_MakesAConnection_SealsTheGlass_AndIsToldWhyItCannotBeEnforcedYet()
    {
        await using var portal = new WebPortal(server);
        await portal.InitializeAsync();
        var org = await portal.CreateOrganizationAsync("Connecting");
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgAdmin", org);
        await visitor.GoAsync($"/o/{org}/sso?new=true");
        var page = visitor.Page;
        await page.Locator("#sso-template").SelectOptionAsync(new SelectOptionValue { Label = "Keycloak" });
        await page.Locator("#sso-issuer").FillAsync("http://not-secure.example");
        await page.Locator("#sso-clientId").FillAsync("portal");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the connection" }).ClickAsync();
        await Expect(page.Locator("#sso-issuer-error")).ToBeVisibleAsync();
        await Expect(page.Locator("#sso-clientSecret-error")).ToBeVisibleAsync();
        await page.Locator("#sso-issuer").FillAsync("https://login.example.com/realms/staff");
        await page.Locator("#sso-clientProof").SelectOptionAsync(new SelectOptionValue { Label = "Its own key" });
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the connection" }).ClickAsync();
        var drawer = page.Locator(".drawer");
        await Expect(drawer).ToContainTextAsync("/sso/oidc/callback/");
        await Expect(drawer).ToContainTextAsync("/sso/oidc/keys/");
        await drawer.GetByText("All members", new() { Exact = true }).ClickAsync();
        await Expect(drawer).ToContainTextAsync("No break-glass code is sealed.");
        await drawer.GetByRole(AriaRole.Button, new() { Name = "Add a group" }).ClickAsync();
        await drawer.Locator("#mapping-0-value").FillAsync("finance-team");
        await drawer.Locator("#mapping-0-target").SelectOptionAsync(new SelectOptionValue { Label = "Finance Viewer" });
        await drawer.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.Locator("body")).ToContainTextAsync("The mappings were saved");

        await visitor.GoAsync($"/o/{org}/sso?tab=domains");
        await page.Locator("#sso-domain").FillAsync("Beispiel.example");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the domain" }).ClickAsync();
        await Expect(page.Locator("[data-table=sso-domains]")).ToContainTextAsync("https://beispiel.example/.well-known/hexabase-portal-verification");
        await Expect(page.Locator("[data-table=sso-domains]")).ToContainTextAsync("_hexabase-challenge.beispiel.example");

        await visitor.GoAsync($"/o/{org}/sso?tab=emergency");
        await page.GetByRole(AriaRole.Button, new() { Name = "Seal a code" }).ClickAsync();
        (await page.Locator("#break-glass-code").InputValueAsync()).Length.ShouldBeGreaterThan(30);
        await Expect(page.Locator("main")).ToContainTextAsync("Sealed");
    }

    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 390)]
    public async Task EveryState_IsAccessible(string language, string theme, int width)
    {
        await using var portal = new WebPortal(server);
        await portal.InitializeAsync();
        var empty = await portal.CreateOrganizationAsync("Empty");
        var org = await portal.CreateOrganizationAsync("Aoyama Financial Group");
        var made = await portal.PostAsync($"/api/v1/organizations/{org}/sso/connections", new { name = "Entra ID", kind = "oidc", template = "entraId", issuer = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0", clientId = "portal", clientProof = "privateKey" });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        var id = made.Json.GetProperty("id").GetGuid();
        (await portal.PostAsync($"/api/v1/organizations/{org}/sso/domains", new { name = "aoyama.example" })).Status.ShouldBe(HttpStatusCode.Created);
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        await visitor.SignInAsync("serviceAdmin", null);
        foreach (var (name, address) in new[]
        {
            ("sso-empty", $"/o/{empty}/sso"), ("sso", $"/o/{org}/sso"), ("sso-new", $"/o/{org}/sso?new=true"), ("sso-detail", $"/o/{org}/sso?id={id}"), ("sso-edit", $"/o/{org}/sso?id={id}&edit=true"),
            ("sso-domains", $"/o/{org}/sso?tab=domains"), ("sso-attempts", $"/o/{org}/sso?tab=attempts"), ("sso-emergency", $"/o/{org}/sso?tab=emergency"),
            ("roles", $"/o/{org}/roles"), ("bindings", $"/o/{org}/access/bindings"), ("rules", $"/o/{org}/access/rules"), ("access", $"/o/{org}/access"), ("sessions", $"/o/{org}/sessions"),
            ("service-accounts", $"/o/{org}/service-accounts"), ("account", "/account"),
        })
        {
            await visitor.GoAsync(address);
            await Gallery.TakeAsync(visitor.Page, $"{name}-{language}-{theme}-{width}");
            (await visitor.Page.Locator("main").InnerTextAsync()).ShouldNotMatch(@"\b(ssoSetup|sso|roles|bindings|rules|access|sessions|serviceAccounts|account|problem|permission)\.[a-z][a-zA-Z]+\b", $"{name} shows a key instead of words");
            await visitor.ShouldBeAccessibleAsync();
        }
    }
}
