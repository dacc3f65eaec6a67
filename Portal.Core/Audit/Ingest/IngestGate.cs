using System.Collections.Concurrent;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Back-pressure: how many requests write at once, and how far they may run ahead of the sequencer. Nothing queues in memory; who is not let in is told when to come again.</summary>
public sealed class IngestGate(PortalDatabase database, TimeProvider clock, IOptions<IngestOptions> options)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<Guid, int> _running = new();
    private int _all;
    private (int Waiting, long At)? _seen;

    /// <summary>A place, to be disposed of when the request ends; null where all are taken.</summary>
    public IDisposable? TryEnter(Guid organizationId)
    {
        if (Interlocked.Increment(ref _all) > options.Value.MaxConcurrent)
        {
            Interlocked.Decrement(ref _all);
            return null;
        }

        if (_running.AddOrUpdate(organizationId, 1, (_, n) => n + 1) <= options.Value.MaxConcurrentPerOrganization) return new Place(this, organizationId);
        Leave(organizationId);
        return null;
    }

    /// <summary>Waits while too many entries have no place in the tree yet; false where that took too long.</summary>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (await WaitingAsync(cancellationToken) >= options.Value.MaxWaiting)
        {
            if (clock.GetElapsedTime(started).TotalSeconds >= options.Value.MaxPauseSeconds) return false;
            await Task.Delay(Step, clock, cancellationToken);
        }

        return true;
    }

    public static Problem Busy { get; } = new(ProblemKind.TooManyRequests, "ingest.busy", "The portal takes in as many events as it can at the moment. Send the same events again shortly; those that were taken already count as duplicates.") { RetryAfterSeconds = 2 };

    public static Problem Behind { get; } = new(ProblemKind.TooManyRequests, "ingest.behind", "More events have come than the log can place at the moment. Send the same events again shortly; those that were taken already count as duplicates.") { RetryAfterSeconds = 10 };

    /// <summary>How many wait, counted no further than the limit and at most once a second.</summary>
    private async Task<int> WaitingAsync(CancellationToken cancellationToken)
    {
        if (_seen is { } seen && clock.GetElapsedTime(seen.At) < (seen.Waiting >= options.Value.MaxWaiting ? Step : LookInterval)) return seen.Waiting;
        var waiting = await database.ReadAsync(DataScope.Platform, db => db.Set<AuditPending>().OrderBy(p => p.EntryId).Take(options.Value.MaxWaiting).CountAsync(cancellationToken), cancellationToken);
        _seen = (waiting, clock.GetTimestamp());
        return waiting;
    }

    private void Leave(Guid organizationId)
    {
        Interlocked.Decrement(ref _all);
        if (_running.AddOrUpdate(organizationId, 0, (_, n) => n - 1) <= 0) ((ICollection<KeyValuePair<Guid, int>>)_running).Remove(new(organizationId, 0));
    }

    private sealed class Place(IngestGate gate, Guid organizationId) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) gate.Leave(organizationId);
        }
    }
}
