using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso;

/// <summary>The memory of used things in the database: the unique index decides, so that of all replicas exactly one wins.</summary>
public sealed class SsoReplayStore(PortalDatabase database, TimeProvider clock) : IReplayStore
{
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(10);

    /// <summary>Kept beyond the expiry, since replicas' clocks differ.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    private long _sweptAtTicks;

    public async Task<bool> TryUseAsync(ReplayKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        await SweepNowAndThenAsync(cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
                open.Db.Add(new SsoReplay { Id = Ids.New(), KeyHash = key.Hash, ExpiresAtUtc = expiresAt.UtcDateTime });
#pragma warning disable RS0030 // Bookkeeping of what was used; nobody's change.
                await open.Db.SaveChangesAsync(cancellationToken);
#pragma warning restore RS0030
                await open.CommitAsync(cancellationToken);
                return true;
            }
            catch (Exception e) when (database.Engine.IsUniqueViolation(e))
            {
                return false;
            }
            catch (Exception e) when (attempt < 3 && database.Engine.IsRetryable(e))
            {
                // Nothing was written: the same insert decides anew.
            }
        }
    }

    /// <summary>Forgets what has expired.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var before = clock.GetUtcNow().UtcDateTime - Margin;
        await open.Db.Set<SsoReplay>().Where(r => r.ExpiresAtUtc < before).ExecuteDeleteAsync(cancellationToken);
        await open.CommitAsync(cancellationToken);
    }

    private async Task SweepNowAndThenAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcTicks;
        var last = Interlocked.Read(ref _sweptAtTicks);
        if (now - last >= BetweenSweeps.Ticks && Interlocked.CompareExchange(ref _sweptAtTicks, now, last) == last) await SweepAsync(cancellationToken);
    }
}
