using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>Every page × every role × own and foreign organization: what the server sends, and (in a browser) what the page draws.</summary>
[Collection(nameof(IsolationWorld))]
public sealed partial class PageIsolationTest(IsolationWorld world, TestBrowser browser)
{
    private const string Nowhere = "0190a000-0000-7000-8000-00000000dead";

    /// <summary>Pages whose <c>id</c> in the address opens a row.</summary>
    private static readonly Dictionary<string, string> Details = new(StringComparer.Ordinal)
    {
        ["/o/{Org}/people"] = "people/{id}", ["/o/{Org}/tokens"] = "tokens/{id}", ["/o/{Org}/jobs"] = "jobs/{id}", ["/o/{Org}/groups"] = "groups/{id}", ["/o/{Org}/imports"] = "cost-imports/{import}", ["/o/{Org}/audit"] = "entries/{id}",
        ["/o/{Org}/audit/sinks"] = "audit-sinks/{sink}", ["/o/{Org}/business-units"] = "business-units/{unit}", ["/o/{Org}/workspaces"] = "workspaces/{workspace}", ["/o/{Org}/provisioning"] = "requests/{id}", ["/o/{Org}/allocation"] = "allocation-rules/{version}", ["/o/{Org}/access/reviews"] = "access-reviews/{review}",
    };

    /// <summary>What stands for the other parameters of a page's address.</summary>
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.OrdinalIgnoreCase) { ["Budget"] = "budgets/{budget}", ["Workspace"] = "workspaces/{workspace}", ["Token"] = "" };

    [Fact]
    public async Task EveryPage_SentToEveryRole_HoldsNothingOfAnotherOrganization()
    {
        var wrong = new ConcurrentBag<string>();
        foreach (var role in EstateBuilder.Roles)
        {
            var person = await TestPeople.AddAsync(world.Portal, role, world.A.Slug);
            using var client = world.Portal.Client();
            client.DefaultRequestHeaders.Add("Cookie", $"portal-session={await TestPeople.CookieAsync(world.Portal, person)}");
            var addresses = PageRoutes.All.SelectMany(p => new[] { Address(p.Template, world.A, world.A), Address(p.Template, world.B, world.B), Address(p.Template, world.A, world.B) }).Distinct(StringComparer.Ordinal);
            await Parallel.ForEachAsync(addresses, RouteMatrixTest.Parallelism, async (address, _) =>
            {
                var answer = await world.AskAsync(client, world.A, new ApiRequest("GET", address));
                if (answer.Status is not (200 or 302 or 404)) wrong.Add($"{role}: {address} answered {answer.Status}");
            });
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task EveryPage_WithoutASession_LeadsToTheDoor()
    {
        using var nobody = world.Portal.Client();
        foreach (var (page, template) in PageRoutes.All.Where(p => p.Template.Contains("{Org}", StringComparison.Ordinal)))
        {
            var answer = await world.AskAsync(nobody, world.A, new ApiRequest("GET", Address(template, world.B, world.B)));
            answer.Status.ShouldBe(302, $"{page.Name}: {answer.Text}");
            answer.Headers.ShouldContain("/sign-in");
        }
    }

    [Fact]
    public async Task EveryPage_DrawnOfAForeignOrganization_LooksLikeOneOfNone()
    {
        await using var visitor = await browser.NewPageAsync(world.Portal);
        await visitor.SignInAsync("orgAdmin", world.A.Slug);
        foreach (var template in PageRoutes.All.Select(p => p.Template).Where(t => t.Contains("{Org}", StringComparison.Ordinal)))
        {
            var nothing = await DrawAsync(visitor, Address(template, world.B, world.B).Replace(world.B.Id, Nowhere, StringComparison.Ordinal));
            var drawn = await DrawAsync(visitor, Address(template, world.B, world.B));
            drawn.ShouldBe(nothing, template);
        }
    }

    [Fact]
    public async Task EveryPage_OfTheOwnOrganization_WithAForeignRow_LooksLikeOneWithNone()
    {
        await using var visitor = await browser.NewPageAsync(world.Portal);
        await visitor.SignInAsync("orgAdmin", world.A.Slug);
        foreach (var template in PageRoutes.All.Select(p => p.Template).Where(t => t.Contains("{Org}", StringComparison.Ordinal) && (Details.ContainsKey(t) || t.IndexOf('{', t.IndexOf('}', StringComparison.Ordinal)) > 0)))
        {
            var place = Details.GetValueOrDefault(template) ?? Parameters[Name().Matches(template)[1].Groups[1].Value];
            if (RouteRequests.Common.Contains(place)) continue;
            var foreign = await DrawAsync(visitor, Address(template, world.A, world.B) + (Details.ContainsKey(template) ? $"?id={world.B.Places[place]}" : ""));
            var missing = await DrawAsync(visitor, (Address(template, world.A, world.B) + (Details.ContainsKey(template) ? $"?id={world.B.Places[place]}" : "")).Replace(world.B.Places[place], Nowhere, StringComparison.Ordinal));
            // Lists go on in the background (the visit itself is an entry); the drawer and the heading are what a row of somebody else could show in.
            foreign.Split('\n')[0].ShouldBe(missing.Split('\n')[0], template);
        }
    }

    /// <summary>The text of a page that has settled, after a look at all of it for the other organization.</summary>
    private async Task<string> DrawAsync(TestPage visitor, string address)
    {
        visitor.ExpectError("404");
        await visitor.GoAsync(address);
        var whole = await visitor.Page.ContentAsync();
        world.B.Betrayed(whole, address, world.A).ShouldBeNull($"{address} drew something of the other organization");
        // What slides in is read when it has come to rest.
        var (last, same) = ("", 0);
        for (var i = 0; i < 40 && same < 3; i++)
        {
            var now = await ReadAsync(visitor.Page);
            (last, same) = (now, now == last ? same + 1 : 0);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        return last;
    }

    private static async Task<string> ReadAsync(IPage page)
    {
        var drawer = page.Locator(".drawer");
        var aside = await drawer.CountAsync() > 0 ? await drawer.First.InnerTextAsync() : "";
        return $"{await page.Locator("main h1").First.InnerTextAsync()} | {aside.Replace('\n', ' ')}\n{await page.Locator("main").InnerTextAsync()}";
    }

    private static string Address(string template, Estate organization, Estate rows) => Name().Replace(template, m => m.Groups[1].Value switch
    {
        "Org" => organization.Id,
        var name when Parameters.TryGetValue(name, out var place) => place.Length == 0 ? "none" : rows.Places[place],
        var name => throw new InvalidOperationException($"The page {template} is not covered by the tests of isolation: its address has '{name}'. To cover it, name in {nameof(Parameters)} what stands for it."),
    });

    [GeneratedRegex(@"\{([A-Za-z]+)(:[a-z]+)?\??\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();
}
