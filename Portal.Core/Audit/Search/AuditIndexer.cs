using System.Collections.Concurrent;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Audit.Search;

/// <summary>
/// Keeps the index of every log close behind its tree. The replica that sequences is told of each batch; the others look from time to time, and take over where nobody kept up. Two at the
/// same log lose work, never data.
/// </summary>
public sealed class AuditIndexer(PortalDatabase database, AuditLogReader reader, AuditPersons persons, FreshEntries fresh, AuditSequencer sequencer, TimeProvider clock, ILogger<AuditIndexer> log) : BackgroundService
{
    /// <summary>New entries are gathered this long, or until there are so many; until then searches read them directly.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(2);
    private const int GatherEntries = 128;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    private readonly AuditIndexWriter _writer = new(database, new AuditIndexSource(reader, persons, fresh));
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly ConcurrentDictionary<Guid, (long Size, DateTime SinceUtc)> _grown = new();
    private readonly ConcurrentDictionary<Guid, long> _indexed = new();

    /// <summary>Indexes everything that has a place, in any case.</summary>
    public async Task CatchUpAsync(Guid organizationId, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            while (await _writer.AppendAsync(organizationId, 1, cancellationToken))
            {
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Forgets what can no longer be read in the ranges of tree indexes: to be called after a person was erased or entries expired.</summary>
    /// <param name="organizationId"><see cref="Guid.Empty"/> = the platform's own log.</param>
    /// <param name="ranges">From (included) to (not included).</param>
    public async Task ReindexAsync(Guid organizationId, IReadOnlyList<(long From, long To)> ranges, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await _writer.ReindexAsync(organizationId, ranges, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        sequencer.Grew += Note;
        var looked = DateTime.MinValue;
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200), clock);
            do
            {
                try
                {
                    var now = clock.GetUtcNow().UtcDateTime;
                    if (now - looked > Look)
                    {
                        await LookAsync(now, stoppingToken);
                        looked = now;
                    }

                    await IndexAsync(now, stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // The database may be away; searches read what is not indexed, and the next round tries again.
                    log.LogWarning("The audit log cannot be indexed: {Reason}", e.Message);
                    await Task.Delay(TimeSpan.FromSeconds(2), clock, stoppingToken);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The portal stops.
        }
        finally
        {
            sequencer.Grew -= Note;
        }
    }

    private void Note(IReadOnlyList<(Guid OrganizationId, long Size)> grown)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var (organization, size) in grown) _grown.AddOrUpdate(organization, (size, now), (_, old) => (size, old.SinceUtc));
    }

    private async Task IndexAsync(DateTime now, CancellationToken cancellationToken)
    {
        foreach (var (organization, (size, since)) in _grown)
        {
            var due = now - since >= Gather;
            if (!due && size - _indexed.GetValueOrDefault(organization) < GatherEntries) continue;
            _grown.TryRemove(organization, out _);
            await CatchUpAsync(organization, cancellationToken);
            _indexed[organization] = size;
        }
    }

    /// <summary>Logs that are ahead of their index: after a start, or where another replica sequences and does not index.</summary>
    private async Task LookAsync(DateTime now, CancellationToken cancellationToken)
    {
        var logs = await database.ReadAsync(
            DataScope.Platform,
            db => db.Set<AuditLog>().Select(l => new
            {
                l.OrganizationId,
                Last = db.Set<AuditLeaf>().Where(f => f.OrganizationId == l.OrganizationId).OrderByDescending(f => f.Index).Select(f => (long?)f.Index).FirstOrDefault(),
                IndexedTo = db.Set<AuditIndexState>().Where(s => s.OrganizationId == l.OrganizationId).Select(s => (long?)s.IndexedTo).FirstOrDefault(),
            }).ToListAsync(cancellationToken),
            cancellationToken);
        foreach (var behind in logs.Where(l => l.Last >= (l.IndexedTo ?? 0))) _grown.TryAdd(behind.OrganizationId, (behind.Last + 1 ?? 0, now));
    }
}
