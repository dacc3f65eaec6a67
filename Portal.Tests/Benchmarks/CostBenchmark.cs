using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// Import, standard report and ad-hoc tag beside what PostgreSQL does alone with the same file on the same server, durability on. The real sample's rows are
/// repeated with other costs, hours (30 days) and resources. Arguments: rows (1000000). Prints figures; asserts nothing.
/// </summary>
public static class CostBenchmark
{
    private const string Owner = "portal_owner";

    public static async Task RunAsync(string[] args)
    {
        var rows = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        var sample = SharedData.Find("data/finops/focus-1.0-sample-a.csv.gz") ?? throw new FileNotFoundException("The real sample is needed.");
        var directory = Directory.CreateTempSubdirectory("cost-benchmark-").FullName;
        try
        {
            var file = Path.Combine(directory, "bill.csv");
            var columns = await WriteAsync(sample, file, rows);
            await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = Path.Combine(directory, "data"), MaxConnections = 100 }, NullLogger.Instance, CancellationToken.None);
            await using (var admin = await OpenAsync(postgres.ConnectionString(Owner, "postgres")))
            {
                await ExecuteAsync(admin, "CREATE DATABASE bare");
                await ExecuteAsync(admin, "CREATE DATABASE portal");
            }

            Print($"{rows:N0} rows, {new FileInfo(file).Length / 1e6:N0} MB");
            var cluster = Directory.GetFiles(Path.Combine(directory, "data"), "postmaster.pid", SearchOption.AllDirectories).Single();
            var server = int.Parse((await File.ReadAllLinesAsync(cluster))[0], CultureInfo.InvariantCulture);
            var copy = await CopyAsync(postgres.ConnectionString(Owner, "bare"), file, columns, server);
            await ImportAsync(postgres.ConnectionString(Owner, "portal"), file, server, copy, postgres.ConnectionString(Owner, "bare"));
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<double> CopyAsync(string connectionString, string file, string[] columns, int server)
    {
        await using var connection = await OpenAsync(connectionString);
        await ExecuteAsync(connection, $"CREATE TABLE bare ({string.Join(", ", columns.Select(c => $"\"{c}\" {TypeOf(c)}"))})");
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo("bash") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"TIMEFORMAT='%U %S'; time psql -q -h '{builder.Host}' -p {builder.Port} -U {builder.Username} -d {builder.Database} -c \"\\\\copy bare from '{file}' with (format csv, header true)\"");
        var before = ServerCpu(server);
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException("psql did not start.");
        var text = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var wall = watch.Elapsed.TotalSeconds;
        if (process.ExitCode != 0) throw new InvalidOperationException(text);
        var client = text.Trim().Split('\n')[^1].Split(' ').Sum(t => double.Parse(t, CultureInfo.InvariantCulture));
        var backend = ServerCpu(server) - before;
        Print($"psql \\copy            wall {wall,7:N2} s  client CPU {client,6:N2} s  server CPU {backend,6:N2} s  together {client + backend,6:N2} s");
        await ExecuteAsync(connection, "VACUUM ANALYZE bare");
        return client + backend;
    }

    private static async Task ImportAsync(string connectionString, string file, int server, double copy, string bare)
    {
        await using var services = await StartAsync(connectionString);
        var portal = services.GetRequiredService<IPortal>();
        var admin = TestPortal.Actor(BuiltInRoles.ServiceAdmin, null);
        var organization = (await portal.SendAsync(admin, new CreateOrganization(new OrganizationInput("Benchmark", "enterprise", "USD", "Asia/Tokyo", 4)))).Value;
        var spool = services.GetRequiredService<CostImportSpool>();
        var spooled = spool.NewFile();
        File.Copy(file, spooled);
        GC.Collect();
        long peak = 0;
        var (cpu, backend, watch) = (Environment.CpuUsage.TotalTime, ServerCpu(server), Stopwatch.StartNew());
        var started = (await portal.SendAsync(admin, new StartCostImport(organization.Slug, spooled, "bill.csv"))).Value;
        JobRow job;
        do
        {
            await Task.Delay(50);
            peak = Math.Max(peak, Environment.WorkingSet);
            job = (await portal.AskAsync(admin, new GetJob(started.JobId))).Value;
        }
        while (job.EndedAtUtc is null);
        var wall = watch.Elapsed.TotalSeconds;
        var (client, behind) = ((Environment.CpuUsage.TotalTime - cpu).TotalSeconds, ServerCpu(server) - backend);
        File.Delete(spooled);
        if (job.State != JobState.Succeeded) throw new InvalidOperationException(job.Errors);
        Print($"portal import         wall {wall,7:N2} s  client CPU {client,6:N2} s  server CPU {behind,6:N2} s  together {client + behind,6:N2} s  = {(client + behind) / copy:N2} x of \\copy (goal 2.5, stretch 1.8); peak {peak / 1e6:N0} MB (goal 300)");

        await using var connection = await OpenAsync(connectionString);
        foreach (var table in new[] { "cost_lines", "cost_keys", "cost_daily", "cost_facts" })
            Print($"  {table}: {await ScalarAsync(connection, $"SELECT count(*) FROM {table}"):N0} rows, {await ScalarAsync(connection, $"SELECT pg_total_relation_size('{table}')") / 1e6:N0} MB");
        await using var plain = await OpenAsync(bare);
        await CompareAsync(portal, admin, organization.Slug, plain, "standard report", ["service", "subAccount", "tag:environment"],
            """SELECT "ServiceName", "SubAccountId", "Tags" ->> 'environment', ("ChargePeriodStart" AT TIME ZONE 'UTC')::date, "BillingCurrency", sum("BilledCost") FROM bare GROUP BY 1, 2, 3, 4, 5""", CostGranularity.Day);
        await CompareAsync(portal, admin, organization.Slug, plain, "ad-hoc tag", ["tag:business_unit"], """SELECT "Tags" ->> 'business_unit', "BillingCurrency", sum("BilledCost") FROM bare GROUP BY 1, 2""", CostGranularity.Total);
        await LinesAsync(portal, admin, organization.Slug);
        await RulesAsync(portal, admin, organization.Slug);
        await services.GetRequiredService<JobRunner>().StopAsync(CancellationToken.None);
    }

    private static async Task CompareAsync(IPortal portal, Actor actor, string org, NpgsqlConnection plain, string name, string[] groupBy, string sql, CostGranularity granularity)
    {
        var slow = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            var watch = Stopwatch.StartNew();
            await ExecuteAsync(plain, sql);
            slow.Add(watch.Elapsed.TotalMilliseconds);
        }

        var query = new GetCosts(org, new CostQuery(new DateOnly(2000, 1, 1), new DateOnly(2100, 1, 1), GroupBy: groupBy, Granularity: granularity));
        var fast = new List<double>();
        var rows = 0;
        for (var i = 0; i < 60; i++)
        {
            var watch = Stopwatch.StartNew();
            rows = (await portal.AskAsync(actor, query)).Value.Rows.Count;
            if (i >= 10) fast.Add(watch.Elapsed.TotalMilliseconds);
        }

        fast.Sort();
        Print($"{name}: {rows:N0} rows, portal p50 {fast[25]:N1} ms p95 {fast[47]:N1} ms; bare GROUP BY best of 3 {slow.Min():N0} ms = {slow.Min() / fast[47]:N0} x");
    }

    private static async Task LinesAsync(IPortal portal, Actor actor, string org)
    {
        foreach (var where in new[] { [], new[] { "service=Amazon Simple Queue Service" }, ["tag:environment=dev", "region=EU (Ireland)"], ["workspace="], ["service=nothing"] })
        {
            var watch = Stopwatch.StartNew();
            var page = (await portal.AskAsync(actor, new ListCostLines(org, new CostLineFilter(new DateOnly(2000, 1, 1), new DateOnly(2100, 1, 1), where), new PageRequest(50)))).Value;
            Print($"lines where {string.Join('&', where)}: {page.Items.Count} of a page of 50 in {watch.Elapsed.TotalMilliseconds:N0} ms");
        }
    }

    private static async Task RulesAsync(IPortal portal, Actor actor, string org)
    {
        var watch = Stopwatch.StartNew();
        var rules = CostWorld.Rules("""[{"name":"a","match":{"tag:environment":"dev"},"target":{"costCenter":"CC-1"}},{"name":"b","match":{},"split":{"kind":"fixed","targets":[{"costCenter":"CC-1"},{"costCenter":"CC-2"}],"weights":[30,70]}}]""");
        var saved = await portal.SendAsync(actor, new Costs.Allocation.SaveAllocationRules(org, rules));
        Print($"rules with a split over everything saved in {watch.Elapsed.TotalMilliseconds:N0} ms ({(saved.Value.JobId is null ? "at once" : "as a job")})");
    }

    private static async Task<ServiceProvider> StartAsync(string connectionString)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddPortalCore(_ => new PostgreSqlEngine(connectionString, null, 30, NullLoggerFactory.Instance));
        PortalSlices.Register(services);
        var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
        await provider.GetRequiredService<JobRunner>().StartAsync(CancellationToken.None);
        return provider;
    }

    private static async Task<string[]> WriteAsync(string sample, string file, int rows)
    {
        await using var packed = new GZipStream(File.OpenRead(sample), CompressionMode.Decompress);
        using var text = new StreamReader(packed, Encoding.UTF8);
        var records = Parse(await text.ReadToEndAsync());
        var header = records[0];
        int At(string name) => Array.IndexOf(header, name);
        var (start, end, billed, resource) = (At("ChargePeriodStart"), At("ChargePeriodEnd"), At("BilledCost"), At("ResourceId"));
        var random = new Random(1);
        await using var writer = new StreamWriter(file, append: false, new UTF8Encoding(false), 1 << 20);
        await writer.WriteAsync(string.Join(',', header) + "\n");
        for (var i = 0; i < rows; i++)
        {
            var cells = (string[])records[1 + random.Next(records.Count - 1)].Clone();
            var hour = new DateTime(2024, 9, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(random.Next(720));
            cells[start] = hour.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            cells[end] = hour.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            cells[billed] = string.Create(CultureInfo.InvariantCulture, $"{random.Next(100)}.{random.Next(1_000_000_000):D11}");
            cells[resource] += random.Next(100_000).ToString(CultureInfo.InvariantCulture);
            await writer.WriteAsync(string.Join(',', cells.Select(c => c.AsSpan().ContainsAny("\",\n") ? $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : c)) + "\n");
        }

        return header;
    }

    /// <summary>Records with nulls as empty cells.</summary>
    private static List<string[]> Parse(string text)
    {
        var (records, cells, cell, quoted) = (new List<string[]>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[++i]);
            else if (c == '"') quoted = !quoted;
            else if (!quoted && c is ',' or '\n')
            {
                cells.Add(cell.ToString() is "NULL" ? "" : cell.ToString());
                cell.Clear();
                if (c != '\n') continue;
                if (cells.Count > 1) records.Add([.. cells]);
                cells.Clear();
            }
            else if (c != '\r' || quoted) cell.Append(c);
        }

        return records;
    }

    private static string TypeOf(string column) => Costs.Focus.FocusSpecification.TryGetColumn(column, out var known)
        ? Costs.Focus.FocusSpecification.Get(known).Type switch
        {
            Costs.Focus.FocusColumnType.Decimal => "numeric(38,18)",
            Costs.Focus.FocusColumnType.DateTime => "timestamptz",
            Costs.Focus.FocusColumnType.Json => "json",
            _ => "text",
        }
        : "text";

    /// <summary>Seconds of all server processes, those that have ended included.</summary>
    private static double ServerCpu(int postmaster)
    {
        double ticks = 0;
        foreach (var folder in Directory.GetDirectories("/proc").Where(d => Path.GetFileName(d).All(char.IsAsciiDigit)))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                var own = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture) == postmaster;
                if (!own && int.Parse(fields[1], CultureInfo.InvariantCulture) != postmaster) continue;
                ticks += double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
                if (own) ticks += double.Parse(fields[13], CultureInfo.InvariantCulture) + double.Parse(fields[14], CultureInfo.InvariantCulture);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The process has ended since the listing.
            }
        }

        return ticks / 100;
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            // Rows are fetched as the portal fetches its own.
        }
    }

    private static async Task<long> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
