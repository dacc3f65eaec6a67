using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Hexabase.Portal.Access.Roles;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>
/// Every route that names a unit, workspace, project, budget or job × roles that hold at one unit, workspace or project alone × own and other places of the same organization. A new route is in
/// here by itself.
/// </summary>
[Collection(nameof(IsolationWorld))]
public sealed class PlaceMatrixTest(IsolationWorld world)
{
    private const string Unit = "business-units/{unit}";
    private const string Workspace = "workspaces/{workspace}";
    private const string Project = "projects/{project}";
    private const string Budget = "budgets/{budget}";
    private const string Job = "jobs/{id}";
    private const string Nowhere = "0190a000-0000-7000-8000-00000000dead";
    private const string NoSuch = "no-such-place";

    private static readonly string[] Named = [Unit, Workspace, Project, Budget, Job];

    private static readonly (string At, string Role)[] Holders =
    [
        .. new[] { BuiltInRoles.OrgAdmin, BuiltInRoles.Auditor, BuiltInRoles.TeamLead, BuiltInRoles.WorkspaceAdmin, BuiltInRoles.SeniorDeveloper, BuiltInRoles.Developer, BuiltInRoles.OrgUser }.Select(r => (Workspace, r)),
        .. new[] { BuiltInRoles.OrgAdmin, BuiltInRoles.DepartmentManager, BuiltInRoles.WorkspaceAdmin, BuiltInRoles.OrgUser }.Select(r => (Unit, r)),
        (Project, BuiltInRoles.OrgAdmin), (Project, BuiltInRoles.Developer),
    ];

    [Fact]
    public async Task RoleAtAPlace_SeesItsOwn_AndAnotherLooksLikeAMissingOne()
    {
        var access = await RouteAccess.ReadAsync(world);
        var estate = await world.NewEstateAsync("Tovgolf");
        var routes = world.Routes.Where(r => r.Parameters.Any(Named.Contains)).ToList();
        foreach (var named in Named) routes.ShouldContain(r => r.Parameters.Contains(named), named);
        var unseen = await UnseenPlaces.MakeAsync(world, estate);
        var own = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Unit] = await unseen.BudgetAsync("own of unit", new { businessUnit = estate.Places[Unit] }), [Workspace] = await unseen.BudgetAsync("own of workspace", new { workspace = estate.Places[Workspace] }),
        };
        var clients = new Dictionary<(string, string), HttpClient>();
        foreach (var holder in Holders) clients[holder] = await unseen.HolderAsync(holder.At, holder.Role);
        var wrong = new ConcurrentBag<string>();

        // Another one, by id and by slug, and what is in it: as if there were none.
        var foreign = from route in routes from key in unseen.Keys(route) from holder in Holders select (route, key, holder);
        await Parallel.ForEachAsync(foreign, RouteMatrixTest.Parallelism, async (c, _) =>
        {
            var reached = RouteRequests.Make(c.route, estate, other: c.key) with { Raw = null };
            var missing = RouteRequests.Make(c.route, estate, other: c.key.ToDictionary(k => k.Key, k => Guid.TryParse(k.Value, out Guid _) ? Nowhere : NoSuch, StringComparer.Ordinal)) with { Raw = null, Json = reached.Json };
            var (there, nothing) = (await world.AskAsync(clients[c.holder], estate, reached), await world.AskAsync(clients[c.holder], estate, missing));
            if (there.Status != 404) wrong.Add($"{c.holder}: {reached} answered {there.Status} {there.Text}");
            if (there.Visible(unseen.Hidden) != nothing.Visible(Nowhere, NoSuch)) wrong.Add($"{c.holder}: {reached} and {missing} can be told apart:\n{there.Visible()}\n--- and ---\n{nothing.Visible()}");
        });

        // Lists, totals, facets, exports and everything else of the organization: nothing of another place.
        await Parallel.ForEachAsync(from route in world.Routes where route.IsRead && route.IsOfOrganization from holder in Holders select (route, holder), RouteMatrixTest.Parallelism, async (c, _) =>
        {
            var answer = await world.AskAsync(clients[c.holder], estate, RouteRequests.Make(c.route, estate));
            if (answer.Succeeded && unseen.Hidden.FirstOrDefault(h => answer.Text.Contains(h, StringComparison.OrdinalIgnoreCase)) is { } seen) wrong.Add($"{c.holder}: {c.route} told of '{seen}'");
        });

        // Their own, changes last and what removes it at the very end.
        foreach (var route in routes.OrderBy(r => r.IsRead ? 0 : r.Method == "DELETE" ? 2 : 1).ThenBy(r => r.Method == "DELETE" ? -r.Template.Length : 0))
        {
            foreach (var holder in Holders.Where(h => own.ContainsKey(h.At) && !route.Parameters.Contains(Job) && (h.At == Unit || !route.Parameters.Contains(Unit))).OrderBy(h => access.Allows(h.Role, route)))
            {
                var answer = await world.AskAsync(clients[holder], estate, RouteRequests.Make(route, estate, other: new Dictionary<string, string>(StringComparer.Ordinal) { [Budget] = own[holder.At] }));
                var allowed = access.Allows(holder.Role, route);
                if (answer.Status == 403 == allowed) wrong.Add($"{holder}: {route} answered {answer.Status}, the table of roles says {(allowed ? "yes" : "no")}: {answer.Text}");
                if (route.IsRead && allowed && !answer.Succeeded) wrong.Add($"{holder}: {route} of their own place answered {answer.Status} {answer.Text}");
            }
        }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    [Fact]
    public async Task AnotherPlace_NamedInABodyOrAQuery_LooksLikeAMissingOne()
    {
        var estate = await world.NewEstateAsync("Rulindia");
        var unseen = await UnseenPlaces.MakeAsync(world, estate);
        var (unit, workspace, budget) = (estate.Places[Unit], estate.Places[Workspace], await unseen.BudgetAsync("own", new { workspace = estate.Places[Workspace] }));
        using var ofUnit = await unseen.HolderAsync(Unit, BuiltInRoles.DepartmentManager);
        using var ofWorkspace = await unseen.HolderAsync(Workspace, BuiltInRoles.WorkspaceAdmin);
        var binding = (await unseen.SendAsync("role-bindings", new { principal = estate.Places["people/{id}"], role = "developer", scope = "workspace", place = unseen.Slugs[Workspace] })).GetProperty("id").GetString()!;
        string Scoped(string kind) => """{"name":"own","scope":{"KIND":"KEY"},"limits":{"monthly":{"amount":"1","currency":"USD"}}}""".Replace("KIND", kind, StringComparison.Ordinal);
        (string Method, string Path, string? Body, string Foreign)[] asked =
        [
            ("PATCH", $"business-units/{unit}", """{"parent":"KEY"}""", unseen.Slugs[Unit]), ("POST", "business-units", """{"name":"new","parent":"KEY"}""", unseen.Slugs[Unit]),
            ("PATCH", $"workspaces/{workspace}", """{"businessUnit":"KEY"}""", unseen.Slugs[Unit]), ("POST", "workspaces", """{"name":"new","businessUnit":"KEY","environment":"development"}""", unseen.Slugs[Unit]),
            ("GET", "workspaces?businessUnit=KEY", null, unseen.Slugs[Unit]),
            ("PUT", $"budgets/{budget}", Scoped("businessUnit"), unseen.Slugs[Unit]), ("PUT", $"budgets/{budget}", Scoped("workspace"), unseen.Slugs[Workspace]), ("PUT", $"budgets/{budget}", Scoped("project"), unseen.Slugs[Project]),
            ("POST", "budgets", Scoped("workspace"), unseen.Slugs[Workspace]),
            ("POST", "role-bindings", """{"principal":"nobody","role":"developer","scope":"workspace","place":"KEY"}""", unseen.Slugs[Workspace]),
            ("GET", "role-bindings?scope=workspace&place=KEY", null, unseen.Slugs[Workspace]), ("GET", "role-bindings?scope=businessUnit&place=KEY", null, unseen.Slugs[Unit]), ("DELETE", "role-bindings/KEY", null, binding),
        ];
        foreach (var client in new[] { ofUnit, ofWorkspace })
        {
            foreach (var (method, path, body, foreign) in asked)
            {
                var missing = Guid.TryParse(foreign, out _) ? Nowhere : NoSuch;
                var (there, nothing) = (await AskAsync(client, method, path, body, foreign), await AskAsync(client, method, path, body, missing));
                there.Status.ShouldBeInRange(400, 499, $"{method} {path}: {there.Text}");
                there.Visible(foreign).ShouldBe(nothing.Visible(missing), $"{method} {path}");
            }
        }

        // What is theirs is found by the same words.
        var listed = await AskAsync(ofWorkspace, "GET", "workspaces?businessUnit=KEY", null, unit);
        listed.Status.ShouldBe(200, listed.Text);
        listed.Text.ShouldContain(workspace);
        (await AskAsync(ofWorkspace, "PATCH", $"workspaces/{workspace}", """{"businessUnit":"KEY"}""", unit)).Status.ShouldBe(200);

        Task<IsolationAnswer> AskAsync(HttpClient client, string method, string path, string? body, string key) => world.AskAsync(
            client, estate, new ApiRequest(method, $"/api/v1/organizations/{estate.Slug}/{path.Replace("KEY", key, StringComparison.Ordinal)}", body?.Replace("KEY", key, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task BudgetThatWasAboutAnotherPlace_ShowsThoseDaysToNobodyWhoCannotReachIt()
    {
        var estate = await world.NewEstateAsync("Fogjuliet");
        var unseen = await UnseenPlaces.MakeAsync(world, estate);
        var budget = await unseen.BudgetAsync("moved", new { workspace = unseen.Slugs[Workspace] });
        object Moved(string workspace) => new { name = "moved", scope = new { workspace }, limits = new { monthly = new { amount = "1", currency = "USD" } } };
        await unseen.SendAsync($"budgets/{budget}?effectiveFrom=2020-01-01", Moved(unseen.Slugs[Workspace]), HttpMethod.Put);
        await unseen.SendAsync($"budgets/{budget}", Moved(estate.Places[Workspace]), HttpMethod.Put);
        using var client = await unseen.HolderAsync(Workspace, BuiltInRoles.WorkspaceAdmin);
        var at = $"/api/v1/organizations/{estate.Slug}/budgets";
        (await world.Portal.GetAsync($"{at}/{budget}", client)).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var part in new[] { "", "/status", "/burn" })
        {
            var past = await world.Portal.GetAsync($"{at}/{budget}{part}?asOf=2020-02-01", client);
            past.Status.ShouldBe(HttpStatusCode.NotFound, past.Text);
            (await world.Portal.GetAsync($"{at}/{budget}{part}?asOf=2020-02-01")).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await world.Portal.GetAsync($"{at}/{budget}/revisions", client)).Json.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("scope").ToString().ShouldNotContain(unseen.Slugs[Workspace]);
        (await world.Portal.GetAsync($"{at}/{budget}/revisions")).Json.GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task ReachForAnother_IsWrittenDown_LikeOneForAMissingOne()
    {
        var estate = await world.NewEstateAsync("Mubhotel");
        var unseen = await UnseenPlaces.MakeAsync(world, estate);
        using var client = await unseen.HolderAsync(Workspace, BuiltInRoles.WorkspaceAdmin);
        foreach (var (named, action) in new[] { (Workspace, "workspaces.getWorkspace"), (Unit, "businessUnits.getBusinessUnit"), (Budget, "budgets.getBudget") })
        {
            foreach (var key in new[] { unseen.Slugs[named], NoSuch }) (await world.Portal.GetAsync($"/api/v1/organizations/{estate.Slug}/{named.Split('/')[0]}/{key}", client)).Status.ShouldBe(HttpStatusCode.NotFound);
            var entries = (await world.Portal.GetAsync($"/api/v1/organizations/{estate.Slug}/audit?q=status%3Afailure%20action%3A{action}")).Json.GetProperty("items").EnumerateArray().ToList();
            entries.Count.ShouldBe(2, action);
            entries.Select(e => e.GetProperty("reason").GetString()).Distinct().ShouldHaveSingleItem().ShouldNotBeNull().ShouldContain("not theirs to see");
        }
    }

    /// <summary>Places of an estate that are not theirs who hold something at its own unit, workspace or project; "unseen" is in the name of each.</summary>
    private sealed class UnseenPlaces(IsolationWorld world, Estate estate)
    {
        private const string Word = "unseen";
        private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal) { [Job] = estate.Places[Job] };
        private readonly List<(string Id, string Slug)> _budgets = [];

        public Dictionary<string, string> Slugs { get; } = new(StringComparer.Ordinal);

        /// <summary>In every text that tells of one of them.</summary>
        public IEnumerable<string> Hidden => [.. _ids.Values, .. _budgets.Select(b => b.Id), .. _budgets.Select(b => b.Slug), .. Slugs.Values, Word];

        public static async Task<UnseenPlaces> MakeAsync(IsolationWorld world, Estate estate)
        {
            var places = new UnseenPlaces(world, estate);
            await places.MakeAsync(Unit, "business-units", new { name = $"{Word} unit" });
            await places.MakeAsync(Workspace, "workspaces", new { name = $"{Word} workspace", businessUnit = places.Slugs[Unit], environment = "production" });
            await places.MakeAsync(Project, $"workspaces/{places.Slugs[Workspace]}/projects", new { name = $"{Word} project" });
            foreach (var scope in new object[] { new { businessUnit = places.Slugs[Unit] }, new { workspace = places.Slugs[Workspace] }, new { project = places.Slugs[Project] }, new { organization = estate.Slug }, new { user = Word } })
            {
                var id = await places.BudgetAsync($"{Word} budget {places._budgets.Count}", scope);
                places._budgets.Add((id, $"{Word}-budget-{places._budgets.Count}"));
            }

            places.Slugs[Budget] = places._budgets[0].Slug;
            return places;
        }

        /// <summary>What a request about none of their places writes for the parameters of a route.</summary>
        public IEnumerable<IReadOnlyDictionary<string, string>> Keys(ApiRoute route)
        {
            foreach (var keys in new[] { _ids, Slugs })
            {
                var named = route.Parameters.Where(p => keys.ContainsKey(p) && p != Budget).ToDictionary(p => p, p => keys[p], StringComparer.Ordinal);
                if (named.Count > 0) yield return named;
                if (!route.Parameters.Contains(Budget)) continue;
                foreach (var (id, slug) in _budgets) yield return new Dictionary<string, string>(named, StringComparer.Ordinal) { [Budget] = keys == _ids ? id : slug };
            }
        }

        public async Task<string> BudgetAsync(string name, object scope) => (await SendAsync("budgets", new { name, scope, limits = new { monthly = new { amount = "5", currency = "USD" } } })).GetProperty("id").GetString()!;

        /// <summary>A program that holds the role at the estate's own place of that kind and nothing else.</summary>
        public async Task<HttpClient> HolderAsync(string at, string role)
        {
            var scope = at == Unit ? "businessUnit" : at == Workspace ? "workspace" : "project";
            var account = (await SendAsync("service-accounts", new { name = $"holder {role} at {scope}", role = BuiltInRoles.OrgUser, owner = estate.Places["people/{id}"] })).GetProperty("id").GetString();
            var first = (await world.Portal.GetAsync($"/api/v1/organizations/{estate.Slug}/role-bindings?limit=1000")).Json.GetProperty("items").EnumerateArray().Single(b => b.GetProperty("principalId").GetString() == account);
            await SendAsync("role-bindings", new { principalKind = "serviceAccount", principal = account, role, scope, place = estate.Places[at] });
            await SendAsync($"role-bindings/{first.GetProperty("id").GetString()}", null, HttpMethod.Delete);
            return world.Portal.Client((await SendAsync("tokens", new { name = $"holder {role} at {scope}", serviceAccount = account, expiresInDays = 1 })).GetProperty("token").GetString());
        }

        public async Task<JsonElement> SendAsync(string path, object? body, HttpMethod? method = null)
        {
            var answer = await world.Portal.SendAsync(new HttpRequestMessage(method ?? HttpMethod.Post, $"/api/v1/organizations/{estate.Slug}/{path}") { Content = body is null ? null : System.Net.Http.Json.JsonContent.Create(body) });
            ((int)answer.Status).ShouldBeInRange(200, 299, $"{path}: {answer.Text}");
            return answer.Text.Length > 0 ? answer.Json : default;
        }

        private async Task MakeAsync(string named, string path, object body)
        {
            var made = await SendAsync(path, body);
            (_ids[named], Slugs[named]) = (made.GetProperty("id").GetString()!, made.GetProperty("slug").GetString()!);
        }
    }
}
