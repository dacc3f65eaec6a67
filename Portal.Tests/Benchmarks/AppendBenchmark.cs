using System.Diagnostics;
using System.Globalization;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// Audit entries, one a transaction, through the gateway with the sequencer at work, beside the same row by bare Npgsql into a bare table: same connections, durability on.
/// Then the whole tree is computed again from the entries: a gap, a second leaf at an index or a wrong hash ends the run.
/// <c>--benchmark append WRITERS ENTRIES ROUNDS</c>.
/// </summary>
public static class AppendBenchmark
{
    private sealed record Note(string Org) : Command<Guid>
    {
        public override string Action => "businessUnit.create";

        public override Permission? Permission => OrganizationsPermissions.WriteBusinessUnits;

        public override string OrganizationKey => Org;

        public override Task<Result<Guid>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
        {
            var id = Ids.New();
            scope.Audit("businessUnit", id, "Bench unit", newValue: new { id, slug = id.ToString("N"), name = "Bench unit", isArchived = false });
            scope.Touch(LiveTopic.BusinessUnits, id, 1);
            return Task.FromResult<Result<Guid>>(id);
        }
    }

    public static async Task RunAsync(string[] args)
    {
        var writers = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50;
        var entries = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000;
        var rounds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10;
        var directory = Path.Combine(Path.GetTempPath(), $"portal-bench-{Environment.ProcessId}");
        await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = directory }, NullLogger.Instance, CancellationToken.None);
        var connectionString = postgres.ConnectionString("portal_owner", "postgres");
        var services = new ServiceCollection();
        services.AddSingleton(BareAuditEntry.Settings());
        services.AddLogging();
        services.AddPortalCore(_ => new PostgreSqlEngine(connectionString, null, writers, NullLoggerFactory.Instance));
        PortalSlices.Register(services);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
        var portal = provider.GetRequiredService<IPortal>();
        var admin = new Actor { Kind = ActorKind.Person, Id = Ids.New(), Name = "bench", Grants = [new Grant(BuiltInRoles.ServiceAdmin, GrantScope.Platform, null)] };
        var organization = (await portal.SendAsync(admin, new CreateOrganization(new OrganizationInput("Bench", "enterprise", "USD", "UTC", 1)))).Value;
        await using (var owner = new NpgsqlConnection(connectionString))
        {
            await owner.OpenAsync();
            await using var make = new NpgsqlCommand("CREATE TABLE bare_entries (LIKE audit_entries INCLUDING DEFAULTS INCLUDING IDENTITY); ALTER TABLE bare_entries ADD PRIMARY KEY (id); GRANT ALL ON bare_entries TO portal_app", owner);
            await make.ExecuteNonQueryAsync();
        }

        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Username = PostgreSqlEngine.AppRole, MaxPoolSize = writers, MaxAutoPrepare = 20, NoResetOnClose = true }.ConnectionString);
        var sequencer = provider.GetRequiredService<AuditSequencer>();
        await sequencer.StartAsync(CancellationToken.None);
        try
        {
            for (var round = 0; round <= rounds; round++)
            {
                var count = round == 0 ? Math.Min(entries, 5_000) : entries;
                var bare = await TimeAsync(writers, count, () => BareAsync(source, organization.Id));
                var through = await TimeAsync(writers, count, async () => _ = (await portal.SendAsync(admin, new Note(organization.Slug))).Value);
                var drained = Stopwatch.GetTimestamp();
                var size = await CaughtUpAsync(provider, organization.Id);
                var after = Stopwatch.GetElapsedTime(drained).TotalMilliseconds;
                var tree = await CheckAsync(provider, organization.Id, size);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{(round == 0 ? "warm-up" : $"round {round}")}: gateway {count / through.TotalSeconds,7:N0}/s   bare {count / bare.TotalSeconds,7:N0}/s   ratio {bare / through:F2}   last place {after:N0} ms after the last answer, {tree}"));
            }

            await LagAsync(connectionString);
        }
        finally
        {
            await sequencer.StopAsync(CancellationToken.None);
        }

        await provider.DisposeAsync();
        await postgres.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<TimeSpan> TimeAsync(int writers, int count, Func<Task> write)
    {
        var (next, started) = (0, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) <= count) await write();
        })));
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task BareAsync(NpgsqlDataSource source, Guid organization)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("SELECT set_config('portal.organization', $1, true)") { Parameters = { new() { Value = organization.ToString() } } },
                BareAuditEntry.Insert("bare_entries", organization, TimeProvider.System.GetUtcNow().UtcDateTime, Ids.New()),
            },
        };
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    private static async Task<long> CaughtUpAsync(IServiceProvider provider, Guid organization)
    {
        var database = provider.GetRequiredService<PortalDatabase>();
        while (true)
        {
            await using (var open = await database.OpenAsync(DataScope.Of(organization), forWriting: false, CancellationToken.None))
            {
                if (!await open.Db.Set<AuditPending>().AnyAsync(p => p.OrganizationId == organization)) return await AuditLogReader.SizeAsync(open.Db, organization, CancellationToken.None);
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Every leaf from its entry, every hash from the leaves, against the tree's root.</summary>
    private static async Task<string> CheckAsync(IServiceProvider provider, Guid organization, long size)
    {
        await using var open = await provider.GetRequiredService<PortalDatabase>().OpenAsync(DataScope.Of(organization), forWriting: false, CancellationToken.None);
        var log = await open.Db.Set<AuditLog>().SingleAsync(l => l.OrganizationId == organization);
        var range = new CompactRange();
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(2048);
        var entries = await open.Db.Set<AuditEntry>().LongCountAsync(e => e.OrganizationId == organization);
        for (long from = 0; from < size; from += 5000)
        {
            var start = from;
            var leaves = await open.Db.Set<AuditLeaf>().Where(l => l.OrganizationId == organization && l.Index >= start && l.Index < start + 5000).OrderBy(l => l.Index).ToListAsync();
            var ids = leaves.ConvertAll(l => l.EntryId);
            var facts = await open.Db.Set<AuditEntry>().Where(e => ids.Contains(e.Id)).Select(LeafFacts.Of).ToDictionaryAsync(f => f.Id);
            foreach (var leaf in leaves)
            {
                buffer.ResetWrittenCount();
                LeafText.Write(buffer, log.LogId, leaf.Index, leaf.SequencedAtUtc, facts[leaf.EntryId]);
                if (leaf.Index != range.Size || !MerkleTree.LeafHash(buffer.WrittenSpan).AsSpan().SequenceEqual(leaf.LeafHash)) throw new InvalidOperationException($"The tree forks at {leaf.Index}.");
                range.Append(leaf.LeafHash);
            }
        }

        var root = await new TreeProofs(new AuditTreeStore(open.Db, organization), size).RootAsync(size, CancellationToken.None);
        if (entries != size || !root.AsSpan().SequenceEqual(range.Root())) throw new InvalidOperationException($"{entries} entries, {size} leaves, roots {(root.AsSpan().SequenceEqual(range.Root()) ? "agree" : "differ")}.");
        return string.Create(CultureInfo.InvariantCulture, $"{size:N0} leaves, one tree");
    }

    private static async Task LagAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT 1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY lag), 1000 * percentile_cont(0.99) WITHIN GROUP (ORDER BY lag), 1000 * percentile_cont(0.99) WITHIN GROUP (ORDER BY signed)
            FROM (SELECT extract(epoch FROM l.sequenced_at_utc - e.recorded_at_utc) AS lag,
                         extract(epoch FROM (SELECT c.created_at_utc FROM audit_checkpoints c WHERE c.organization_id = l.organization_id AND c.tree_size > l.leaf_index ORDER BY c.tree_size LIMIT 1) - e.recorded_at_utc) AS signed
                  FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry_id WHERE l.leaf_index % 97 = 0) s
            """, connection) { CommandTimeout = 600 };
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from the entry to its place: p50 {reader.GetDouble(0):N0} ms, p99 {reader.GetDouble(1):N0} ms; to a signed checkpoint p99 {reader.GetDouble(2):N0} ms"));
    }
}
