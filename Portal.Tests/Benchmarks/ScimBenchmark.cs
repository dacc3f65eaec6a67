using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// A first synchronisation (each user looked for, made, put into groups) and steady changes, durability on: through the service without HTTP, or, with the address,
/// bootstrap token and process of a portal that runs on this machine, over HTTP with one token. Options: users, seconds of each kind of steady change, callers at once, address, bootstrap token, process id.
/// </summary>
public static class ScimBenchmark
{
    private const int Large = 500;

    private delegate Task<string?> Sender(string method, string path, JsonNode? body);

    public static async Task RunAsync(string[] args)
    {
        var users = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
        var steady = TimeSpan.FromSeconds(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20);
        var callers = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 16;
        using var trips = new RoundTrips();
        if (args.Length > 5)
        {
            var process = int.Parse(args[5], CultureInfo.InvariantCulture);
            var server = int.Parse(Directory.GetDirectories($"/proc/{process}/task").Select(t => File.ReadAllText(Path.Combine(t, "children"))).First(c => c.Length > 0).Split(' ')[0], CultureInfo.InvariantCulture);
            using var client = new HttpClient { BaseAddress = new Uri(args[3]) };
            client.DefaultRequestHeaders.Authorization = new("Bearer", args[4]);
            var (org, token) = await EnrolAsync(client);
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
            await RunAsync((method, path, body) => SendAsync(client, $"/scim/v2/{org}/{path}", method, body), new CallMeter(process, server, callers, trips), users, callers, steady);
            return;
        }

        var directory = Path.Combine(Path.GetTempPath(), $"portal-bench-scim-{Environment.ProcessId}");
        await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = directory }, NullLogger.Instance, CancellationToken.None);
        await using var services = Build(postgres.ConnectionString("portal_owner", "postgres"), directory);
        await services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
        var portal = services.GetRequiredService<IPortal>();
        var admin = new Actor { Kind = ActorKind.Person, Id = Ids.New(), Name = "bench", Grants = [new Grant(BuiltInRoles.ServiceAdmin, GrantScope.Platform, null)] };
        var slug = (await portal.SendAsync(admin, new CreateOrganization(new OrganizationInput("Bench", "enterprise", "USD", "UTC", 1)))).Value.Slug;
        await RunAsync((method, path, body) => SendAsync(portal, admin, slug, method, path, body), new CallMeter(null, postgres.ProcessId, callers, trips), users, callers, steady);
        await postgres.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task RunAsync(Sender send, CallMeter meter, int users, int callers, TimeSpan steady)
    {
        var ids = new ConcurrentBag<string>();
        async Task<string> Made(string path, JsonNode body) => await send("POST", path, body) ?? throw new InvalidOperationException("No id.");
        await meter.RunAsync("first sync, users", users, null, async i =>
        {
            await send("GET", $"Users?filter={Uri.EscapeDataString($"userName eq \"person{i}@example.test\"")}", null);
            ids.Add(await Made("Users", Person(i)));
        });
        var all = ids.ToArray();
        await meter.RunAsync("first sync, groups of 20", Math.Max(1, users / 20), null, async i =>
        {
            var group = await Made("Groups", new JsonObject { ["displayName"] = $"Group {i}" });
            await send("PATCH", $"Groups/{group}", Patch("add", "members", Members(Enumerable.Range(0, 20).Select(k => all[((i * 20) + k) % all.Length]))));
        });
        var large = await Task.WhenAll(Enumerable.Range(0, callers).Select(g => Made("Groups", new JsonObject { ["displayName"] = $"Large {g}", ["members"] = Members(all.Take(Large)) })));
        // Each place has a person of its own, who is now in the group and now not.
        var turn = new int[callers * 2];
        Task Toggle(int place, string group)
        {
            var person = all[(Large + place) % all.Length];
            return turn[place]++ % 2 == 0
                ? send("PATCH", $"Groups/{group}", Patch("Add", "members", Members([person])))
                : send("PATCH", $"Groups/{group}", Patch("Remove", $"members[value eq \"{person}\"]", null));
        }

        await meter.RunAsync("PATCH user, displayName", null, steady, i => send("PATCH", $"Users/{all[i % all.Length]}", Patch("Replace", null, new JsonObject { ["active"] = "True", ["displayName"] = $"Renamed {i}" })));
        await meter.RunAsync("PATCH user, title", null, steady, i => send("PATCH", $"Users/{all[i % all.Length]}", Patch("replace", "title", $"Title {i}")));
        await meter.RunAsync("PATCH user, active", null, steady, i => send("PATCH", $"Users/{all[i / 2 % all.Length]}", Patch("replace", "active", i % 2 == 1)));
        await meter.RunAsync($"PATCH member, {callers} groups", null, steady, (_, caller) => Toggle(caller, large[caller]));
        await meter.RunAsync("PATCH member, 1 group", null, steady, (_, caller) => Toggle(callers + caller, large[0]));
    }

    private static async Task<string?> SendAsync(IPortal portal, Actor actor, string org, string method, string path, JsonNode? body)
    {
        var parts = path.Split("?filter=");
        var query = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (parts.Length > 1) query["filter"] = Uri.UnescapeDataString(parts[1]);
        var answer = await ScimService.RunAsync(portal, actor, new ScimCall(org, method, parts[0], query, body, "https://bench/scim/v2/bench"), CancellationToken.None);
        return answer.Problem is null ? answer.Id?.ToString() : throw new InvalidOperationException(answer.Problem.Message);
    }

    private static async Task<string?> SendAsync(HttpClient client, string address, string method, JsonNode? body)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), address);
            if (body is not null) request.Content = new StringContent(body.ToJsonString(), null, "application/scim+json");
            using var answer = await client.SendAsync(request);
            // As an identity provider does: what came too fast is sent again.
            if (answer.StatusCode == System.Net.HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
                continue;
            }

            var text = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{(int)answer.StatusCode} {text}");
            return answer.Headers.Location?.Segments[^1];
        }
    }

    private static async Task<(string Org, string Token)> EnrolAsync(HttpClient client)
    {
        async Task<JsonNode> Post(string path, JsonNode body)
        {
            using var answer = await client.PostAsync(path, new StringContent(body.ToJsonString(), null, "application/json"));
            var text = await answer.Content.ReadAsStringAsync();
            return answer.IsSuccessStatusCode ? JsonNode.Parse(text) ?? "" : throw new InvalidOperationException(text);
        }

        var org = (await Post("/api/v1/organizations", new JsonObject { ["name"] = "Bench", ["plan"] = "enterprise", ["currency"] = "USD", ["timeZone"] = "UTC", ["fiscalYearStartMonth"] = 1 }))["slug"]?.ToString() ?? "";
        var token = await Post($"/api/v1/organizations/{org}/tokens", new JsonObject { ["name"] = "Directory", ["role"] = "orgAdmin", ["scopes"] = new JsonArray("scim"), ["expiresInDays"] = 1 });
        return (org, token["token"]?.ToString() ?? "");
    }

    private static JsonObject Person(int i) => new()
    {
        ["userName"] = $"person{i}@example.test", ["externalId"] = $"e{i}", ["active"] = true, ["displayName"] = $"Person {i}",
        ["emails"] = new JsonArray(new JsonObject { ["value"] = $"person{i}@example.test", ["type"] = "work", ["primary"] = true }),
    };

    private static JsonArray Members(IEnumerable<string> ids) => new([.. ids.Select(id => new JsonObject { ["value"] = id })]);

    private static JsonObject Patch(string op, string? path, JsonNode? value)
    {
        var operation = new JsonObject { ["op"] = op };
        if (path is not null) operation["path"] = path;
        if (value is not null) operation["value"] = value;
        return new JsonObject { ["Operations"] = new JsonArray(operation) };
    }

    private static ServiceProvider Build(string connectionString, string directory)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Audit:KeysDirectory"] = Path.Combine(directory, "keys"), ["Audit:Signing:DataDirectory"] = directory,
            // Deactivations are measured, not held.
            ["Scim:HoldFloor"] = "1000000", ["Scim:HoldAfterPeople"] = "1000000",
        }).Build());
        services.AddLogging();
        services.AddPortalCore(_ => new PostgreSqlEngine(connectionString, null, 32, NullLoggerFactory.Instance));
        PortalSlices.Register(services);
        return services.BuildServiceProvider();
    }
}
