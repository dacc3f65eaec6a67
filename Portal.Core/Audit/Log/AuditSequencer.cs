using System.Buffers;
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
    PortalDatabase database, AuditSigningKeys keys, CheckpointPublisher publisher, LiveUpdates live, TimeProvider clock, IOptions<AuditOptions> options, ILogger<AuditSequencer> log) : BackgroundService
{
    private const int MaxOpenLogs = 10_000;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(250);
    private static readonly Meter Meter = new("Hexabase.Portal");
    private static readonly Counter<long> Sequenced = Meter.CreateCounter<long>("portal.audit.sequenced", "{entry}", "Audit entries given their place in the tree");
    private readonly string _holder = Ids.Brief() + Ids.Brief();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Dictionary<Guid, OpenLog> _logs = [];
    private readonly HashSet<string> _registered = [];
    private long? _epoch;
    private bool _knowsUnsigned;
    private DateTime _leaseUntilUtc;

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
                    Abandon();
                    await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
                }

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
        if (!await HoldAsync(cancellationToken)) return false;
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

    private void Abandon()
    {
        _epoch = null;
        Forget();
    }

    /// <summary>Takes the lease where nobody holds it, and renews it at half of its time.</summary>
    private async Task<bool> HoldAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (_epoch is not null && _leaseUntilUtc - now > Lease / 2) return true;
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var until = now + Lease;
        if (_epoch is { } epoch)
        {
            var renewed = await open.Db.Set<AuditSequencerLease>().Where(l => l.Id == 1 && l.Epoch == epoch && l.Holder == _holder).ExecuteUpdateAsync(s => s.SetProperty(l => l.UntilUtc, until), cancellationToken);
            await open.CommitAsync(cancellationToken);
            if (renewed == 1)
            {
                _leaseUntilUtc = until;
                return true;
            }

            Abandon();
            return false;
        }

        var lease = await open.Db.Set<AuditSequencerLease>().SingleOrDefaultAsync(l => l.Id == 1, cancellationToken);
        if (lease is null)
        {
            open.Db.Add(new AuditSequencerLease { Id = 1, Epoch = 1, Holder = _holder, UntilUtc = until });
            try
            {
                await open.Db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException e) when (database.Engine.IsUniqueViolation(e))
            {
                return false;
            }

            await open.CommitAsync(cancellationToken);
            (_epoch, _leaseUntilUtc) = (1, until);
            return true;
        }

        if (lease.UntilUtc > now) return false;
        var taken = lease.Epoch + 1;
        var won = await open.Db.Set<AuditSequencerLease>().Where(l => l.Id == 1 && l.Epoch == lease.Epoch)
            .ExecuteUpdateAsync(s => s.SetProperty(l => l.Epoch, taken).SetProperty(l => l.Holder, _holder).SetProperty(l => l.UntilUtc, until), cancellationToken);
        await open.CommitAsync(cancellationToken);
        if (won != 1) return false;
        (_epoch, _leaseUntilUtc) = (taken, until);
        Forget();
        log.LogInformation("This replica sequences the audit log from now on (epoch {Epoch})", taken);
        return true;
    }

    /// <summary>Locks the lease's row against a takeover until the transaction ends, and looks whether it is still ours.</summary>
    private async Task<bool> FenceAsync(PortalDbContext db, CancellationToken cancellationToken)
    {
        var sql = database.Engine.IsPostgreSql ? "SELECT epoch AS \"Value\" FROM audit_sequencer WHERE id = 1 FOR SHARE" : "SELECT epoch AS [Value] FROM audit_sequencer WITH (HOLDLOCK) WHERE id = 1";
        var epochs = await db.Database.SqlQueryRaw<long>(sql).ToListAsync(cancellationToken);
        if (epochs is [var epoch] && epoch == _epoch) return true;
        log.LogWarning("Another replica sequences the audit log; this one stops");
        Abandon();
        return false;
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
        if (!await FenceAsync(db, cancellationToken)) return false;
        var grown = new List<(Guid, long)>();
        if (waiting.Count > 0)
        {
            var classes = waiting.ToDictionary(w => w.EntryId, w => w.RetentionDays);
            // Joined on the class as well: the database goes to the one partition that holds the entry.
            var ids = waiting.ConvertAll(w => w.EntryId);
            var days = classes.Values.Distinct().ToList();
            var facts = await db.Set<AuditEntry>().AsNoTracking().Where(e => ids.Contains(e.Id) && days.Contains(e.RetentionDays)).Select(LeafFacts.Of).ToListAsync(cancellationToken);
            // By the time-ordered id: within a batch the log has the order in which entries were written.
            facts.Sort((a, b) => a.Id.CompareTo(b.Id));
            foreach (var own in facts.GroupBy(f => f.OrganizationId))
            {
                var log = await OpenAsync(db, own.Key, cancellationToken);
                var leaves = Append(log, own, classes);
                await LeafWriter.WriteAsync(db, leaves, cancellationToken);
                await AddTilesAsync(db, log, leaves, cancellationToken);
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

    /// <summary>Logs that grew after their last checkpoint: whoever sequenced before was stopped in between, and no further entry may come to remind of them.</summary>
    private async Task OpenUnsignedAsync(PortalDbContext db, CancellationToken cancellationToken)
    {
        var unsigned = await db.Set<AuditLog>().AsNoTracking().Where(l =>
            db.Set<AuditLeaf>().Where(f => f.OrganizationId == l.OrganizationId).Max(f => (long?)f.Index) + 1 > (db.Set<AuditCheckpoint>().Where(c => c.OrganizationId == l.OrganizationId).Max(c => (long?)c.TreeSize) ?? 0))
            .Select(l => l.OrganizationId).ToListAsync(cancellationToken);
        foreach (var organization in unsigned) await OpenAsync(db, organization, cancellationToken);
        _knowsUnsigned = true;
    }

    private async Task<OpenLog> OpenAsync(PortalDbContext db, Guid organizationId, CancellationToken cancellationToken)
    {
        if (_logs.TryGetValue(organizationId, out var known)) return known;
        var stored = await db.Set<AuditLog>().AsNoTracking().SingleOrDefaultAsync(l => l.OrganizationId == organizationId, cancellationToken);
        if (stored is null)
        {
            stored = new AuditLog { OrganizationId = organizationId, LogId = Ids.New(), FormatVersion = LeafText.FormatVersion, CreatedAtUtc = clock.GetUtcNow().UtcDateTime };
            db.Add(stored);
        }

        var last = await db.Set<AuditLeaf>().AsNoTracking().Where(l => l.OrganizationId == organizationId).OrderByDescending(l => l.Index).Select(l => new { l.Index, l.SequencedAtUtc }).FirstOrDefaultAsync(cancellationToken);
        var size = last is null ? 0 : last.Index + 1;
        var range = await new TreeProofs(new AuditTreeStore(db, organizationId), size).CompactRangeAsync(size, cancellationToken);
        var checkpoint = await db.Set<AuditCheckpoint>().AsNoTracking().Where(c => c.OrganizationId == organizationId).OrderByDescending(c => c.TreeSize).Select(c => new { c.TreeSize, c.CreatedAtUtc }).FirstOrDefaultAsync(cancellationToken);
        var log = new OpenLog(organizationId, stored.LogId, range)
        {
            LastAtUtc = last?.SequencedAtUtc ?? DateTime.UnixEpoch,
            SignedSize = checkpoint?.TreeSize ?? 0,
            SignedAtUtc = checkpoint?.CreatedAtUtc ?? DateTime.UnixEpoch,
        };
        return _logs[organizationId] = log;
    }

    private List<AuditLeaf> Append(OpenLog log, IEnumerable<LeafFacts> entries, Dictionary<Guid, int> classes)
    {
        var leaves = new List<AuditLeaf>();
        var buffer = new ArrayBufferWriter<byte>(2048);
        var now = clock.GetUtcNow().UtcDateTime.ToMicroseconds();
        // A clock that was set back does not make the log run backwards.
        if (now < log.LastAtUtc) now = log.LastAtUtc;
        foreach (var entry in entries)
        {
            buffer.ResetWrittenCount();
            LeafText.Write(buffer, log.LogId, log.Range.Size, now, entry);
            var hash = MerkleTree.LeafHash(buffer.WrittenSpan);
            leaves.Add(new AuditLeaf { OrganizationId = log.OrganizationId, Index = log.Range.Size, EntryId = entry.Id, RetentionDays = classes[entry.Id], LeafHash = hash, SequencedAtUtc = now });
            log.Range.Append(hash);
        }

        log.LastAtUtc = now;
        return leaves;
    }

    /// <summary>Stores the tiles that this batch made full: those of leaves from the batch and the leaves stored before, the ones above from the tiles below.</summary>
    private static async Task AddTilesAsync(PortalDbContext db, OpenLog log, List<AuditLeaf> leaves, CancellationToken cancellationToken)
    {
        var from = leaves[0].Index;
        var made = new Dictionary<TileId, byte[]>();
        foreach (var id in Tiles.Completed(from, log.Range.Size))
        {
            var tile = new byte[Tiles.Bytes];
            var first = id.Index * Tiles.Width;
            for (var i = 0; i < Tiles.Width;)
            {
                if (id.Level == 0 && first + i >= from)
                {
                    leaves[(int)(first + i - from)].LeafHash.CopyTo(tile, i++ * MerkleTree.HashBytes);
                }
                else if (id.Level > 0 && made.TryGetValue(new TileId(id.Level - 1, first + i), out var below))
                {
                    MerkleTree.PerfectRoot(below).CopyTo(tile, i++ * MerkleTree.HashBytes);
                }
                else
                {
                    var until = id.Level == 0 ? (int)Math.Min(Tiles.Width, from - first) : Enumerable.Range(i, Tiles.Width - i).FirstOrDefault(n => made.ContainsKey(new TileId(id.Level - 1, first + n)), Tiles.Width);
                    var stored = await new AuditTreeStore(db, log.OrganizationId).HashesAsync(id.Level, first, until, cancellationToken);
                    stored.Span.CopyTo(tile);
                    i = until;
                }
            }

            made[id] = tile;
            db.Add(new AuditTile { OrganizationId = log.OrganizationId, Level = id.Level, TileIndex = id.Index, Hashes = tile });
        }
    }

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

    private sealed class OpenLog(Guid organizationId, Guid logId, CompactRange range)
    {
        public Guid OrganizationId => organizationId;

        public Guid LogId => logId;

        public CompactRange Range => range;

        public DateTime LastAtUtc { get; set; }

        public long SignedSize { get; set; }

        public DateTime SignedAtUtc { get; set; }
    }
}
