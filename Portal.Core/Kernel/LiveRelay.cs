using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Hexabase.Portal.Kernel;

/// <summary>
/// Carries live changes between replicas. PostgreSQL: NOTIFY after the commit from a connection of its own, several changes in one payload
/// (NOTIFY inside the changing transactions would make their commits wait for each other's fsync). Both engines: a poll of the newest
/// audit entries, whose rows say what they touched, finds what a lost notification missed.
/// </summary>
public sealed class LiveRelay(PortalDatabase database, LiveUpdates live, OrganizationDirectory organizations, TimeProvider clock, ILogger<LiveRelay> log) : BackgroundService
{
    private const string Channel = "portal_live";
    private const int MaxPayload = 7500;
    private readonly string _replica = Ids.Brief() + Ids.Brief();
    private readonly Channel<LiveChange> _outgoing = System.Threading.Channels.Channel.CreateBounded<LiveChange>(new BoundedChannelOptions(20_000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly ConcurrentDictionary<long, byte> _known = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        live.PublishedHere += Enqueue;
        try
        {
            var work = new List<Task> { PollAsync(stoppingToken) };
            if (database.Engine is PostgreSqlEngine engine)
            {
                work.Add(SendAsync(engine, stoppingToken));
                work.Add(ListenAsync(engine, stoppingToken));
            }

            await Task.WhenAll(work);
        }
        finally
        {
            live.PublishedHere -= Enqueue;
        }
    }

    private void Enqueue(IReadOnlyList<LiveChange> changes)
    {
        foreach (var change in changes)
        {
            Know(change);
            _outgoing.Writer.TryWrite(change);
        }
    }

    /// <summary>An audit change carries the entry's position as its version: the poll skips entries that were announced already.</summary>
    private void Know(LiveChange change)
    {
        if (change.Topic == LiveTopic.Audit && change.Version > 0) _known[change.Version] = 0;
    }

    private async Task SendAsync(PostgreSqlEngine engine, CancellationToken cancellationToken)
    {
        var batch = new List<LiveChange>();
        await foreach (var first in _outgoing.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < 40 && _outgoing.Reader.TryRead(out var next)) batch.Add(next);
            try
            {
                foreach (var payload in Payloads(batch))
                {
                    await using var command = engine.AppSource.CreateCommand("SELECT pg_notify($1, $2)");
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Channel });
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = payload });
                    await command.ExecuteNonQueryAsync(cancellationToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The other replicas find these changes by their poll.
                log.LogWarning("Live changes could not be sent to other replicas: {Reason}", e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            }
        }
    }

    private IEnumerable<string> Payloads(List<LiveChange> batch)
    {
        var distinct = batch.DistinctBy(c => (c.OrganizationId, c.Topic, c.Id, c.Version)).ToList();
        for (var from = 0; from < distinct.Count;)
        {
            var take = distinct.Count - from;
            var payload = Encode(distinct, from, take);
            while (payload.Length > MaxPayload && take > 1)
            {
                take /= 2;
                payload = Encode(distinct, from, take);
            }

            from += take;
            yield return payload;
        }
    }

    private string Encode(List<LiveChange> changes, int from, int take) =>
        JsonSerializer.Serialize(new Payload(_replica, changes.GetRange(from, take)), JobJson.Options);

    private async Task ListenAsync(PostgreSqlEngine engine, CancellationToken cancellationToken)
    {
        var missed = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await engine.OpenListenerAsync(cancellationToken);
                connection.Notification += (_, e) => Receive(e.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection)) await listen.ExecuteNonQueryAsync(cancellationToken);
                if (missed) live.Resync();
                missed = true;
                while (true) await connection.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning("The live relay lost its connection and connects again: {Reason}", e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            }
        }
    }

    private void Receive(string text)
    {
        if (JsonSerializer.Deserialize<Payload>(text, JobJson.Options) is not { } payload || payload.Replica == _replica) return;
        foreach (var change in payload.Changes) Know(change);
        Deliver(payload.Changes);
    }

    private void Deliver(IReadOnlyList<LiveChange> changes)
    {
        foreach (var change in changes.Where(c => c.Topic == LiveTopic.Organizations)) organizations.Forget(change.OrganizationId);
        live.Deliver(changes);
    }

    /// <summary>Entries may commit out of the order of their positions, so each poll looks back a little and skips what it has seen.</summary>
    private async Task PollAsync(CancellationToken cancellationToken)
    {
        long? last = null;
        long floor = 0;
        var pause = database.Engine.IsPostgreSql ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(400);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pause, clock, cancellationToken);
                await using var open = await database.OpenAsync(DataScope.Platform, forWriting: false, cancellationToken);
                var entries = open.Db.Set<AuditEntry>();
                if (last is null)
                {
                    last = await entries.Where(e => e.Source == "portal").OrderByDescending(e => e.Position).Select(e => (long?)e.Position).FirstOrDefaultAsync(cancellationToken) ?? 0;
                    floor = last.Value;
                    continue;
                }

                var from = last.Value - 500;
                var rows = await entries.Where(e => e.Source == "portal" && e.Position > from).OrderBy(e => e.Position).Take(5000).Select(e => new { e.Id, e.Position, e.OrganizationId, e.Touched, e.OccurredAtUtc }).ToListAsync(cancellationToken);
                var changes = new List<LiveChange>();
                foreach (var row in rows)
                {
                    if (row.Position <= floor || !_known.TryAdd(row.Position, 0)) continue;
                    changes.Add(new LiveChange(row.OrganizationId, LiveTopic.Audit, row.Id.ToString(), row.Position, row.OccurredAtUtc));
                    if (row.Touched is not null) changes.AddRange(Read(row.Touched, row.OccurredAtUtc));
                }

                if (rows.Count > 0) last = Math.Max(last.Value, rows[^1].Position);
                foreach (var old in _known.Keys.Where(p => p <= last - 1000)) _known.TryRemove(old, out _);
                if (changes.Count > 0) Deliver(changes);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning("Newest changes cannot be read: {Reason}", e.Message);
            }
        }
    }

    private static IEnumerable<LiveChange> Read(string touched, DateTime at)
    {
        using var document = JsonDocument.Parse(touched);
        foreach (var t in document.RootElement.EnumerateArray())
            yield return new LiveChange(t[0].GetGuid(), t[1].GetString() ?? "", t[2].GetString() ?? "", t[3].GetInt64(), at);
    }

    private sealed record Payload(string Replica, IReadOnlyList<LiveChange> Changes);
}
