using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;
using static Hexabase.Portal.Benchmarks.BenchmarkSql;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// Searching an organization's audit log through HTTP with authorization and row-level security, beside PostgreSQL's to_tsvector GIN index on the bare text of the same events, read
/// by Npgsql. <c>--benchmark search [rows] [no-reference] [cold]</c>; cold = a portal that does not warm up after its start. Durability on. Prints figures; asserts nothing.
/// </summary>
public static class SearchBenchmark
{
    private const string Owner = "portal_owner";
    private const string Token = "bootstrap-token-of-the-benchmark";
    private const int Times = 60;
    private static readonly DateTime End = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);

    public static async Task RunAsync(string[] args)
    {
        var rows = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 2_000_000;
        var bare = !args.Contains("no-reference");
        var directory = Directory.CreateTempSubdirectory("search-benchmark-").FullName;
        try
        {
            await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = Path.Combine(directory, "data"), MaxConnections = 100 }, NullLogger.Instance, CancellationToken.None);
            await using (var admin = await OpenAsync(postgres.ConnectionString(Owner, "postgres"))) await ExecuteAsync(admin, "CREATE DATABASE portal");
            var server = int.Parse((await File.ReadAllLinesAsync(Directory.GetFiles(Path.Combine(directory, "data"), "postmaster.pid", SearchOption.AllDirectories).Single()))[0], CultureInfo.InvariantCulture);
            var connectionString = postgres.ConnectionString(Owner, "portal");
            await using var app = await StartAsync(connectionString, directory, warm: !args.Contains("cold"));
            var portal = app.Services.GetRequiredService<IPortal>();
            var organization = (await portal.SendAsync(TestPortal.Actor(BuiltInRoles.ServiceAdmin, null), new CreateOrganization(new OrganizationInput("Bench", "enterprise", "USD", "Asia/Tokyo", 4)))).Value;
            await using var owner = await OpenAsync(connectionString);
            // The background's own index waits until this one was measured.
            await app.Services.GetRequiredService<AuditIndexer>().StopAsync(CancellationToken.None);
            await LoadAsync(app, owner, organization.Id, rows, bare);
            await IndexAsync(app, owner, organization.Id, rows, server);
            await app.Services.GetRequiredService<AuditIndexer>().StartAsync(CancellationToken.None);
            await SearchAsync(app, organization.Slug, owner, bare);
            await app.StopAsync();
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Entries, their leaves and tiles straight into the tables, as a sequenced load leaves them; and the bare table.</summary>
    private static async Task LoadAsync(WebApplication app, NpgsqlConnection owner, Guid organization, long rows, bool bare)
    {
        var events = new SearchBenchmarkEvents();
        var persons = app.Services.GetRequiredService<AuditPersons>();
        var keys = (await persons.ForManyAsync(app.Services.GetRequiredService<PortalDatabase>(), organization, Enumerable.Range(0, 200).Select(i => $"user:{i}"), CancellationToken.None)).Values.ToArray();
        await ExecuteAsync(owner, "SET session_replication_role = replica; DELETE FROM audit_leaves; DELETE FROM audit_tiles; DELETE FROM audit_entries; DELETE FROM audit_pending; DELETE FROM audit_checkpoints; SET maintenance_work_mem = '1GB'");
        await ExecuteAsync(owner, "CREATE TABLE bare (id bigint, occurred timestamptz, status text, source text, body text)");
        await using var second = await OpenAsync(new NpgsqlConnectionStringBuilder(owner.ConnectionString) { Options = "-c session_replication_role=replica" }.ConnectionString);
        await using var third = await OpenAsync(owner.ConnectionString);
        var watch = Stopwatch.StartNew();
        var from = (await ScalarAsync(owner, $"SELECT count(*) FROM audit_leaves WHERE organization_id = '{organization}'"));
        var hash = new byte[32];
        var random = new Random(1);
        var hashes = new List<byte[]>();
        await using (var entries = await owner.BeginBinaryImportAsync("COPY audit_entries (id, organization_id, occurred_at_utc, recorded_at_utc, actor_kind, user_id, action, resource_kind, resource_id, status, reason, new_value, request_id, source, source_id, retention_days, actor_key_id, actor_sealed, actor_commitment) FROM STDIN (FORMAT BINARY)"))
        await using (var leaves = await second.BeginBinaryImportAsync("COPY audit_leaves (organization_id, leaf_index, entry_id, retention_days, leaf_hash, sequenced_at_utc) FROM STDIN (FORMAT BINARY)"))
        await using (var plain = await third.BeginBinaryImportAsync("COPY bare FROM STDIN (FORMAT BINARY)"))
        {
            for (long i = 0; i < rows; i++)
            {
                var e = events.Next(i, rows);
                var (id, request, outside) = (Ids.New(), Guid.NewGuid(), Guid.NewGuid());
                var at = End.AddSeconds(-(rows - i) * (90 * 86400.0 / rows)).AddTicks(random.Next(100_000) * 10L);
                var key = keys[random.Next(keys.Length)];
                var actor = key.Seal(id, Audit.AuditPart.Actor, AuditSealer.Content(new ActorDetails(e.Actor, e.Ip, e.Agent)));
                await entries.StartRowAsync();
                await entries.WriteAsync(id, NpgsqlDbType.Uuid);
                await entries.WriteAsync(organization, NpgsqlDbType.Uuid);
                await entries.WriteAsync(at, NpgsqlDbType.TimestampTz);
                await entries.WriteAsync(at, NpgsqlDbType.TimestampTz);
                await entries.WriteAsync("person", NpgsqlDbType.Varchar);
                await entries.WriteAsync(key.Id, NpgsqlDbType.Uuid);
                await entries.WriteAsync(e.Action, NpgsqlDbType.Varchar);
                await entries.WriteAsync(e.Kind, NpgsqlDbType.Varchar);
                if (e.Resource is null) await entries.WriteNullAsync();
                else await entries.WriteAsync(e.Resource, NpgsqlDbType.Varchar);
                await entries.WriteAsync(e.Failed ? "Failure" : "Success", NpgsqlDbType.Varchar);
                if (e.Reason is null) await entries.WriteNullAsync();
                else await entries.WriteAsync(e.Reason, NpgsqlDbType.Varchar);
                await entries.WriteAsync(e.Json, NpgsqlDbType.Text);
                await entries.WriteAsync(SearchBenchmarkEvents.Shown(request), NpgsqlDbType.Varchar);
                await entries.WriteAsync("cloudtrail", NpgsqlDbType.Varchar);
                await entries.WriteAsync(SearchBenchmarkEvents.Shown(outside), NpgsqlDbType.Varchar);
                await entries.WriteAsync(Audit.Retention.RetentionClass.Longest, NpgsqlDbType.Integer);
                await entries.WriteAsync(actor.KeyId, NpgsqlDbType.Uuid);
                await entries.WriteAsync(actor.Sealed, NpgsqlDbType.Bytea);
                await entries.WriteAsync(actor.Commitment, NpgsqlDbType.Bytea);

                random.NextBytes(hash);
                hashes.Add([.. hash]);
                await leaves.StartRowAsync();
                await leaves.WriteAsync(organization, NpgsqlDbType.Uuid);
                await leaves.WriteAsync(i, NpgsqlDbType.Bigint);
                await leaves.WriteAsync(id, NpgsqlDbType.Uuid);
                await leaves.WriteAsync(Audit.Retention.RetentionClass.Longest, NpgsqlDbType.Integer);
                await leaves.WriteAsync(hash, NpgsqlDbType.Bytea);
                await leaves.WriteAsync(at, NpgsqlDbType.TimestampTz);

                if (!bare) continue;
                await plain.StartRowAsync();
                await plain.WriteAsync(i, NpgsqlDbType.Bigint);
                await plain.WriteAsync(at, NpgsqlDbType.TimestampTz);
                await plain.WriteAsync(e.Failed ? "failure" : "success", NpgsqlDbType.Text);
                await plain.WriteAsync("cloudtrail", NpgsqlDbType.Text);
                await plain.WriteAsync($"{e.Actor} {e.Action} {e.Kind} {e.Resource} {e.Ip} {e.Agent} {e.Reason} {request} {outside} {e.Json}", NpgsqlDbType.Text);
            }

            await plain.CompleteAsync();
            await leaves.CompleteAsync();
            await entries.CompleteAsync();
        }

        await WriteTilesAsync(second, organization, hashes);
        Print($"loaded {rows:N0} rows of {events.Templates:N0} real events in {watch.Elapsed.TotalSeconds:N0} s ({from} before)");
        await ExecuteAsync(owner, "ANALYZE audit_entries; ANALYZE audit_leaves");
        if (!bare) return;
        watch.Restart();
        await ExecuteAsync(third, "SET maintenance_work_mem = '1GB'; CREATE INDEX ON bare USING gin (to_tsvector('simple', body))", seconds: 3600);
        // No index on the time: with one the planner walks it from the newest on and computes the vector of each row, for minutes where the word is rare.
        await ExecuteAsync(third, "ANALYZE bare");
        Print($"reference: GIN built in {watch.Elapsed.TotalSeconds:N0} s, table and indexes {await ScalarAsync(third, "SELECT pg_total_relation_size('bare')") / 1e6:N0} MB");
    }

    private static async Task WriteTilesAsync(NpgsqlConnection connection, Guid organization, List<byte[]> hashes)
    {
        await using var tiles = await connection.BeginBinaryImportAsync("COPY audit_tiles (organization_id, level, tile_index, hashes) FROM STDIN (FORMAT BINARY)");
        for (var level = 0; hashes.Count >= Tiles.Width; level++)
        {
            var above = new List<byte[]>();
            for (var tile = 0; (tile + 1) * Tiles.Width <= hashes.Count; tile++)
            {
                byte[] bytes = [.. hashes.GetRange(tile * Tiles.Width, Tiles.Width).SelectMany(h => h)];
                await tiles.StartRowAsync();
                await tiles.WriteAsync(organization, NpgsqlDbType.Uuid);
                await tiles.WriteAsync(level, NpgsqlDbType.Integer);
                await tiles.WriteAsync((long)tile, NpgsqlDbType.Bigint);
                await tiles.WriteAsync(bytes, NpgsqlDbType.Bytea);
                above.Add(MerkleTree.PerfectRoot(bytes));
            }

            hashes = above;
        }

        await tiles.CompleteAsync();
    }

    private static async Task IndexAsync(WebApplication app, NpgsqlConnection owner, Guid organization, long rows, int server)
    {
        var (watch, cpu, behind) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime, ServerCpu.Read(server));
        await app.Services.GetRequiredService<AuditIndexer>().CatchUpAsync(organization, CancellationToken.None);
        var (client, database) = ((Environment.CpuUsage.TotalTime - cpu).TotalSeconds, ServerCpu.Read(server) - behind);
        Print($"indexed in {watch.Elapsed.TotalSeconds:N1} s: {rows / watch.Elapsed.TotalSeconds:N0} entries/s, CPU portal {client * 1e6 / rows:N1} us + database {database * 1e6 / rows:N1} us an entry, reading and opening the entries included");
        await BuildAsync(app, organization);
        var segments = await ScalarAsync(owner, $"SELECT count(*) FROM audit_segments WHERE organization_id = '{organization}'");
        var size = await ScalarAsync(owner, "SELECT pg_total_relation_size('audit_segment_parts')");
        var held = await ScalarAsync(owner, "SELECT pg_total_relation_size('audit_leaves')");
        Print($"{segments} segments, {size / 1e6:N0} MB ({(double)size / rows:N0} bytes an entry); leaves {held / 1e6:N0} MB");
    }

    /// <summary>One block of entries: reading and opening them, and apart from it what the index itself costs.</summary>
    private static async Task BuildAsync(WebApplication app, Guid organization)
    {
        var watch = Stopwatch.StartNew();
        await using var open = await app.Services.GetRequiredService<PortalDatabase>().OpenAsync(DataScope.Platform, forWriting: false, CancellationToken.None);
        var entries = await app.Services.GetRequiredService<AuditLogReader>().ReadAsync(open.Db, organization, 0, AuditSegmentBuilder.MaxCount, CancellationToken.None);
        var read = watch.Elapsed.TotalMicroseconds / entries.Count;
        var builder = new AuditSegmentBuilder();
        for (var round = 0; round < 4; round++)
        {
            builder.Clear();
            watch.Restart();
            foreach (var entry in entries) builder.Add(AuditIndexed.Of(entry));
            var added = watch.Elapsed.TotalMicroseconds / entries.Count;
            var image = builder.Build();
            Print($"  one block: read {read:N1} us, terms {added:N1} us, sorting and writing {(watch.Elapsed.TotalMicroseconds / entries.Count) - added:N1} us an entry; {image.Terms:N0} terms of {entries.Count:N0} entries, {image.Parts.Sum(p => p.Value.Length) / 1e6:N1} MB");
        }
    }

    private static async Task SearchAsync(WebApplication app, string org, NpgsqlConnection owner, bool bare)
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        const string Text = "to_tsvector('simple', body) @@ plainto_tsquery('simple', ";
        (string Name, string Query, string Sql)[] searches =
        [
            ("rare term", "zebrafish", $"{Text}'zebrafish')"),
            ("two terms", "AssumeRole Suzuki", $"{Text}'assumerole') AND {Text}'suzuki')"),
            ("term and time window", "AssumeRole after:2026-09-10 before:2026-09-20", $"{Text}'assumerole') AND occurred >= '2026-09-10Z' AND occurred < '2026-09-20Z'"),
            ("qualifier and text", "status:failure AssumeRole", $"{Text}'assumerole') AND status = 'failure'"),
            ("Japanese", "本番データベースの移行を承認", $"{Text}'本番データベースの移行を承認')"),
            ("no hit", "nosuchwordanywhere", $"{Text}'nosuchwordanywhere')"),
            ("everything", "", "true"),
        ];
        foreach (var (name, query, sql) in searches)
        {
            var reference = bare ? await TimeAsync(async () => await ExecuteAsync(owner, $"SELECT * FROM bare WHERE {sql} ORDER BY occurred DESC LIMIT 50")) : (0, 0, 0);
            var list = await TimeAsync(() => GetAsync(client, $"/api/v1/organizations/{org}/audit?q={Uri.EscapeDataString(query)}"));
            var summary = await TimeAsync(() => GetAsync(client, $"/api/v1/organizations/{org}/audit/summary?q={Uri.EscapeDataString(query)}"));
            Print($"{name,-22} first {list.First,6:N1} ms  p50 {list.P50,6:N1}  p95 {list.P95,6:N1} ms | GIN first {reference.First,7:N1}  p50 {reference.P50,7:N1}  p95 {reference.P95,7:N1} ms | facets first {summary.First,6:N1}  p50 {summary.P50,6:N1}  p95 {summary.P95,6:N1} ms");
        }

        Print($"index cache {app.Services.GetRequiredService<AuditIndexCache>().Bytes / 1e6:N0} MB, process {Environment.WorkingSet / 1e6:N0} MB");
    }

    private static async Task<(double First, double P50, double P95)> TimeAsync(Func<Task> run)
    {
        var times = new List<double>();
        for (var i = 0; i <= Times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await run();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        var warm = times.Skip(1).Order().ToList();
        return (times[0], warm[warm.Count / 2], warm[(int)(warm.Count * 0.95)]);
    }

    private static async Task GetAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        var body = await response.Content.ReadAsByteArrayAsync();
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {response.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}");
    }

    private static async Task<WebApplication> StartAsync(string connectionString, string directory, bool warm)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "portal", EnvironmentName = "Testing" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["PORTAL_BOOTSTRAP_TOKEN"] = Token, ["PORTAL_QUIET"] = "true", ["RateLimits:PerActor"] = "100000", ["RateLimits:ActorBurst"] = "100000", ["Audit:KeysDirectory"] = Path.Combine(directory, "keys"),
            ["Audit:CheckpointDirectory"] = Path.Combine(directory, "checkpoints"), ["Audit:Signing:DataDirectory"] = directory,
        });
        builder.Logging.ClearProviders();
        if (warm) builder.Services.AddHostedService<WarmUp>();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = PortalHost.Build(builder, provider => new PostgreSqlEngine(connectionString, null, 30, provider.GetRequiredService<ILoggerFactory>()));
        await app.Services.GetRequiredService<PortalStartup>().RunAsync(CancellationToken.None);
        await app.StartAsync();
        return app;
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
