using System.Diagnostics.Metrics;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

#pragma warning disable RS0030 // The sequencer writes the tree; nobody else may.

namespace Hexabase.Portal.Audit.Log;

/// <summary>
/// Gives committed entries their place in their organization's tree, in batches: one transaction takes them from the waiting table, appends leaves and full tiles and,
/// where due, a signed checkpoint. One replica holds the lease; its epoch is checked inside each transaction, so that a replica that was paused and wakes up appends
/// nothing, and the primary key of the leaves refuses a second leaf at an index in any case. An entry counts when its transaction commits, however late: the waiting
/// row becomes visible with it.
/// </summary>
public sealed class AuditSequencer(
    PortalDatabase database, AuditSigningKeys keys, CheckpointPublisher publisher, FreshEntries fresh, LiveUpdates live, TimeProvider clock, IOptions<AuditOptions> options, ILogger<AuditSequencer> log) : BackgroundService
{
    private const int MaxOpenLogs = 10_000;
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(250);
    private static readonly Meter Meter = new("Hexabase.Portal");
    private static readonly Counter<long> Sequenced = Meter.CreateCounter<long>("portal.audit.sequenced", "{entry}", "Audit entries given their place in the tree");
    private readonly SequencerLease _lease = new(database, clock, log);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Dictionary<Guid, OpenLog> _logs = [];
    private readonly Dictionary<Guid, int> _classes = [];
    private readonly HashSet<string> _registered = [];
    private bool _knowsUnsigned;

    /// <summary>Told after each batch: the organizations whose logs grew, and to what size.</summary>
    public event Action<IReadOnlyList<(Guid OrganizationId, long Size)>>? Grew;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        live.PublishedHere += Wake;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var more = false;
                try
                {
                    more = await StepAsync(stoppingToken);
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    break;
                }
                catch (Exception e)
                {
                    // The database may be away; entries wait in it and lose nothing.
                    log.LogWarning("The audit log cannot be sequenced: {Reason}", e.Message);
                    _lease.Abandon();
                    Forget();
                    await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
                }

                // Entries that come close together share a batch: each costs a handful of statements and a flush to disk, which the writers would wait beside.
                if (!more) await Task.Delay(Gap, stoppingToken);
                if (!more) await _wake.WaitAsync(Idle, stoppingToken);
            }
        }
        finally
        {
            live.PublishedHere -= Wake;
        }
    }

    /// <summary>One round: keeps or takes the lease, appends one batch, signs what is due. For tests and the command line as well.</summary>
    /// <returns>True where more entries may wait.</returns>
    public Task<bool> StepAsync(CancellationToken cancellationToken) => StepAsync(signAll: false, cancellationToken);

    private async Task<bool> StepAsync(bool signAll, CancellationToken cancellationToken)
    {
        var epoch = _lease.Epoch;
        var held = await _lease.HoldAsync(cancellationToken);
        // Others may have appended since.
        if (_lease.Epoch != epoch) Forget();
        fresh.IsWanted = held;
        if (!held) return false;
        try
        {
            return await AppendAsync(signAll, cancellationToken);
        }
        catch
        {
            // What is kept in memory may be ahead of what was committed.
            Forget();
            throw;
        }
    }

    /// <summary>Sequences all that waits and signs a checkpoint of every log that grew, due or not.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (await StepAsync(signAll: true, cancellationToken))
        {
        }
    }

    private void Wake(IReadOnlyList<LiveChange> changes)
    {
        if (_wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else woke it.
            }
        }
    }

    private void Forget()
    {
        _logs.Clear();
        _knowsUnsigned = false;
    }

    private async Task<bool> AppendAsync(bool signAll, CancellationToken cancellationToken)
    {
        // Between batches: within one, the open logs hold what is not committed yet.
        if (_logs.Count > MaxOpenLogs) Forget();
        var batch = options.Value.SequencerBatch;
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var db = open.Db;
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        if (!_knowsUnsigned) await OpenUnsignedAsync(db, cancellationToken);
        var waiting = await db.Set<AuditPending>().AsNoTracking().OrderBy(p => p.EntryId).Take(batch).ToListAsync(cancellationToken);
        if (waiting.Count == 0 && !_logs.Values.Any(l => MustSign(l, signAll))) return false;
        if (!await _lease.FenceAsync(db, cancellationToken))
        {
            Forget();
            return false;
        }

        var grown = new List<(Guid, long)>();
        if (waiting.Count > 0)
        {
            _classes.Clear();
            foreach (var entry in waiting) _classes.Add(entry.EntryId, entry.RetentionDays);
            var ids = waiting.ConvertAll(w => w.EntryId);
            var facts = await FactsAsync(db, ids, cancellationToken);
            // By the time-ordered id: within a batch the log has the order in which entries were written.
            facts.Sort((a, b) => a.Id.CompareTo(b.Id));
            foreach (var own in facts.GroupBy(f => f.OrganizationId))
            {
                var log = await OpenAsync(db, own.Key, cancellationToken);
                var leaves = log.Append(own, _classes, clock.GetUtcNow().UtcDateTime);
                await LeafWriter.WriteAsync(db, leaves, cancellationToken);
                await TileWriter.AddAsync(db, log.OrganizationId, log.Range.Size, leaves, cancellationToken);
                grown.Add((own.Key, log.Range.Size));
            }

            await db.Set<AuditPending>().Where(p => ids.Contains(p.EntryId)).ExecuteDeleteAsync(cancellationToken);
        }

        var signed = await SignAsync(db, signAll, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await open.CommitAsync(CancellationToken.None);
        Sequenced.Add(waiting.Count);
        if (grown.Count > 0) Grew?.Invoke(grown);
        await publisher.PublishAsync(signed, cancellationToken);
        return waiting.Count == batch;
    }

    private async Task<List<LeafFacts>> FactsAsync(PortalDbContext db, List<Guid> ids, CancellationToken cancellationToken)
    {
        var stored = new List<Guid>();
        var facts = fresh.Find(ids, stored);
        if (stored.Count == 0) return facts;
        // Joined on the class as well: the database goes to the one partition that holds the entry.
        var days = stored.Select(id => _classes[id]).Distinct().ToList();
        facts.AddRange(await db.Set<AuditEntry>().AsNoTracking().Where(e => stored.Contains(e.Id) && days.Contains(e.RetentionDays)).Select(LeafFacts.Of).ToListAsync(cancellationToken));
        return facts;
    }

    /// <summary>Logs that grew after their last checkpoint: whoever sequenced before was stopped in between, and no further entry may come to remind of them.</summary>
    private async Task OpenUnsignedAsync(PortalDbContext db, CancellationToken cancellationToken)
    {
        foreach (var organization in await OpenLog.Unsigned(db).ToListAsync(cancellationToken)) await OpenAsync(db, organization, cancellationToken);
        _knowsUnsigned = true;
    }

    private async Task<OpenLog> OpenAsync(PortalDbContext db, Guid organizationId, CancellationToken cancellationToken) => _logs.TryGetValue(organizationId, out var known)
        ? known
        : _logs[organizationId] = await OpenLog.OpenAsync(db, organizationId, clock.GetUtcNow().UtcDateTime, cancellationToken);

    private bool MustSign(OpenLog log, bool signAll) => log.Range.Size > log.SignedSize
        && (signAll || log.Range.Size - log.SignedSize >= options.Value.CheckpointEntries || clock.GetUtcNow().UtcDateTime - log.SignedAtUtc >= TimeSpan.FromSeconds(options.Value.CheckpointSeconds));

    private async Task<IReadOnlyList<AuditCheckpoint>> SignAsync(PortalDbContext db, bool signAll, CancellationToken cancellationToken)
    {
        var signed = new List<AuditCheckpoint>();
        foreach (var log in _logs.Values.Where(l => MustSign(l, signAll)))
        {
            var now = clock.GetUtcNow().UtcDateTime;
            var signers = keys.SignersOf(log.LogId);
            var root = log.Range.Root();
            var checkpoint = new AuditCheckpoint
            {
                OrganizationId = log.OrganizationId,
                TreeSize = log.Range.Size,
                RootHash = root,
                Note = new Checkpoint(Checkpoint.OriginOf(log.LogId), log.Range.Size, root).Sign(signers),
                CreatedAtUtc = now,
            };
            db.Add(checkpoint);
            signed.Add(checkpoint);
            (log.SignedSize, log.SignedAtUtc) = (log.Range.Size, now);
            foreach (var signer in signers) await RegisterAsync(db, signer, now, cancellationToken);
        }

        return signed;
    }

    /// <summary>Keeps the public half for good, so that what a retired key signed can still be checked.</summary>
    private async Task RegisterAsync(PortalDbContext db, AuditSigner signer, DateTime nowUtc, CancellationToken cancellationToken)
    {
        var fingerprint = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(signer.Key.PublicKey));
        if (!_registered.Add(fingerprint)) return;
        if (await db.Set<AuditPublicKey>().AnyAsync(k => k.Fingerprint == fingerprint, cancellationToken)) return;
        db.Add(new AuditPublicKey { Fingerprint = fingerprint, PublicKeyPem = signer.Verifier.PublicKeyPem, FirstUsedAtUtc = nowUtc });
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }
}
