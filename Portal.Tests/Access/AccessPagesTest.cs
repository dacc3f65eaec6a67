using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access;

/// <summary>Each page of the slice in both languages, themes and widths: readable by everybody, nothing scrolls sideways, no script fails.</summary>
public sealed class AccessPagesTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    public static TheoryData<string, string, int> Looks => new() { { "en", "light", 1440 }, { "ja", "dark", 1440 }, { "ja", "light", 390 }, { "en", "dark", 390 } };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Pages_AreAccessible(string language, string theme, int width)
    {
        var org = await portal.CreateOrganizationAsync("Aoyama Financial Group");
        await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "nightly import", role = "financeViewer", scopes = new[] { "costs:read", "budgets:read", "jobs:read" }, expiresInDays = 5 });
        await portal.PostAsync($"/api/v1/organizations/{org}/invitations", new { email = "sato@example.test", role = "auditor" });
        var member = await TestPeople.AddAsync(portal, "financeViewer", org, "佐藤 花子");
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        await visitor.SignInAsync("orgAdmin", org, "Mori Taro");
        foreach (var (name, path) in new[]
        {
            ("people", $"/o/{org}/people"), ("people-invite", $"/o/{org}/people?invite=true"), ("people-roles", $"/o/{org}/people?help=roles"), ("tokens", $"/o/{org}/tokens"), ("tokens-new", $"/o/{org}/tokens?new=true"),
            ("sessions", $"/o/{org}/sessions"), ("session-policy", $"/o/{org}/sessions?policy=true"), ("service-accounts", $"/o/{org}/service-accounts"), ("service-accounts-new", $"/o/{org}/service-accounts?new=true"),
            ("account", "/account"), ("jobs", $"/o/{org}/jobs"), ("audit", $"/o/{org}/audit"), ("audit-empty", $"/o/{org}/audit?q=actor%3Anobody"), ("audit-wrong", $"/o/{org}/audit?q=status%3Amaybe%20actr%3Ax"),
        })
        {
            await visitor.GoAsync(path);
            await Gallery.TakeAsync(visitor.Page, $"{name}-{language}-{theme}-{width}");
            await visitor.ShouldBeAccessibleAsync();
        }

        await visitor.GoAsync($"/o/{org}/people");
        await visitor.Page.GetByText(member.DisplayName).ClickAsync();
        await Expect(visitor.Page.Locator(".drawer")).ToContainTextAsync(member.UserName);
        await Gallery.TakeAsync(visitor.Page, $"person-{language}-{theme}-{width}");
        await visitor.ShouldBeAccessibleAsync();
        await visitor.GoAsync($"/o/{org}/audit");
        await visitor.Page.Locator("[data-row]").First.ClickAsync();
        await Expect(visitor.Page.Locator(".drawer .facts").First).ToBeVisibleAsync();
        await Gallery.TakeAsync(visitor.Page, $"audit-entry-{language}-{theme}-{width}");
        await visitor.ShouldBeAccessibleAsync();
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task DoorPages_AreAccessible(string language, string theme, int width)
    {
        var org = await portal.CreateOrganizationAsync("Door");
        var invited = await portal.PostAsync($"/api/v1/organizations/{org}/invitations", new { email = "kato@example.test", role = "orgUser" });
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        foreach (var (name, path) in new[]
        {
            ("sign-in", "/sign-in"), ("sign-in-wrong", "/sign-in?problem=signIn.wrong"), ("setup", "/setup/abc"), ("setup-ended", "/setup/abc?problem=setup.ended"),
            ("invitation", new Uri(invited.Json.GetProperty("link").GetString().ShouldNotBeNull()).AbsolutePath), ("invitation-ended", "/invitation/none"),
        })
        {
            await visitor.Page.GotoAsync(path);
            await Expect(visitor.Page.Locator("h1")).ToBeVisibleAsync();
            await Gallery.TakeAsync(visitor.Page, $"{name}-{language}-{theme}-{width}");
            await visitor.ShouldBeAccessibleAsync();
        }
    }

    [Fact]
    public async Task PersonWithoutThePermission_SeesWhatTheyLackAndWhomToAsk()
    {
        var org = await portal.CreateOrganizationAsync("Denied");
        await using var visitor = await browser.NewPageAsync(portal);
        await visitor.SignInAsync("orgUser", org);
        foreach (var (path, permission) in new[] { ("people", "people:read"), ("sessions", "sessions:read"), ("service-accounts", "tokens:read"), ("tokens", "tokens:read"), ("audit", "audit:read"), ("jobs", "jobs:read") })
        {
            await visitor.GoAsync($"/o/{org}/{path}");
            await Expect(visitor.Page.Locator("main")).ToContainTextAsync(permission);
            await Expect(visitor.Page.Locator("main")).ToContainTextAsync("Ask an administrator");
            (await visitor.Page.Locator($".side a[href='/o/{org}/{path}']").CountAsync()).ShouldBe(0, "no way leads there");
        }
    }
}
