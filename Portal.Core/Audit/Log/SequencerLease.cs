using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

#pragma warning disable RS0030 // The lease is no change that anybody made; there is no command for it.

namespace Hexabase.Portal.Audit.Log;

/// <summary>That one replica sequences. Each takeover raises the epoch, by which a replica that was paused and wakes up learns that it was replaced.</summary>
internal sealed class SequencerLease(PortalDatabase database, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(6);
    private readonly string _holder = Ids.Brief() + Ids.Brief();
    private long? _epoch;
    private DateTime _leaseUntilUtc;

    /// <summary>Null = this replica does not hold it.</summary>
    public long? Epoch => _epoch;

    public void Abandon() => _epoch = null;

    /// <summary>Takes the lease where nobody holds it, and renews it at half of its time.</summary>
    public async Task<bool> HoldAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (_epoch is not null && _leaseUntilUtc - now > Length / 2) return true;
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var until = now + Length;
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
        log.LogInformation("This replica sequences the audit log from now on (epoch {Epoch})", taken);
        return true;
    }

    /// <summary>Locks the lease's row against a takeover until the transaction ends, and looks whether it is still ours.</summary>
    public async Task<bool> FenceAsync(PortalDbContext db, CancellationToken cancellationToken)
    {
        var sql = database.Engine.IsPostgreSql ? "SELECT epoch AS \"Value\" FROM audit_sequencer WHERE id = 1 FOR SHARE" : "SELECT epoch AS [Value] FROM audit_sequencer WITH (HOLDLOCK) WHERE id = 1";
        var epochs = await db.Database.SqlQueryRaw<long>(sql).ToListAsync(cancellationToken);
        if (epochs is [var epoch] && epoch == _epoch) return true;
        log.LogWarning("Another replica sequences the audit log; this one stops");
        Abandon();
        return false;
    }
}
