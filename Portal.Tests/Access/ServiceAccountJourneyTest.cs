using System.Net;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access;

/// <summary>A service account, its token and the token's rotation, by browser; and helping a member who forgot their password.</summary>
public sealed class ServiceAccountJourneyTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Account_GetsAToken_ThatIsRotated()
    {
        var org = await portal.CreateOrganizationAsync("Account journey");
        await using var admin = await browser.NewPageAsync(portal);
        var mori = await admin.SignInAsync("orgAdmin", org, "Mori Taro");
        await admin.GoAsync($"/o/{org}/service-accounts?new=true");
        await admin.Page.FillAsync("#account-name", "bill import");
        await admin.Page.FillAsync("#account-owner", "nobody@example.test");
        await admin.Page.ClickAsync(".drawer button[type=submit]");
        await Expect(admin.Page.Locator("#account-owner-error")).ToContainTextAsync("active member");
        await admin.Page.FillAsync("#account-owner", mori.UserName);
        await admin.Page.Locator(".drawer .role-row", new() { HasText = "Finance Viewer" }).ClickAsync();
        await admin.Page.ClickAsync(".drawer button[type=submit]");
        await Expect(admin.Page.Locator("[data-table=service-accounts]")).ToContainTextAsync("bill import");
        await admin.ShouldBeAccessibleAsync();

        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "New token" }).ClickAsync();
        await Expect(admin.Page.Locator(".drawer")).ToContainTextAsync("Acts as the service account bill import");
        await admin.Page.FillAsync("#token-name", "first");
        await admin.Page.ClickAsync(".drawer button[type=submit]");
        var first = await admin.Page.Locator("#token-text").InputValueAsync();
        using var client = portal.Client(first);
        (await portal.GetAsync($"/api/v1/organizations/{org}/budgets", client)).Status.ShouldBe(HttpStatusCode.OK);
        await admin.Page.Locator(".drawer a.btn.primary").ClickAsync();

        await admin.Page.Locator("[data-row]").First.HoverAsync();
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Rotate or hand over first" }).ClickAsync();
        await admin.Page.SelectOptionAsync("#rotate-overlapHours", new SelectOptionValue { Label = "not at all" });
        await admin.ShouldBeAccessibleAsync();
        await admin.Page.Locator(".drawer button[type=submit]").First.ClickAsync();
        var second = await admin.Page.Locator("#token-text").InputValueAsync();
        second.ShouldNotBe(first);
        (await portal.GetAsync($"/api/v1/organizations/{org}/budgets", client)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        using var fresh = portal.Client(second);
        (await portal.GetAsync($"/api/v1/organizations/{org}/budgets", fresh)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task ForgottenPassword_IsChosenAnewByALink()
    {
        var org = await portal.CreateOrganizationAsync("Reset journey");
        var person = await TestPeople.AddAsync(portal, "orgUser", org, "Sato Hanako", "a long walk by the river");
        await using var admin = await browser.NewPageAsync(portal);
        await admin.SignInAsync("orgAdmin", org, "Mori Taro");
        await admin.GoAsync($"/o/{org}/people");
        await admin.Page.GetByText("Sato Hanako").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Make a password link" }).ClickAsync();
        await admin.Page.Locator("dialog[open] .btn.primary").ClickAsync();
        var link = await admin.Page.Locator("#reset-link").InputValueAsync();

        await using var visitor = await browser.NewPageAsync(portal, "ja", scripts: false);
        await visitor.Page.GotoAsync(link);
        await Expect(visitor.Page.Locator("main")).ToContainTextAsync(person.UserName);
        await visitor.Page.FillAsync("#password", "nine quiet lanterns in the fog");
        await visitor.Page.ClickAsync("button[type=submit]");
        await Expect(visitor.Page.Locator("main")).ToContainTextAsync("新しいパスワードを設定しました");
        await visitor.Page.FillAsync("#userName", person.UserName);
        await visitor.Page.FillAsync("#password", "nine quiet lanterns in the fog");
        await visitor.Page.Locator("form button[type=submit]").First.ClickAsync();
        await visitor.Page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
    }
}
