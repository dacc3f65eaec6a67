using System.Collections.Concurrent;
using System.Diagnostics;
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

/// <summary>A first synchronisation (each user looked for, made, put into groups) and steady changes, through the service without HTTP; durability on. Options: users, callers at once.</summary>
public static class ScimBenchmark
{
    public static async Task RunAsync(string[] args)
    {
        var users = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
        var callers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 16;
        var directory = Path.Combine(Path.GetTempPath(), $"portal-bench-scim-{Environment.ProcessId}");
        await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = directory }, NullLogger.Instance, CancellationToken.None);
        await using var services = Build(postgres.ConnectionString("portal_owner", "postgres"), directory);
        await services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
        var portal = services.GetRequiredService<IPortal>();
        var admin = new Actor { Kind = ActorKind.Person, Id = Ids.New(), Name = "bench", Grants = [new Grant(BuiltInRoles.ServiceAdmin, GrantScope.Platform, null)] };
        var org = (await portal.SendAsync(admin, new CreateOrganization(new OrganizationInput("Bench", "enterprise", "USD", "UTC", 1)))).Value.Slug;
        var nothing = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        async Task<ScimAnswer> Send(string method, string path, JsonNode? body, Dictionary<string, string>? query = null)
        {
            var answer = await ScimService.RunAsync(portal, admin, new ScimCall(org, method, path, query ?? nothing, body, "https://bench/scim/v2/bench"), CancellationToken.None);
            return answer.Problem is null ? answer : throw new InvalidOperationException(answer.Problem.Message);
        }

        var ids = new ConcurrentBag<string>();
        await MeasureAsync("first sync, users", users, callers, async i =>
        {
            await Send("GET", "Users", null, new(StringComparer.OrdinalIgnoreCase) { ["filter"] = $"userName eq \"person{i}@example.test\"" });
            var made = await Send("POST", "Users", new JsonObject
            {
                ["userName"] = $"person{i}@example.test", ["externalId"] = $"e{i}", ["active"] = true, ["displayName"] = $"Person {i}",
                ["emails"] = new JsonArray(new JsonObject { ["value"] = $"person{i}@example.test", ["type"] = "work", ["primary"] = true }),
            });
            ids.Add(made.Id.ToString()!);
        });
        var all = ids.ToArray();
        await MeasureAsync("first sync, groups of 20", Math.Max(1, users / 20), callers, async i =>
        {
            var made = await Send("POST", "Groups", new JsonObject { ["displayName"] = $"Group {i}" });
            await Send("PATCH", $"Groups/{made.Id}", Patch("add", "members", new JsonArray([.. Enumerable.Range(0, 20).Select(k => new JsonObject { ["value"] = all[((i * 20) + k) % all.Length] })])));
        });
        await MeasureAsync("steady PATCH of users", users, callers, i => Send("PATCH", $"Users/{all[i % all.Length]}", Patch("replace", "title", $"Title {i}")));
        await postgres.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static JsonObject Patch(string op, string path, JsonNode value) => new() { ["Operations"] = new JsonArray(new JsonObject { ["op"] = op, ["path"] = path, ["value"] = value }) };

    private static async Task MeasureAsync(string what, int count, int callers, Func<int, Task> run)
    {
        var (cpu, from, next) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp(), -1);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < count;) await run(i);
        })));
        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-26} {count,7:N0} in {seconds,7:F1} s = {count / seconds,6:N0}/s, portal CPU {(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / count:F2} ms each"));
    }

    private static ServiceProvider Build(string connectionString, string directory)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Audit:KeysDirectory"] = Path.Combine(directory, "keys"), ["Audit:Signing:DataDirectory"] = directory,
        }).Build());
        services.AddLogging();
        services.AddPortalCore(_ => new PostgreSqlEngine(connectionString, null, 32, NullLoggerFactory.Instance));
        PortalSlices.Register(services);
        return services.BuildServiceProvider();
    }
}
