using System.Net;
using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.AuditRetention;

/// <summary>The page of retention in a browser: from the class of new entries to the erasing of a person.</summary>
public sealed class RetentionPageTest(TestServer server, TestBrowser browser) : IAsyncLifetime
{
    private readonly ArchivePortal _archive = new(server);

    private WebPortal Portal => _archive.Web;

    public ValueTask InitializeAsync() => _archive.InitializeAsync();

    public ValueTask DisposeAsync() => _archive.DisposeAsync();

    [Fact]
    public async Task TheClass_IsPreviewed_AndSaved_AndAHoldPlacedAndReleased()
    {
        var org = await Portal.CreateOrganizationAsync("Keeping");
        await using var visitor = await browser.NewPageAsync(Portal);
        await visitor.SignInAsync("orgAdmin", org);
        var page = visitor.Page;
        await visitor.GoAsync($"/o/{org}/audit/retention");
        await Expect(page.Locator("#retention-now")).ToContainTextAsync("7 years (2,557 days)");
        await page.Locator("#keep-keepDays").SelectOptionAsync(new SelectOptionValue { Label = "90 days" });
        await page.Locator("#keep-floorDays").SelectOptionAsync(new SelectOptionValue { Label = "1 year" });
        await Expect(page.GetByText("New entries will be kept for: 1 year (366 days)")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator("#keep-floorRule-error")).ToBeVisibleAsync();
        await page.Locator("#keep-floorRule").FillAsync("PCI DSS 10.5.1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator("#retention-now")).ToContainTextAsync("1 year (366 days) · PCI DSS 10.5.1");

        await visitor.GoAsync($"/o/{org}/audit/retention?tab=holds");
        await page.GetByRole(AriaRole.Link, new() { Name = "Place a hold" }).First.ClickAsync();
        await page.Locator("#hold-name").FillAsync("Case 4711");
        await page.Locator("#hold-from").FillAsync("2026-03-02");
        await page.Locator("#hold-to").FillAsync("2026-03-01");
        await page.Locator(".drawer button[type=submit]").ClickAsync();
        await Expect(page.Locator("#hold-reason-error")).ToBeVisibleAsync();
        await page.Locator("#hold-reason").FillAsync("Court order");
        await page.Locator("#hold-to").FillAsync("2026-03-31");
        await page.Locator("#hold-userId").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await page.Locator(".drawer button[type=submit]").ClickAsync();
        await Expect(page.Locator("[data-table=audit-holds]")).ToContainTextAsync("2–31 Mar 2026");
        await page.Locator("#release-reason").FillAsync("Settled");
        await page.Locator(".drawer .btn.danger").ClickAsync();
        await Expect(page.Locator("dialog[open]")).ToContainTextAsync("Release Case 4711");
        await page.Locator("dialog[open] .btn.danger").ClickAsync();
        await Expect(page.Locator("[data-table=audit-holds]")).ToContainTextAsync("released");
        await Expect(page.Locator("#release-reason")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Expiry_RepeatsTheCounts_LeavesAProof_AndTheArchiveIsRead()
    {
        var org = await Portal.CreateOrganizationAsync("Expiring");
        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin, OldEntries.LongAgo.AddDays(2), 60, "test.old");
        (await Portal.PostAsync($"/api/v1/organizations/{org}/audit/holds", new { name = "Case", reason = "Order", from = OldEntries.LongAgo.AddDays(20) })).Status.ShouldBe(HttpStatusCode.Created);
        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin, OldEntries.LongAgo.AddDays(21), 4, "test.held");
        await using var visitor = await browser.NewPageAsync(Portal);
        await visitor.SignInAsync("orgAdmin", org);
        var page = visitor.Page;
        await visitor.GoAsync($"/o/{org}/audit/retention?tab=expiry");
        await Expect(page.Locator("[data-table=audit-expiry] tfoot")).ToContainTextAsync("60");
        await page.GetByRole(AriaRole.Button, new() { Name = "Archive and remove now" }).ClickAsync();
        await Expect(page.Locator("dialog[open]")).ToContainTextAsync("60 entries of 1 month");
        await Expect(page.Locator("dialog[open]")).ToContainTextAsync("4 entries stay");
        await page.Locator("dialog[open] .btn.danger").ClickAsync();
        await Expect(page.GetByText("Everything that has reached its end is held.")).ToBeVisibleAsync();

        await visitor.GoAsync($"/o/{org}/audit/retention?tab=archives");
        await page.Locator("[data-table=audit-archives] td a").First.ClickAsync();
        await page.Locator(".drawer .tabs a", new() { HasText = "Proof" }).ClickAsync();
        await Expect(page.Locator(".drawer")).ToContainTextAsync("hexabase.portal/audit/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy as JSON" }).ClickAsync();
        await Expect(page.Locator(".drawer [data-done]")).ToBeVisibleAsync();
        await page.Locator(".drawer .tabs a", new() { HasText = "Entries" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore to read" }).ClickAsync();
        await Expect(page.Locator("[data-table=archive-entries] tbody tr")).ToHaveCountAsync(50);
        await page.GetByRole(AriaRole.Button, new() { Name = "Load more" }).ClickAsync();
        await page.Locator(".drawer [data-filter]").FillAsync("\"index\":1,");
        await page.Locator(".drawer [data-filter]").PressAsync("Enter");
        await Expect(page.Locator("[data-table=archive-entries] tbody tr")).ToHaveCountAsync(1);
        await page.Locator("[data-table=archive-entries] td a").First.ClickAsync();
        await Expect(page.Locator(".drawer")).ToContainTextAsync("Back to the entries");
        await Expect(page.Locator(".drawer .facts").First).ToContainTextAsync("test.old");
        await page.Locator(".drawer .tabs a", new() { HasText = "Receipt" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Close the view" }).ClickAsync();
        await page.Locator("dialog[open] .btn.primary").ClickAsync();
        await Expect(page.Locator(".drawer")).ToContainTextAsync("not restored");
    }

    [Fact]
    public async Task Erasing_IsTyped_AndAReaderSeesNoButton()
    {
        var org = await Portal.CreateOrganizationAsync("Erasing");
        var person = await TestPeople.AddAsync(Portal, "orgUser", org, "Sato Hanako");
        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin with { Id = person.UserId, Name = person.UserName }, OldEntries.LongAgo, 2, "test.old");
        await using var visitor = await browser.NewPageAsync(Portal);
        await visitor.SignInAsync("orgAdmin", org);
        var page = visitor.Page;
        await visitor.GoAsync($"/o/{org}/audit/retention?tab=persons");
        await page.Locator("#erase-userId").SelectOptionAsync(new SelectOptionValue { Label = $"Sato Hanako ({person.UserName})" });
        await page.GetByRole(AriaRole.Button, new() { Name = "Erase for good" }).ClickAsync();
        await Expect(page.Locator("#erase-reason-error")).ToBeVisibleAsync();
        await page.Locator("#erase-reason").FillAsync("Request 17");
        await page.GetByRole(AriaRole.Button, new() { Name = "Erase for good" }).ClickAsync();
        await Expect(page.Locator("dialog[open] .btn.danger")).ToBeDisabledAsync();
        await page.Locator("dialog[open] input").FillAsync(person.UserName);
        await page.Locator("dialog[open] .btn.danger").ClickAsync();
        await Expect(page.Locator("main .problem.info")).ToContainTextAsync("destroyed");

        await using var reader = await browser.NewPageAsync(Portal);
        await reader.SignInAsync("auditor", org);
        foreach (var tab in new[] { "keep", "holds", "expiry", "archives", "persons" })
        {
            await reader.GoAsync($"/o/{org}/audit/retention?tab={tab}");
            await Expect(reader.Page.Locator("main .tabs a[aria-current=page]")).ToHaveCountAsync(1);
            (await reader.Page.Locator("main .btn.primary, main .btn.danger").CountAsync()).ShouldBe(0, tab);
        }
    }

    [Theory]
    [InlineData("en", "light", 1440)]
    [InlineData("ja", "dark", 1440)]
    [InlineData("ja", "light", 390)]
    [InlineData("en", "dark", 390)]
    public async Task EveryState_IsAccessible(string language, string theme, int width)
    {
        var empty = await Portal.CreateOrganizationAsync("Empty");
        var org = await Portal.CreateOrganizationAsync("Aoyama Financial Group");
        var path = $"/api/v1/organizations/{org}/audit";
        var hold = await Portal.PostAsync($"{path}/holds", new { name = "Case 4711", reason = "Tokyo District Court, order of 3 March: all that concerns the payment gateway", from = OldEntries.LongAgo.AddDays(19), to = OldEntries.LongAgo.AddDays(30) });
        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin, OldEntries.LongAgo.AddDays(2), 12, "budget.change");
        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin, OldEntries.LongAgo.AddDays(20), 4, "budget.create");
        await _archive.SucceededAsync(await Portal.PostAsync($"{path}/retention/expire", null));
        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin, OldEntries.LongAgo.AddMonths(-1), 1234, "budget.change");
        var receipt = (await Portal.GetAsync($"{path}/expiries")).Json.GetProperty("items")[0].GetProperty("id").GetString();
        await _archive.SucceededAsync(await Portal.PostAsync($"{path}/expiries/{receipt}/restore", null));
        await using var visitor = await browser.NewPageAsync(Portal, language, theme, width);
        await visitor.SignInAsync("serviceAdmin", null);
        foreach (var (name, address) in new[]
        {
            ("keep", ""), ("holds", "?tab=holds"), ("hold", $"?tab=holds&id={hold.Json.GetProperty("id").GetString()}"), ("hold-new", "?tab=holds&new=true"), ("expiry", "?tab=expiry"), ("archives", "?tab=archives"),
            ("archive", $"?tab=archives&id={receipt}"), ("proof", $"?tab=archives&id={receipt}&show=proof"), ("entries", $"?tab=archives&id={receipt}&show=entries"), ("entry", $"?tab=archives&id={receipt}&show=entries&entry=1"), ("persons", "?tab=persons"),
            ("holds-empty", "?tab=holds"), ("expiry-empty", "?tab=expiry"), ("archives-empty", "?tab=archives"),
        })
        {
            await visitor.GoAsync($"/o/{(name.EndsWith("-empty", StringComparison.Ordinal) ? empty : org)}/audit/retention{address}");
            await Gallery.TakeAsync(visitor.Page, $"retention-{name}-{language}-{theme}-{width}");
            (await visitor.Page.Locator("main").InnerTextAsync()).ShouldNotMatch(@"\b(retention|problem)\.[a-zA-Z]+\b", $"{name} shows a key instead of words");
            await visitor.ShouldBeAccessibleAsync();
        }
    }
}
