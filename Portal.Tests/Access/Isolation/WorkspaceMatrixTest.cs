using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Hexabase.Portal.Access.Roles;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>Every route of workspaces × roles that hold at one workspace alone × own and another workspace of the same organization. A new route is in here by itself.</summary>
[Collection(nameof(IsolationWorld))]
public sealed class WorkspaceMatrixTest(IsolationWorld world)
{
    private const string Parameter = "workspaces/{workspace}";
    private const string Nowhere = "0190a000-0000-7000-8000-00000000dead";

    /// <summary>In the name and everything else of the workspace that is not theirs.</summary>
    private const string Unseen = "unseen";

    private static readonly string[] Roles =
        [BuiltInRoles.OrgAdmin, BuiltInRoles.Auditor, BuiltInRoles.TeamLead, BuiltInRoles.WorkspaceAdmin, BuiltInRoles.SeniorDeveloper, BuiltInRoles.Developer, BuiltInRoles.OrgUser];

    [Fact]
    public async Task RoleAtAWorkspace_SeesItsOwn_AndAnotherLooksLikeAMissingOne()
    {
        var access = await RouteAccess.ReadAsync(world);
        var estate = await world.NewEstateAsync("Tovgolf");
        var routes = world.Routes.Where(r => r.Parameters.Contains(Parameter)).ToList();
        routes.Count.ShouldBeGreaterThan(8);
        var other = await MakeAsync(estate, "workspaces", new { name = Unseen, businessUnit = (await MakeAsync(estate, "business-units", new { name = $"{Unseen} unit" })).GetProperty("slug").GetString(), environment = "production" });
        var project = await MakeAsync(estate, $"workspaces/{Unseen}/projects", new { name = $"{Unseen} project" });
        var hidden = new[] { Id(other), Id(project) };
        var clients = new Dictionary<string, HttpClient>(StringComparer.Ordinal);
        foreach (var role in Roles) clients[role] = await HolderAsync(estate, role);
        var wrong = new ConcurrentBag<string>();
        var asked = 0;

        // Another one, by id and by slug, and a project in it: as if there were none.
        var foreign = from route in routes from role in Roles from key in new[] { (Other: Id(other), Missing: Nowhere), (Other: Unseen, Missing: "no-such-workspace") } select (route, role, key);
        await Parallel.ForEachAsync(foreign, RouteMatrixTest.Parallelism, async (c, _) =>
        {
            var reached = RouteRequests.Make(c.route, estate, other: At(c.key.Other, Id(project))) with { Raw = null };
            var missing = RouteRequests.Make(c.route, estate, other: At(c.key.Missing, Nowhere)) with { Raw = null, Json = reached.Json };
            var (there, nothing) = (await AskAsync(clients[c.role], estate, reached), await AskAsync(clients[c.role], estate, missing));
            if (there.Status != 404) wrong.Add($"{c.role}: {reached} answered {there.Status} {there.Text}");
            if (there.Visible(hidden.Append(Unseen)) != nothing.Visible(Nowhere, "no-such-workspace")) wrong.Add($"{c.role}: {reached} and {missing} can be told apart:\n{there.Visible()}\n--- and ---\n{nothing.Visible()}");
        });

        // Lists and everything else of the organization: nothing of the other one.
        await Parallel.ForEachAsync(from route in world.Routes where route.IsRead && route.IsOfOrganization from role in Roles select (route, role), RouteMatrixTest.Parallelism, async (c, _) =>
        {
            var answer = await AskAsync(clients[c.role], estate, RouteRequests.Make(c.route, estate));
            if (answer.Succeeded && hidden.Append(Unseen).FirstOrDefault(h => answer.Text.Contains(h, StringComparison.OrdinalIgnoreCase)) is { } seen) wrong.Add($"{c.role}: {c.route} told of '{seen}'");
        });

        // Their own, changes last and what removes it at the very end.
        foreach (var route in routes.OrderBy(r => r.IsRead ? 0 : r.Method == "DELETE" ? 2 : 1).ThenBy(r => r.Method == "DELETE" ? -r.Template.Length : 0))
        {
            foreach (var role in Roles.OrderBy(r => access.Allows(r, route)))
            {
                var answer = await AskAsync(clients[role], estate, RouteRequests.Make(route, estate));
                var allowed = access.Allows(role, route);
                if (answer.Status == 403 == allowed) wrong.Add($"{role}: {route} answered {answer.Status}, the table of roles says {(allowed ? "yes" : "no")}: {answer.Text}");
                if (route.IsRead && allowed && !answer.Succeeded) wrong.Add($"{role}: {route} of their own workspace answered {answer.Status} {answer.Text}");
            }
        }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
        TestContext.Current.SendDiagnosticMessage($"{asked} requests of roles at one workspace");

        Task<IsolationAnswer> AskAsync(HttpClient client, Estate home, ApiRequest request)
        {
            Interlocked.Increment(ref asked);
            return world.AskAsync(client, home, request);
        }
    }

    [Fact]
    public async Task ReachForAnother_IsWrittenDown_LikeOneForAMissingOne()
    {
        var estate = await world.NewEstateAsync("Mubhotel");
        await MakeAsync(estate, "workspaces", new { name = Unseen, businessUnit = estate.Places["business-units/{unit}"], environment = "production" });
        using var client = await HolderAsync(estate, BuiltInRoles.WorkspaceAdmin);
        foreach (var key in new[] { Unseen, "no-such-workspace" }) (await world.Portal.GetAsync($"/api/v1/organizations/{estate.Slug}/workspaces/{key}", client)).Status.ShouldBe(HttpStatusCode.NotFound);
        var entries = (await world.Portal.GetAsync($"/api/v1/organizations/{estate.Slug}/audit?q=status%3Afailure%20action%3Aworkspaces.getWorkspace")).Json.GetProperty("items").EnumerateArray().ToList();
        entries.Count.ShouldBe(2);
        entries.Select(e => e.GetProperty("reason").GetString()).Distinct().ShouldHaveSingleItem().ShouldNotBeNull().ShouldContain("not theirs to see");
    }

    private static Dictionary<string, string> At(string workspace, string project) => new(StringComparer.Ordinal) { [Parameter] = workspace, ["projects/{project}"] = project };

    /// <summary>A program that holds the role at the estate's own workspace and nothing else.</summary>
    private async Task<HttpClient> HolderAsync(Estate estate, string role)
    {
        var account = Id(await MakeAsync(estate, "service-accounts", new { name = string.Create(CultureInfo.InvariantCulture, $"holder {role}"), role = BuiltInRoles.OrgUser, owner = estate.Places["people/{id}"] }));
        var first = (await world.Portal.GetAsync($"/api/v1/organizations/{estate.Slug}/role-bindings?limit=1000")).Json.GetProperty("items").EnumerateArray().Single(b => b.GetProperty("principalId").GetString() == account);
        await MakeAsync(estate, "role-bindings", new { principalKind = "serviceAccount", principal = account, role, scope = "workspace", place = estate.Places[Parameter] });
        var taken = await world.Portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/organizations/{estate.Slug}/role-bindings/{Id(first)}"));
        taken.Status.ShouldBe(HttpStatusCode.NoContent, taken.Text);
        return world.Portal.Client((await MakeAsync(estate, "tokens", new { name = $"holder {role}", serviceAccount = account, expiresInDays = 1 })).GetProperty("token").GetString());
    }

    private async Task<JsonElement> MakeAsync(Estate estate, string path, object body)
    {
        var made = await world.Portal.PostAsync($"/api/v1/organizations/{estate.Slug}/{path}", body);
        made.Status.ShouldBe(HttpStatusCode.Created, $"{path}: {made.Text}");
        return made.Json;
    }

    private static string Id(JsonElement row) => row.GetProperty("id").GetString() ?? "";
}
