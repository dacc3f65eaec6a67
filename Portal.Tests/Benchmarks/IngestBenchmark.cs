using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Ingest;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Search;
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
using static Hexabase.Portal.Benchmarks.BenchmarkSql;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// Outside events (real CloudTrail records, drawn again with ids and times of their own) into the log until the last has its place in the tree, beside
/// <c>psql \copy</c> of the very same rows into a bare table with the same columns on the same server; durability on. Arguments: events (500000).
/// Prints figures; asserts nothing.
/// </summary>
public static partial class IngestBenchmark
{
    private const string Owner = "portal_owner";

    private static Actor Admin { get; } = TestPortal.Actor(BuiltInRoles.ServiceAdmin, null);

    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500_000;
        var directory = Directory.CreateTempSubdirectory("ingest-benchmark-").FullName;
        try
        {
            var (file, small) = (Path.Combine(directory, "events.jsonl"), Path.Combine(directory, "small.jsonl"));
            Write(file, count, 1);
            Write(small, 20_000, 2);
            Print($"{count:N0} events, {new FileInfo(file).Length / 1e6:N0} MB");
            await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = Path.Combine(directory, "data"), MaxConnections = 100 }, NullLogger.Instance, CancellationToken.None);
            await using (var admin = await OpenAsync(postgres.ConnectionString(Owner, "postgres"))) await ExecuteAsync(admin, "CREATE DATABASE portal");
            var connectionString = postgres.ConnectionString(Owner, "portal");
            var server = int.Parse((await File.ReadAllLinesAsync(Directory.GetFiles(Path.Combine(directory, "data"), "postmaster.pid", SearchOption.AllDirectories).Single()))[0], CultureInfo.InvariantCulture);
            await using var services = Build(connectionString, directory);
            await services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
            var sequencer = services.GetRequiredService<AuditSequencer>();
            var indexer = services.GetRequiredService<AuditIndexer>();
            await sequencer.StartAsync(CancellationToken.None);
            await indexer.StartAsync(CancellationToken.None);
            var warm = await OrganizationAsync(services, "Warm-up");
            await IngestAsync(services, warm.Slug, small);
            await Phases(services, await OrganizationAsync(services, "Phases"), small);
            var organization = await OrganizationAsync(services, "Benchmark");
            await DrainedAsync(connectionString);
            await indexer.CatchUpAsync(warm.Id, CancellationToken.None);
            await RunInAsync(connectionString, count);
            GC.Collect();

            var (pauses, allocated) = (GC.GetTotalPauseDuration(), GC.GetTotalAllocatedBytes());
            var (cpu, backend, watch) = (Environment.CpuUsage.TotalTime, ServerCpu.Read(server), Stopwatch.StartNew());
            var report = await IngestAsync(services, organization.Slug, file);
            var acknowledged = watch.Elapsed.TotalSeconds;
            await DrainedAsync(connectionString);
            var placed = watch.Elapsed.TotalSeconds;
            var (placedClient, placedServer) = ((Environment.CpuUsage.TotalTime - cpu).TotalSeconds, ServerCpu.Read(server) - backend);
            await indexer.CatchUpAsync(organization.Id, CancellationToken.None);
            var indexed = watch.Elapsed.TotalSeconds;
            var (client, behind) = ((Environment.CpuUsage.TotalTime - cpu).TotalSeconds, ServerCpu.Read(server) - backend);
            Print($"ingest: {report.Accepted:N0} accepted, {report.Duplicates:N0} duplicates, {report.Rejected:N0} rejected; acknowledged after {acknowledged:N2} s, the last placed after {placed:N2} s (CPU so far {placedClient:N2} + {placedServer:N2} s), indexed after {indexed:N2} s = {count / indexed:N0}/s; CPU {client:N2} + {behind:N2} s; resident {Environment.WorkingSet / 1e6:N0} MB, {(GC.GetTotalAllocatedBytes() - allocated) / 1e3 / count:N1} kB allocated an event, {(GC.GetTotalPauseDuration() - pauses).TotalSeconds:N2} s paused for it");
            await indexer.StopAsync(CancellationToken.None);
            await sequencer.StopAsync(CancellationToken.None);

            var (wall, psql, copyServer) = await CopyAsync(connectionString, directory, organization.Id, server);
            Print($"psql \\copy of the same rows: {wall:N2} s = {count / wall:N0}/s; CPU {psql:N2} + {copyServer:N2} s");
            Print($"ratio by wall {wall / indexed:N2}, by CPU {(psql + copyServer) / (client + behind):N2} (goal 0.4)");
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>A server that has been running has its WAL segments to write again; a new cluster would make each of them first. The reference, which comes second, has those of the ingest.</summary>
    private static async Task RunInAsync(string connectionString, int count)
    {
        await using var connection = await OpenAsync(connectionString);
        await ExecuteAsync(connection, "CREATE TABLE run_in (n integer)");
        for (var segment = 0; segment < count / 2000; segment++) await ExecuteAsync(connection, $"INSERT INTO run_in VALUES ({segment}); SELECT pg_switch_wal()");
        await ExecuteAsync(connection, "DROP TABLE run_in; CHECKPOINT");
    }

    /// <summary>The steps one after the other, without overlap, on a smaller file.</summary>
    private static async Task Phases(IServiceProvider services, OrganizationRow organization, string file)
    {
        _phaseCpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var events = new List<OutsideEvent>();
        var bytes = await File.ReadAllBytesAsync(file);
        var normaliser = EventSources.Find("cloudtrail") ?? throw new InvalidOperationException("No reader.");
        using (var splitter = new EventSplitter(new MemoryStream(bytes), normaliser.Envelope))
        {
            while (await splitter.NextAsync(CancellationToken.None))
            {
                if (normaliser.TryRead(splitter.Current.ToArray(), TimeProvider.System.GetUtcNow().UtcDateTime, out var read, out _)) events.Add(read);
            }
        }

        Phase("split and normalise", events.Count, watch);
        var sealer = services.GetRequiredService<OutsideEventSealer>();
        var batches = new List<SealedEvents>();
        foreach (var batch in events.Chunk(2000)) batches.Add(await sealer.SealAsync(organization.Id, batch, CancellationToken.None));
        Phase("seal", events.Count, watch);
        var hashes = events.Chunk(2000).Select(b => b.Select(e => AuditSourceId.HashOf(e.Source, e.SourceId)).ToList()).ToList();
        Phase("hash ids", events.Count, watch);
        await using var writer = await OutsideEntryWriter.OpenAsync(services.GetRequiredService<PortalDatabase>().Engine, organization.Id, CancellationToken.None);
        for (var i = 0; i < batches.Count; i++) await writer.WriteAsync(batches[i].Entries, hashes[i], CancellationToken.None);
        Phase("claim and copy (the sequencer beside it)", events.Count, watch);
    }

    private static TimeSpan _phaseCpu;

    private static void Phase(string name, int count, Stopwatch watch)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        Print($"  {name}: {watch.Elapsed.TotalMilliseconds * 1000 / count:N1} µs an event, of them {(cpu - _phaseCpu).TotalMilliseconds * 1000 / count:N1} µs processor");
        _phaseCpu = cpu;
        watch.Restart();
    }

    private static async Task<IngestReport> IngestAsync(IServiceProvider services, string org, string file)
    {
        await using var body = File.OpenRead(file);
        return (await services.GetRequiredService<EventIngest>().IngestAsync(Admin, org, "cloudtrail", body, CancellationToken.None)).Value;
    }

    private static async Task<OrganizationRow> OrganizationAsync(IServiceProvider services, string name) =>
        (await services.GetRequiredService<IPortal>().SendAsync(Admin, new CreateOrganization(new OrganizationInput(name, "enterprise", "USD", "Asia/Tokyo", 4)))).Value;

    private static async Task DrainedAsync(string connectionString)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT 1 FROM audit_pending)", connection);
        while (await command.ExecuteScalarAsync() is true) await Task.Delay(50);
    }

    private static async Task<(double Wall, double Client, double Server)> CopyAsync(string connectionString, string directory, Guid organizationId, int server)
    {
        await using var connection = await OpenAsync(connectionString);
        var columns = "organization_id, " + string.Join(", ", OutsideEntryWriter.Columns);
        await ExecuteAsync(connection, $"CREATE TABLE bare AS SELECT {columns} FROM audit_entries WHERE false");
        var rows = Path.Combine(directory, "rows.copy");
        await PsqlAsync(connectionString, $"\\copy (SELECT {columns} FROM audit_entries WHERE organization_id = '{organizationId}' AND source = 'cloudtrail') to '{rows}'");
        await ExecuteAsync(connection, "CHECKPOINT");
        var backend = ServerCpu.Read(server);
        var watch = Stopwatch.StartNew();
        var client = await PsqlAsync(connectionString, $"\\copy bare from '{rows}'");
        return (watch.Elapsed.TotalSeconds, client, ServerCpu.Read(server) - backend);
    }

    /// <returns>The processor seconds of psql itself.</returns>
    private static async Task<double> PsqlAsync(string connectionString, string command)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo("bash") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"TIMEFORMAT='%U %S'; time psql -q -v ON_ERROR_STOP=1 -h '{builder.Host}' -p {builder.Port} -U {builder.Username} -d {builder.Database} -c \"{command.Replace("\\", "\\\\", StringComparison.Ordinal)}\"");
        using var process = Process.Start(start) ?? throw new InvalidOperationException("psql did not start.");
        var text = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException(text);
        return text.Trim().Split('\n')[^1].Split(' ').Sum(t => double.Parse(t, CultureInfo.InvariantCulture));
    }

    private static void Write(string file, int count, int seed)
    {
        var lines = OutsideEventSample.CloudTrailLines();
        var random = new Random(seed);
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        using var writer = new StreamWriter(file, false, new UTF8Encoding(false), 1 << 20);
        for (var i = 0; i < count; i++)
        {
            var line = EventId().Replace(lines[random.Next(lines.Count)], $"\"eventID\":\"{seed:x8}-0000-4000-8000-{i:x12}\"");
            writer.Write(EventTime().Replace(line, $"\"eventTime\":\"{start.AddSeconds(i):yyyy-MM-dd'T'HH:mm:ss'Z'}\""));
            writer.Write('\n');
        }
    }

    [GeneratedRegex("\"eventID\":\"[^\"]*\"", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EventId();

    [GeneratedRegex("\"eventTime\":\"[^\"]*\"", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EventTime();

    internal static ServiceProvider Build(string connectionString, string directory)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Audit:KeysDirectory"] = Path.Combine(directory, "keys"),
            ["Audit:CheckpointDirectory"] = Path.Combine(directory, "checkpoints"),
            ["Audit:Signing:DataDirectory"] = directory,
        }).Build());
        services.AddLogging();
        services.AddPortalCore(_ => new PostgreSqlEngine(connectionString, null, 30, NullLoggerFactory.Instance));
        PortalSlices.Register(services);
        return services.BuildServiceProvider();
    }

    private static void Print(string text) => Console.WriteLine(text);
}
