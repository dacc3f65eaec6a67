using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Scim;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>Fills an organization as its people and programs would: through the API, with its marker in every text.</summary>
internal sealed class EstateBuilder
{
    /// <summary>The roles that a token of an organization can have.</summary>
    public static readonly string[] Roles = ["orgAdmin", "auditor", "financeViewer", "orgUser"];

    private readonly WebPortal _portal;
    private readonly Estate _estate;
    private readonly string _base;

    private EstateBuilder(WebPortal portal, Estate estate) => (_portal, _estate, _base) = (portal, estate, $"/api/v1/organizations/{estate.Slug}");

    public static async Task FillAsync(WebPortal portal, Estate estate)
    {
        estate.Slug = await portal.CreateOrganizationAsync(estate.Name("Holdings"));
        var organization = await portal.GetAsync($"/api/v1/organizations/{estate.Slug}");
        estate.Id = organization.Json.GetProperty("id").GetString() ?? "";
        estate.Note(organization.Text);
        var builder = new EstateBuilder(portal, estate);
        await builder.PeopleAsync();
        await builder.PlacesAsync();
        await builder.MoneyAsync();
        await builder.AuditAsync();
        await builder.ProvisioningAsync();
        await builder.ReviewsAsync();
        await builder.AccessAsync();
        await builder.ReadBackAsync();
    }

    private async Task PeopleAsync()
    {
        foreach (var role in Roles)
        {
            var token = await MakeAsync("tokens", new { name = _estate.Name(role), role, expiresInDays = 1 });
            _estate.Clients[role] = _portal.Client(token.GetProperty("token").GetString());
        }

        _estate.Places["tokens/{id}"] = (await MakeAsync("tokens", new { name = _estate.Name("spare"), role = "orgUser", expiresInDays = 1 })).GetProperty("id").GetString()!;
        // The names of permissions are told to those who hold none.
        var probe = await MakeAsync("tokens", new { name = _estate.Name("probe"), role = "orgAdmin", scopes = new[] { "organizations:nothing" }, expiresInDays = 1 });
        _estate.Clients["probe"] = _portal.Client(probe.GetProperty("token").GetString());
        var provider = await MakeAsync("tokens", new { name = _estate.Name("directory"), role = "orgAdmin", scopes = new[] { "scim" }, expiresInDays = 1 });
        _estate.Clients["scim"] = _portal.Client(provider.GetProperty("token").GetString());
        _estate.Places["invitations/{id}"] = (await MakeAsync("invitations", new { email = $"guest@{_estate.Marker}.test", role = "orgUser" })).GetProperty("id").GetString()!;
        var person = await TestPeople.AddAsync(_portal, "orgUser", _estate.Slug, _estate.Name("Person"));
        var people = await _portal.GetAsync($"{_base}/people?limit=100");
        _estate.Note(people.Text);
        _estate.Places["people/{id}"] = people.Json.GetProperty("items")[0].GetProperty("id").GetString()!;
        _estate.Places["roles/{role}"] = (await MakeAsync("roles", new { name = _estate.Name("role"), permissions = new[] { "costs:read" } })).GetProperty("key").GetString()!;
        _estate.Places["sessions/{id}"] = person.SessionId.ToString();
    }

    private async Task AccessAsync()
    {
        var member = _estate.Places["links/{member}"] = _estate.Places["people/{id}"];
        _estate.Places["role-bindings/{id}"] = (await MakeAsync("role-bindings", new { principal = member, role = "developer", scope = "workspace", place = _estate.Places["workspaces/{workspace}"] })).GetProperty("id").GetString()!;
        _estate.Places["access-rules/{id}"] = (await MakeAsync("access-rules", new { name = _estate.Name("rule"), kind = "deny", permission = "costs:import", condition = "weekday in sun UTC and environment in preview" })).GetProperty("id").GetString()!;
        var connection = await MakeAsync("sso/connections", new { name = _estate.Name("provider"), kind = "oidc", issuer = $"https://{_estate.Marker.ToLowerInvariant()}.example", clientId = _estate.Name("client"), clientProof = "privateKey" });
        _estate.Places["connections/{id}"] = connection.GetProperty("id").GetString()!;
        _estate.Places["keys/{key}"] = connection.GetProperty("keys")[0].GetProperty("keyId").GetString()!;
        _estate.Places["certificates/{thumbprint}"] = new string('A', 64);
        _estate.Places["domains/{id}"] = (await MakeAsync("sso/domains", new { name = $"{_estate.Marker.ToLowerInvariant()}.example" })).GetProperty("id").GetString()!;
        _estate.Places["service-accounts/{id}"] = (await MakeAsync("service-accounts", new { name = _estate.Name("robot"), description = _estate.Name("at night"), role = "orgUser", owner = member })).GetProperty("id").GetString()!;
    }

    private async Task PlacesAsync()
    {
        _estate.Places["business-units/{unit}"] = (await MakeAsync("business-units", new { name = _estate.Name("unit"), costCenter = _estate.Name("cc") })).GetProperty("id").GetString()!;
        var key = _estate.Places["label-keys/{key}"] = $"{_estate.Marker.ToLowerInvariant()}-key";
        await SendAsync(HttpMethod.Put, $"label-keys/{key}", new { required = false, allowedValues = new[] { _estate.Marker } });
        var workspace = _estate.Places["workspaces/{workspace}"] = (await MakeAsync("workspaces", new
        {
            name = _estate.Name("workspace"), businessUnit = _estate.Places["business-units/{unit}"], environment = "production", labels = new Dictionary<string, string>(StringComparer.Ordinal) { [key] = _estate.Marker },
        })).GetProperty("id").GetString()!;
        _estate.Places["projects/{project}"] = (await MakeAsync($"workspaces/{workspace}/projects", new { name = _estate.Name("project") })).GetProperty("id").GetString()!;
        await SendAsync(HttpMethod.Put, $"workspaces/{workspace}/quota", new { cpuMillicores = 8000 });
        await SendAsync(HttpMethod.Put, "quotas/limits", new { limits = new { cpuMillicores = 80_000 } });
        await SendAsync(HttpMethod.Post, "quotas/readings", new { source = _estate.Name("meter"), readings = new[] { new { workspace, resource = "cpuMillicores", used = 5 } } });
        _estate.Places["saved-views/{view}"] = (await MakeAsync("saved-views", new { page = "workspaces", name = _estate.Name("view"), queryString = $"filter={_estate.Marker}", isShared = true }, _estate.Clients["orgAdmin"])).GetProperty("id").GetString()!;
    }

    private async Task MoneyAsync()
    {
        await SendAsync(HttpMethod.Post, "allocation-rules", JsonElement.Parse(
            $$$"""{"effectiveFrom":"2020-01-01","rules":[{"name":"{{{_estate.Marker}}} rule","match":{"ServiceName":"{{{_estate.Marker}}} compute"},"target":{"workspace":"{{{_estate.Places["workspaces/{workspace}"]}}}"}}]}"""));
        _estate.Places["allocation-rules/{version}"] = "1";
        _estate.Places["budgets/{budget}"] = (await MakeAsync("budgets", new
        {
            name = _estate.Name("budget"), scope = new { organization = _estate.Slug }, limits = new { daily = new { amount = "1", currency = "USD" } }, thresholds = new[] { 0.5 }, recipients = new[] { $"{_estate.Marker}@{_estate.Marker}.test" },
        })).GetProperty("id").GetString()!;
        var bill = await SendAsync(new HttpRequestMessage(HttpMethod.Post, $"{_base}/cost-imports?name={_estate.Marker}.csv&onError=skip") { Content = new StringContent(RouteRequests.Bill(_estate), Encoding.UTF8, "text/csv") });
        _estate.Places["cost-imports/{import}"] = bill.GetProperty("importId").GetString()!;
        _estate.Places["jobs/{id}"] = bill.GetProperty("jobId").GetString()!;
        var job = await EndedAsync(bill);
        job.GetProperty("state").GetString().ShouldBe("succeeded", job.ToString());
        var alerts = await _portal.GetAsync($"{_base}/budget-alerts");
        _estate.Note(alerts.Text);
        _estate.Places["budget-alerts/{alert}"] = alerts.Json.GetProperty("items")[0].GetProperty("id").GetString()!;
    }

    private async Task AuditAsync()
    {
        await SendAsync(HttpMethod.Put, "audit/mapping", JsonElement.Parse($$"""{"fields":{"reason":"reason | {{_estate.Marker}}.reason"},"failureValues":["{{_estate.Marker}}"]}"""));
        await SendAsync(new HttpRequestMessage(HttpMethod.Post, $"{_base}/audit/ingest?source=generic") { Content = new StringContent(RouteRequests.Event(_estate), Encoding.UTF8, "application/jsonl") });
        _estate.Places["ingest/{source}"] = "generic";
        _estate.Places["audit/{index}"] = "0";
        var sink = await MakeAsync("audit-sinks", new { name = _estate.Name("sink"), kind = "file", address = $"{_estate.Marker}.jsonl", from = "2020-01-01T00:00:00Z" });
        _estate.Places["audit-sinks/{sink}"] = sink.GetProperty("id").GetString()!;
        _estate.Places["dead-letters/{letter}"] = Guid.CreateVersion7().ToString();
        _estate.Places["statements/{month}"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        await OldEntries.WriteAsync(_portal, _estate.Slug, TestPortal.Admin with { Name = _estate.Name("elder") }, OldEntries.LongAgo.AddDays(2), 3, $"test.{_estate.Marker}");
        await EndedAsync(await SendAsync(HttpMethod.Post, "audit/retention/expire", null));
        _estate.Places["expiries/{id}"] = (await _portal.GetAsync($"{_base}/audit/expiries")).Json.GetProperty("items")[0].GetProperty("id").GetString()!;
        await EndedAsync(await SendAsync(HttpMethod.Post, $"audit/expiries/{_estate.Places["expiries/{id}"]}/restore", null));
        _estate.Places["holds/{id}"] = (await MakeAsync("audit/holds", new { name = _estate.Name("hold"), reason = _estate.Name("reason") })).GetProperty("id").GetString()!;
        var export = await SendAsync(HttpMethod.Post, "audit/exports?format=csv", new { });
        await EndedAsync(export);
        _estate.Places["exports/{job}"] = export.GetProperty("jobId").GetString()!;
    }

    private async Task ProvisioningAsync()
    {
        var scim = new ScimWorld(_portal, _estate.Slug, _estate.Clients["scim"]);
        var people = new List<string>();
        for (var i = 0; i < 4; i++) people.Add(await scim.AddUserAsync($"user{i}@{_estate.Marker}.test"));
        _estate.Places["Users/{id}"] = people[3];
        _estate.Places["groups/{id}"] = _estate.Places["Groups/{id}"] = await scim.AddGroupAsync(_estate.Name("group"), [.. people]);
        await scim.SendAsync("DELETE", $"/Users/{people[0]}");
        ((int)(await scim.SendAsync("DELETE", $"/Users/{people[1]}")).Status).ShouldBe(409, "the second departure is held");
        _estate.Places["held-changes/{id}"] = (await _portal.GetAsync($"{_base}/provisioning/held-changes")).Json.GetProperty("items")[0].GetProperty("id").GetString()!;
        _estate.Places["requests/{id}"] = (await _portal.GetAsync($"{_base}/provisioning/requests")).Json.GetProperty("items")[0].GetProperty("id").GetString()!;
    }

    private async Task ReviewsAsync()
    {
        var review = _estate.Places["access-reviews/{review}"] = (await MakeAsync("access-reviews", new { name = _estate.Name("review"), dueAtUtc = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(30) })).GetProperty("id").GetString()!;
        var items = await _portal.GetAsync($"{_base}/access-reviews/{review}/items");
        _estate.Note(items.Text);
        _estate.Places["access-review-items/{item}"] = items.Json.GetProperty("items")[0].GetProperty("id").GetString()!;
    }

    /// <summary>Every id that the organization's own lists show, and an outside event's entry.</summary>
    private async Task ReadBackAsync()
    {
        JsonElement entries = default;
        for (var i = 0; i < 100; i++)
        {
            entries = (await _portal.GetAsync($"{_base}/audit?q=source%3Ageneric")).Json.GetProperty("items");
            if (entries.GetArrayLength() > 0) break;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        _estate.Places["entries/{id}"] = entries[0].GetProperty("id").GetString()!;
        // The sequencer has given places by now, so that there is something to send.
        _estate.Places["runs/{run}"] = (await MakeAsync($"audit-sinks/{_estate.Places["audit-sinks/{sink}"]}/backfills", new { from = "2020-01-01T00:00:00Z" })).GetProperty("id").GetString()!;
        foreach (var list in new[] { "business-units", "workspaces", "tokens", "invitations", "people", "budgets", "jobs", "cost-imports", "audit?limit=1000", "audit-sinks", "groups", "saved-views", "provisioning/requests", "provisioning/held-changes", "audit/holds", "audit/expiries", "role-bindings", "access-rules", "sso/connections", "sso/domains", "service-accounts", "sessions", "access-reviews" })
            _estate.Note((await _portal.GetAsync($"{_base}/{list}")).Text);
        foreach (var place in _estate.Places.Values) _estate.Note(place);
    }

    private async Task<JsonElement> MakeAsync(string path, object body, HttpClient? client = null) => await SendAsync(new HttpRequestMessage(HttpMethod.Post, $"{_base}/{path}") { Content = JsonContent.Create(body) }, client);

    private Task<JsonElement> SendAsync(HttpMethod method, string path, object? body) => SendAsync(new HttpRequestMessage(method, $"{_base}/{path}") { Content = body is null ? null : JsonContent.Create(body) });

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, HttpClient? client = null)
    {
        var address = $"{request.Method} {request.RequestUri}";
        var answer = await _portal.SendAsync(request, client);
        ((int)answer.Status).ShouldBeInRange(200, 299, $"{address}: {answer.Text}");
        _estate.Note(answer.Text);
        return answer.Text.Length > 0 ? answer.Json : default;
    }

    private Task<JsonElement> EndedAsync(JsonElement started) => _portal.EndedAsync($"/api/v1/jobs/{started.GetProperty("jobId").GetString()}");
}
