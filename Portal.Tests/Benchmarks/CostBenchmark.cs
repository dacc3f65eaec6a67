using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using static Hexabase.Portal.Benchmarks.BenchmarkSql;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// Import, standard report and ad-hoc tag of the whole portal beside what PostgreSQL does alone with the same file on the same server: durability and
/// row-level security on, reports by HTTP. The portal imports a small file first, as a server that has run for a while. Arguments: rows (1000000) and
/// "unique-tags" for a tag set of its own on each row. Prints figures; asserts nothing.
/// </summary>
public static class CostBenchmark
{
    private const string Owner = "portal_owner";
    private const string Token = "bootstrap-token-of-the-benchmark";
    private const int WarmRows = 50_000;
    private const int Warm = 40;
    private const int Times = 100;

    public static async Task RunAsync(string[] args)
    {
        var rows = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        var unique = args.Contains("unique-tags");
        var directory = Directory.CreateTempSubdirectory("cost-benchmark-").FullName;
        try
        {
            var (file, small) = (Path.Combine(directory, "bill.csv"), Path.Combine(directory, "small.csv"));
            var columns = await CostBenchmarkFile.WriteAsync(file, rows, 1, unique);
            await CostBenchmarkFile.WriteAsync(small, WarmRows, 2, uniqueTags: false);
            await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = Path.Combine(directory, "data"), MaxConnections = 100 }, NullLogger.Instance, CancellationToken.None);
            await using (var admin = await OpenAsync(postgres.ConnectionString(Owner, "postgres")))
            {
                await ExecuteAsync(admin, "CREATE DATABASE bare");
                await ExecuteAsync(admin, "CREATE DATABASE portal");
            }

            Print($"{rows:N0} rows{(unique ? " with unique tags" : "")}, {new FileInfo(file).Length / 1e6:N0} MB");
            var cluster = Directory.GetFiles(Path.Combine(directory, "data"), "postmaster.pid", SearchOption.AllDirectories).Single();
            var server = int.Parse((await File.ReadAllLinesAsync(cluster))[0], CultureInfo.InvariantCulture);
            var copy = await CopyAsync(postgres.ConnectionString(Owner, "bare"), file, columns, server);
            await using var bare = await OpenAsync(postgres.ConnectionString(Owner, "bare"));
            await using var app = await StartAsync(postgres.ConnectionString(Owner, "portal"), Path.Combine(directory, "spool"));
            await ImportAsync(app.Services, small, "Warm-up", server);
            GC.Collect();
            var (org, client, behind, wall, peak) = await ImportAsync(app.Services, file, "Benchmark", server);
            Print($"portal import         wall {wall,7:N2} s  client CPU {client,6:N2} s  server CPU {behind,6:N2} s  together {client + behind,6:N2} s  = {(client + behind) / copy:N2} x of \\copy (goal 2.5, stretch 1.8); peak {peak / 1e6:N0} MB (goal 300)");

            await using var owner = await OpenAsync(postgres.ConnectionString(Owner, "portal"));
            foreach (var table in new[] { "cost_lines", "cost_keys", "cost_daily", "cost_facts" })
                Print($"  {table}: {await ScalarAsync(owner, $"SELECT count(*) FROM {table}"):N0} rows, {await ScalarAsync(owner, $"SELECT pg_total_relation_size('{table}')") / 1e6:N0} MB");
            if (args.Contains("import-only"))
            {
                await app.StopAsync();
                return;
            }

            await ReportAsync(app, org, bare, server, "standard report", "&granularity=day", ["service", "subAccount", "tag:environment"],
                """SELECT "ServiceName", "SubAccountId", "Tags" ->> 'environment', ("ChargePeriodStart" AT TIME ZONE 'UTC')::date, "BillingCurrency", sum("BilledCost") FROM bare GROUP BY 1, 2, 3, 4, 5""");
            await ReportAsync(app, org, bare, server, "ad-hoc tag", "", ["tag:business_unit"], """SELECT "Tags" ->> 'business_unit', "BillingCurrency", sum("BilledCost") FROM bare GROUP BY 1, 2""");
            await LinesAsync(app.Services, org);
            await RulesAsync(app.Services, org);
            await app.StopAsync();
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Actor Admin { get; } = TestPortal.Actor(BuiltInRoles.ServiceAdmin, null);

    private static async Task<double> CopyAsync(string connectionString, string file, string[] columns, int server)
    {
        await using var connection = await OpenAsync(connectionString);
        await ExecuteAsync(connection, $"CREATE TABLE bare ({string.Join(", ", columns.Select(c => $"\"{c}\" {TypeOf(c)}"))})");
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo("bash") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"TIMEFORMAT='%U %S'; time psql -q -h '{builder.Host}' -p {builder.Port} -U {builder.Username} -d {builder.Database} -c \"\\\\copy bare from '{file}' with (format csv, header true)\"");
        var before = ServerCpu.Read(server);
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException("psql did not start.");
        var text = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var wall = watch.Elapsed.TotalSeconds;
        if (process.ExitCode != 0) throw new InvalidOperationException(text);
        var client = text.Trim().Split('\n')[^1].Split(' ').Sum(t => double.Parse(t, CultureInfo.InvariantCulture));
        var backend = ServerCpu.Read(server) - before;
        Print($"psql \\copy            wall {wall,7:N2} s  client CPU {client,6:N2} s  server CPU {backend,6:N2} s  together {client + backend,6:N2} s");
        await ExecuteAsync(connection, "VACUUM ANALYZE bare");
        return client + backend;
    }

    private static async Task<(string Org, double Client, double Server, double Wall, long Peak)> ImportAsync(IServiceProvider services, string file, string name, int server)
    {
        var portal = services.GetRequiredService<IPortal>();
        var organization = (await portal.SendAsync(Admin, new CreateOrganization(new OrganizationInput(name, "enterprise", "USD", "Asia/Tokyo", 4)))).Value;
        var spooled = services.GetRequiredService<CostImportSpool>().NewFile();
        File.Copy(file, spooled);
        long peak = 0;
        var (cpu, backend, watch) = (Environment.CpuUsage.TotalTime, ServerCpu.Read(server), Stopwatch.StartNew());
        var started = (await portal.SendAsync(Admin, new StartCostImport(organization.Slug, spooled, "bill.csv"))).Value;
        JobRow job;
        do
        {
            await Task.Delay(200);
            peak = Math.Max(peak, Environment.WorkingSet);
            job = (await portal.AskAsync(Admin, new GetJob(started.JobId))).Value;
        }
        while (job.EndedAtUtc is null);
        var wall = watch.Elapsed.TotalSeconds;
        var (client, behind) = ((Environment.CpuUsage.TotalTime - cpu).TotalSeconds, ServerCpu.Read(server) - backend);
        File.Delete(spooled);
        if (job.State != JobState.Succeeded) throw new InvalidOperationException(job.Errors);
        return (organization.Slug, client, behind, wall, peak);
    }

    /// <summary>A report by HTTP, to the last byte of its JSON; its processor time is that of client, portal and server, which other work on the machine sways less.</summary>
    private static async Task ReportAsync(WebApplication app, string org, NpgsqlConnection bare, int server, string name, string options, string[] groupBy, string sql)
    {
        var slow = new List<double>();
        var slowCpu = ServerCpu.Read(server);
        for (var i = 0; i < 3; i++)
        {
            var watch = Stopwatch.StartNew();
            await ExecuteAsync(bare, sql);
            slow.Add(watch.Elapsed.TotalMilliseconds);
        }

        slowCpu = (ServerCpu.Read(server) - slowCpu) * 1000 / 3;
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
        foreach (var again in new[] { false, true })
        {
            var fast = new List<double>();
            var (client, behind, bytes) = (TimeSpan.Zero, 0.0, 0);
            for (var i = 0; i < Warm + Times; i++)
            {
                // A range that nobody has asked for yet: the portal has no finished report for it.
                var to = new DateOnly(2100, 1, 1).AddDays(again ? -1 : i);
                var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/organizations/{org}/costs?from=2000-01-01&to={to:yyyy-MM-dd}{options}{string.Concat(groupBy.Select(g => $"&groupBy={Uri.EscapeDataString(g)}"))}");
                if (i == Warm) (client, behind) = (Environment.CpuUsage.TotalTime, ServerCpu.Read(server));
                var watch = Stopwatch.StartNew();
                bytes = (await http.GetByteArrayAsync(path)).Length;
                if (i >= Warm) fast.Add(watch.Elapsed.TotalMilliseconds);
            }

            fast.Sort();
            var (own, theirs) = ((Environment.CpuUsage.TotalTime - client).TotalMilliseconds / Times, (ServerCpu.Read(server) - behind) * 1000 / Times);
            var p95 = fast[Times * 95 / 100];
            Print($"{name}, {(again ? "asked again" : "first time ")}: {bytes:N0} bytes, HTTP p50 {fast[Times / 2]:N1} ms p95 {p95:N1} ms (goal 50), CPU {own:N1} ms and server {theirs:N1} ms; bare GROUP BY best of 3 {slow.Min():N0} ms, CPU {slowCpu:N0} ms = {slow.Min() / p95:N0} x by p95, {slow.Min() / fast[Times / 2]:N0} x by p50, {slowCpu / (own + theirs):N0} x by CPU (goal 50)");
        }
    }

    private static async Task LinesAsync(IServiceProvider services, string org)
    {
        var portal = services.GetRequiredService<IPortal>();
        foreach (var where in new[] { [], new[] { "service=Amazon Simple Queue Service" }, ["tag:environment=dev", "region=EU (Ireland)"], ["workspace="], ["service=nothing"] })
        {
            var watch = Stopwatch.StartNew();
            var page = (await portal.AskAsync(Admin, new ListCostLines(org, new CostLineFilter(new DateOnly(2000, 1, 1), new DateOnly(2100, 1, 1), where), new PageRequest(50)))).Value;
            Print($"lines where {string.Join('&', where)}: {page.Items.Count} of a page of 50 in {watch.Elapsed.TotalMilliseconds:N0} ms");
        }
    }

    private static async Task RulesAsync(IServiceProvider services, string org)
    {
        var portal = services.GetRequiredService<IPortal>();
        var watch = Stopwatch.StartNew();
        var rules = CostWorld.Rules("""[{"name":"a","match":{"tag:environment":"dev"},"target":{"costCenter":"CC-1"}},{"name":"b","match":{},"split":{"kind":"fixed","targets":[{"costCenter":"CC-1"},{"costCenter":"CC-2"}],"weights":[30,70]}}]""");
        var saved = await portal.SendAsync(Admin, new Costs.Allocation.SaveAllocationRules(org, rules));
        Print($"rules with a split over everything saved in {watch.Elapsed.TotalMilliseconds:N0} ms ({(saved.Value.JobId is null ? "at once" : "as a job")})");
    }

    private static async Task<WebApplication> StartAsync(string connectionString, string spool)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "portal", EnvironmentName = "Testing" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["PORTAL_BOOTSTRAP_TOKEN"] = Token, ["PORTAL_QUIET"] = "true", ["Audit:KeysDirectory"] = Path.Combine(spool, "keys"), ["Audit:Signing:DataDirectory"] = spool, ["Costs:SpoolDirectory"] = spool, ["RateLimits:PerActor"] = "100000", ["RateLimits:ActorBurst"] = "100000",
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = PortalHost.Build(builder, provider => new PostgreSqlEngine(connectionString, null, 30, provider.GetRequiredService<ILoggerFactory>()));
        await app.Services.GetRequiredService<PortalStartup>().RunAsync(CancellationToken.None);
        await app.StartAsync();
        return app;
    }

    private static string TypeOf(string column) => FocusSpecification.TryGetColumn(column, out var known)
        ? FocusSpecification.Get(known).Type switch
        {
            FocusColumnType.Decimal => "numeric(38,18)",
            FocusColumnType.DateTime => "timestamptz",
            FocusColumnType.Json => "json",
            _ => "text",
        }
        : "text";

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
