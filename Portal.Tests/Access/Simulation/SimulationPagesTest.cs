using System.Net;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access.Simulation;

/// <summary>The simulator in a role's form and on its page, and what a person can spend, by API and in a browser.</summary>
public sealed class SimulationPagesTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Api_AnswersTheSimulationAndTheReach()
    {
        var (org, sato) = await WorldAsync("Api");
        var path = $"/api/v1/organizations/{org}";
        var tried = await portal.PostAsync($"{path}/roles/money/simulation", new { permissions = new[] { "budgets:read" } });
        tried.Status.ShouldBe(HttpStatusCode.OK, tried.Text);
        tried.Json.GetProperty("days").GetInt32().ShouldBe(90);
        var denial = tried.Json.GetProperty("denials")[0];
        denial.GetProperty("permission").GetString().ShouldBe("budgets:write");
        denial.GetProperty("times").GetInt64().ShouldBe(1);
        denial.GetProperty("identityId").GetGuid().ShouldBe(sato.UserId);
        (await portal.PostAsync($"{path}/roles/money/simulation", new { permissions = new[] { "moon:read" }, days = 7 })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "input.invalid");
        (await portal.PostAsync($"{path}/roles/nothing/simulation", new { permissions = new[] { "costs:read" } })).ShouldBeProblem(HttpStatusCode.NotFound, "role.notFound");
        var reach = await portal.GetAsync($"{path}/people/{sato.UserId}/spend-reach");
        reach.Status.ShouldBe(HttpStatusCode.OK, reach.Text);
        reach.Json.GetProperty("maySpend").GetBoolean().ShouldBeFalse();
        using var user = await portal.ClientAsync(org, "orgUser");
        (await portal.PostAsync($"{path}/roles/money/simulation", new { permissions = new[] { "costs:read" } }, user)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");
        using var money = await portal.ClientAsync(org, "financeViewer");
        (await portal.GetAsync($"{path}/people/{sato.UserId}/spend-reach", money)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");
    }

    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 390)]
    public async Task Administrator_TriesAChange_BeforeSavingIt(string language, string theme, int width)
    {
        var (org, sato) = await WorldAsync($"Simulated {language}");
        await using var visitor = await browser.NewPageAsync(portal, language, theme, width);
        await visitor.SignInAsync("orgAdmin", org);
        await visitor.GoAsync($"/o/{org}/roles?id=money&edit=true");
        var page = visitor.Page;
        var panel = page.Locator("[data-simulation]");
        await page.Locator("#role-budgets-write").UncheckAsync();
        await panel.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(panel).ToContainTextAsync(language == "en" ? "1 use would be refused" : "1回の操作が拒否されます");
        await Expect(panel).ToContainTextAsync(sato.UserName);
        await Expect(panel).ToContainTextAsync("costs:read");
        await page.Locator("#role-budgets-write").CheckAsync();
        await Expect(panel).ToContainTextAsync(language == "en" ? "Try again" : "もう一度");
        await ShouldBeSoundAsync(visitor, $"role-tried-{language}-{theme}-{width}");
        await panel.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(panel).ToContainTextAsync(language == "en" ? "Nothing that was done" : "拒否される操作はありません");

        await visitor.GoAsync($"/o/{org}/roles/simulate?role=financeManager");
        await page.Locator("#role-permissions").FillAsync("costs:read");
        await panel.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(panel.Locator("section")).ToBeVisibleAsync();
        await ShouldBeSoundAsync(visitor, $"simulate-{language}-{theme}-{width}");

        var people = (await portal.GetAsync($"/api/v1/organizations/{org}/people?filter=mori")).Json.GetProperty("items");
        await visitor.GoAsync($"/o/{org}/people?id={people[0].GetProperty("id").GetString()}");
        await Expect(page.Locator("[data-spend]")).ToContainTextAsync(language == "en" ? "no limit" : "上限なし");
        await page.Locator("[data-spend] summary").ClickAsync();
        await Expect(page.Locator("[data-spend]")).ToContainTextAsync("workspaces:write");
        await ShouldBeSoundAsync(visitor, $"spend-{language}-{theme}-{width}");
    }

    private static async Task ShouldBeSoundAsync(TestPage visitor, string name)
    {
        await Gallery.TakeAsync(visitor.Page, name);
        (await visitor.Page.Locator("main").InnerTextAsync()).ShouldNotMatch(@"\b(simulate|spend|problem)\.[a-zA-Z]+\b", $"{name} shows a key instead of words");
        await visitor.ShouldBeAccessibleAsync();
    }

    private async Task<(string Org, TestPerson Sato)> WorldAsync(string name)
    {
        var org = await portal.CreateOrganizationAsync(name);
        var path = $"/api/v1/organizations/{org}";
        var sato = await TestPeople.AddAsync(portal, "orgUser", org, "Sato");
        (await portal.PostAsync($"{path}/roles", new { name = "Money", permissions = new[] { "budgets:read", "budgets:write", "costs:read" } })).Status.ShouldBe(HttpStatusCode.Created);
        (await portal.PostAsync($"{path}/role-bindings", new { principal = sato.UserName, role = "money" })).Status.ShouldBe(HttpStatusCode.Created);
        var id = (await portal.GetAsync(path)).Json.GetProperty("id").GetGuid();
        var actor = TestPortal.Actor(BuiltInRoles.FinanceManager, id) with { Id = sato.UserId, Name = sato.UserName };
        var budget = new BudgetInput("All", new BudgetScopeInput(Organization: org), new BudgetLimitsInput(Monthly: new Money(Amount.FromInteger(100), "USD")));
        (await portal.Portal.SendAsync(actor, new CreateBudget(org, budget))).Problem.ShouldBeNull();
        return (org, sato);
    }
}
