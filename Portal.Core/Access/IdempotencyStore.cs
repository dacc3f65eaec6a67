using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

public enum IdempotencyState
{
    /// <summary>The key is new and now taken: carry the request out, then finish or release it.</summary>
    Begun,

    /// <summary>The same request was answered before.</summary>
    Answered,

    /// <summary>The same request is being carried out, or its outcome was lost in a crash.</summary>
    Running,

    /// <summary>The key belongs to another request.</summary>
    Other,
}

/// <summary>What is known of a key.</summary>
/// <param name="Age">Since the first request with it.</param>
public sealed record IdempotencyLook(IdempotencyState State, Guid Id, int? Status, string? Answer, TimeSpan Age);

/// <summary>Keeps answers by Idempotency-Key for 24 hours, for all replicas.</summary>
public sealed class IdempotencyStore(PortalDatabase database, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public async Task<IdempotencyLook> BeginAsync(Guid actorId, byte[] keyHash, byte[] requestHash, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await BeginOnceAsync(actorId, keyHash, requestHash, cancellationToken);
            }
            catch (Exception e) when (attempt < 3 && (database.Engine.IsUniqueViolation(e) || database.Engine.IsRetryable(e)))
            {
                // The same key arrived twice at the same moment; the next look finds the winner's row.
            }
        }
    }

    public async Task FinishAsync(Guid id, int status, string answer, CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        await open.Db.Set<IdempotencyRecord>().Where(r => r.Id == id).ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, status).SetProperty(r => r.Answer, answer), cancellationToken);
        await open.CommitAsync(cancellationToken);
    }

    /// <summary>Nothing was done: the key may be used again.</summary>
    public async Task ReleaseAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        await open.Db.Set<IdempotencyRecord>().Where(r => r.Id == id).ExecuteDeleteAsync(cancellationToken);
        await open.CommitAsync(cancellationToken);
    }

    private async Task<IdempotencyLook> BeginOnceAsync(Guid actorId, byte[] keyHash, byte[] requestHash, CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var oldest = now - Lifetime;
        var records = open.Db.Set<IdempotencyRecord>();
        var known = await records.AsNoTracking().SingleOrDefaultAsync(r => r.ActorId == actorId && r.KeyHash == keyHash, cancellationToken);
        if (known is not null && known.CreatedAtUtc >= oldest)
        {
            var state = !known.RequestHash.AsSpan().SequenceEqual(requestHash) ? IdempotencyState.Other : known.Status is null ? IdempotencyState.Running : IdempotencyState.Answered;
            return new IdempotencyLook(state, known.Id, known.Status, known.Answer, now - known.CreatedAtUtc);
        }

        if (known is not null) await records.Where(r => r.CreatedAtUtc < oldest).ExecuteDeleteAsync(cancellationToken);
        var record = new IdempotencyRecord { Id = Ids.New(), ActorId = actorId, KeyHash = keyHash, RequestHash = requestHash, CreatedAtUtc = now };
        records.Add(record);
#pragma warning disable RS0030 // Bookkeeping of answers; the command itself goes through the gateway.
        await open.Db.SaveChangesAsync(cancellationToken);
#pragma warning restore RS0030
        await open.CommitAsync(cancellationToken);
        return new IdempotencyLook(IdempotencyState.Begun, record.Id, null, null, TimeSpan.Zero);
    }

    /// <summary>Removes keys that are older than a day; called now and then by a serving replica.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var oldest = clock.GetUtcNow().UtcDateTime - Lifetime;
        await open.Db.Set<IdempotencyRecord>().Where(r => r.CreatedAtUtc < oldest).ExecuteDeleteAsync(cancellationToken);
        await open.CommitAsync(cancellationToken);
    }
}
