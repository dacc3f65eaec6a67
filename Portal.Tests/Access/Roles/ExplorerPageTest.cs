using System.Net;
using System.Net.Http.Json;
using Hexabase.Portal.Scim;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access.Roles;

/// <summary>The explorer in both languages: a way that provisioning began, and what programs can do.</summary>
public sealed class ExplorerPageTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Theory]
    [InlineData("en", "light", 1440, "Provisioning (SCIM)", "take the person out of it", "acts as the service account", "Deactivated, revoked")]
    [InlineData("ja", "dark", 390, "プロビジョニング（SCIM）", "グループから外してください", "サービスアカウント「Robot」として", "失効、または期限切れ")]
    public async Task Answers_ShowWhereAWayBegins(string language, string theme, int width, string began, string ends, string actsAs, string ended)
    {
        var world = await ScimWorld.CreateAsync(portal);
        var path = $"/api/v1/organizations/{world.Organization}";
        var user = await world.AddUserAsync("ann@acme.test");
        var group = await world.AddGroupAsync("Buyers", user);
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Put, $"{path}/groups/{group}/role") { Content = JsonContent.Create(new { role = "financeManager" }) })).Status.ShouldBe(HttpStatusCode.OK);
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        var person = await visitor.SignInAsync("orgAdmin", world.Organization, "Mori Taro");
        var robot = await portal.PostAsync($"{path}/service-accounts", new { name = "Robot", role = "financeManager", owner = person.UserName });
        robot.Status.ShouldBe(HttpStatusCode.Created, robot.Text);
        var token = await portal.PostAsync($"{path}/tokens", new { name = "Nightly", scopes = new[] { "budgets:read" }, serviceAccount = robot.Json.GetProperty("id").GetString() });
        token.Status.ShouldBe(HttpStatusCode.Created, token.Text);

        var answer = visitor.Page.Locator("[data-explanation]");
        await visitor.GoAsync($"/o/{world.Organization}/access?principal=ann@acme.test&permission=budgets%3Awrite");
        await Expect(answer).ToContainTextAsync(began);
        await Expect(answer).ToContainTextAsync("Buyers");
        await Expect(answer).ToContainTextAsync(ends);
        await LookAsync(visitor, $"explorer-provisioned-{language}-{theme}-{width}");
        await visitor.GoAsync($"/o/{world.Organization}/access?kind=token&principal=Nightly&permission=budgets%3Aread");
        await Expect(answer).ToContainTextAsync(actsAs);
        await visitor.GoAsync($"/o/{world.Organization}/access?tab=who&permission=budgets%3Aread");
        await Expect(visitor.Page.Locator("[data-row]")).ToHaveCountAsync(4);
        await LookAsync(visitor, $"explorer-who-{language}-{theme}-{width}");
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{path}/tokens/{token.Json.GetProperty("id").GetString()}"))).Status.ShouldBe(HttpStatusCode.NoContent);
        await visitor.GoAsync($"/o/{world.Organization}/access?kind=token&principal=Nightly&permission=budgets%3Aread");
        await Expect(answer).ToContainTextAsync(ended);
        await visitor.GoAsync($"/o/{world.Organization}/service-accounts?id={robot.Json.GetProperty("id").GetString()}");
        await Expect(visitor.Page.Locator("[data-spend]")).ToBeVisibleAsync();

        var csv = await portal.GetAsync($"{path}/access/who?permission=budgets%3Awrite&format=csv");
        csv.Text.ShouldContain("ann@acme.test");
        csv.Text.ShouldContain("provisioning");
    }

    private static async Task LookAsync(TestPage visitor, string name)
    {
        await Gallery.TakeAsync(visitor.Page, name);
        await visitor.ShouldBeAccessibleAsync();
    }
}
