using System.Diagnostics;
using System.Globalization;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Ingest;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

#pragma warning disable RS0030 // Loads a log as the sequencer would have written it.
using static Hexabase.Portal.Benchmarks.BenchmarkSql;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// Inclusion proofs in a large log, each asked for by the query behind the API and verified up to the root of the signed checkpoint, the leaf included. The log is loaded in bulk: entries by COPY, leaves and
/// tiles by the sequencer's own writers. Arguments: entries (5000000), proofs (2000). Prints figures.
/// </summary>
public static class ProofBenchmark
{
    private const string Owner = "portal_owner";
    private const int AtOnce = 50_000;

    private static Actor Admin { get; } = TestPortal.Actor(BuiltInRoles.ServiceAdmin, null);

    public static async Task RunAsync(string[] args)
    {
        var entries = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5_000_000;
        var proofs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2_000;
        var directory = Directory.CreateTempSubdirectory("proof-benchmark-").FullName;
        try
        {
            await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = Path.Combine(directory, "data"), MaxConnections = 100 }, NullLogger.Instance, CancellationToken.None);
            await using (var admin = await OpenAsync(postgres.ConnectionString(Owner, "postgres"))) await ExecuteAsync(admin, "CREATE DATABASE portal");
            var connectionString = postgres.ConnectionString(Owner, "portal");
            await using var services = IngestBenchmark.Build(connectionString, directory);
            await services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
            var organization = (await services.GetRequiredService<IPortal>().SendAsync(Admin, new CreateOrganization(new OrganizationInput("Benchmark", "enterprise", "USD", "UTC", 1)))).Value;
            var watch = Stopwatch.StartNew();
            await LoadAsync(services, connectionString, organization.Id, entries);
            Print($"{entries:N0} entries loaded in {watch.Elapsed.TotalSeconds:N0} s");
            await AskAsync(services, organization.Slug, entries, proofs);
            await WithoutEdgesAsync(services, organization.Id, entries);
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task LoadAsync(IServiceProvider services, string connectionString, Guid organizationId, int entries)
    {
        await using var connection = await OpenAsync(connectionString);
        // The trigger would note each entry as waiting for the place that it gets here.
        await ExecuteAsync(connection, "SET session_replication_role = replica");
        var database = services.GetRequiredService<PortalDatabase>();
        var at = DateTime.UnixEpoch.AddYears(55);
        OpenLog? log = null;
        for (var from = 0; from < entries; from += AtOnce)
        {
            var facts = Enumerable.Range(from, Math.Min(AtOnce, entries - from)).Select(i => Facts(organizationId, i, at.AddSeconds(i))).ToList();
            await CopyAsync(connection, facts);
            await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, CancellationToken.None);
            log ??= await OpenLog.OpenAsync(open.Db, organizationId, at, CancellationToken.None);
            var leaves = log.Append(facts, facts.ToDictionary(f => f.Id, _ => RetentionClass.Longest), at);
            await LeafWriter.WriteAsync(open.Db, leaves, CancellationToken.None);
            await TileWriter.AddAsync(open.Db, organizationId, log.Range.Size, leaves, CancellationToken.None);
            await open.Db.SaveChangesAsync(CancellationToken.None);
            await open.CommitAsync(CancellationToken.None);
        }

        await ExecuteAsync(connection, "VACUUM (ANALYZE) audit_entries, audit_leaves, audit_tiles");
        // Signs a checkpoint, and gives the organization's own first entry its place behind all others.
        await services.GetRequiredService<AuditSequencer>().DrainAsync(CancellationToken.None);
    }

    private static LeafFacts Facts(Guid organizationId, int number, DateTime at) => new(
        Ids.New(), organizationId, at, at, "serviceAccount", Guid.Empty, null, "AssumeRole", "sts", string.Create(CultureInfo.InvariantCulture, $"arn:aws:iam::123456789012:role/role-{number % 5000}"), null, null,
        AuditStatus.Success, null, null, null, null, null, null, null, null, null, null, "cloudtrail", string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{number:x12}"), null, null, null);

    private static async Task CopyAsync(NpgsqlConnection connection, IEnumerable<LeafFacts> facts)
    {
        const string Columns = "id, organization_id, occurred_at_utc, recorded_at_utc, actor_kind, user_id, action, resource_kind, resource_id, status, source, source_id, retention_days";
        var buffer = new PgCopyBuffer();
        await using var copy = await connection.BeginRawBinaryCopyAsync($"COPY audit_entries ({Columns}) FROM STDIN (FORMAT BINARY)");
        buffer.Begin();
        foreach (var f in facts)
        {
            buffer.Row(13);
            buffer.Id(f.Id);
            buffer.Id(f.OrganizationId);
            buffer.Time(f.OccurredAtUtc);
            buffer.Time(f.RecordedAtUtc);
            buffer.Text(f.ActorKind);
            buffer.Id(f.UserId);
            buffer.Text(f.Action);
            buffer.Text(f.ResourceKind);
            buffer.Text(f.ResourceId);
            buffer.Text(f.Status.ToString());
            buffer.Text(f.Source);
            buffer.Text(f.SourceId);
            buffer.Number(RetentionClass.Longest);
            if (buffer.IsFull) await buffer.FlushAsync(copy, CancellationToken.None);
        }

        buffer.End();
        await buffer.FlushAsync(copy, CancellationToken.None);
    }

    private static async Task AskAsync(IServiceProvider services, string org, int entries, int proofs)
    {
        var portal = services.GetRequiredService<IPortal>();
        var checkpoint = (await portal.AskAsync(Admin, new GetAuditCheckpoint(org))).Value;
        var random = new Random(5);
        for (var round = 0; round <= 2; round++)
        {
            var times = new List<double>();
            for (var i = 0; i < (round == 0 ? 1 : proofs); i++)
            {
                var index = random.NextInt64(entries);
                var watch = Stopwatch.GetTimestamp();
                var proof = (await portal.AskAsync(Admin, new GetInclusionProof(org, index))).Value;
                times.Add(Stopwatch.GetElapsedTime(watch).TotalMilliseconds);
                if (proof.TreeSize != checkpoint.TreeSize || proof.Leaf is null || !MerkleTree.LeafHash(proof.Leaf).AsSpan().SequenceEqual(proof.LeafHash)
                    || !MerkleTree.VerifyInclusion((ulong)index, (ulong)proof.TreeSize, proof.LeafHash, proof.Path, checkpoint.RootHash)) throw new InvalidOperationException($"The proof of entry {index} does not hold.");
            }

            times.Sort();
            Print($"{(round == 0 ? "the process's first proof" : $"round {round}, {times.Count:N0} random proofs of {checkpoint.TreeSize:N0} entries")}: p50 {times[times.Count / 2]:N2} ms, p95 {times[times.Count * 95 / 100]:N2} ms, p99 {times[times.Count * 99 / 100]:N2} ms (goal: p95 5 ms)");
        }
    }

    /// <summary>For comparison: the path alone, the edge of the tree made from the tiles below it each time.</summary>
    private static async Task WithoutEdgesAsync(IServiceProvider services, Guid organizationId, int entries)
    {
        var random = new Random(6);
        var times = new List<double>();
        for (var i = 0; i < 100; i++)
        {
            var watch = Stopwatch.GetTimestamp();
            await using var open = await services.GetRequiredService<PortalDatabase>().OpenAsync(DataScope.Of(organizationId), forWriting: false, CancellationToken.None);
            await new TreeProofs(new AuditTreeStore(open.Db, organizationId), entries).InclusionAsync(random.NextInt64(entries), entries, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(watch).TotalMilliseconds);
        }

        times.Sort();
        Print($"the path alone without kept edges: p50 {times[50]:N2} ms, p95 {times[95]:N2} ms");
    }

    private static void Print(string text) => Console.WriteLine(text);
}
