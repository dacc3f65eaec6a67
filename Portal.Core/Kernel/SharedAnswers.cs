namespace Hexabase.Portal.Kernel;

/// <summary>
/// A query whose answer is the same for everybody who may ask it: it depends on the record, the organization and the database, never on who asks. Many pages
/// that ask it at the same moment, as they do after one change, share one answer; access is still decided for each of them. The permission is asked of
/// the organization as a whole, and <see cref="HandleAsync"/> runs as <see cref="Actor.Anonymous"/>, so that it cannot come to depend on the actor.
/// </summary>
public abstract record SharedQuery<T> : Query<T>
{
    public sealed override bool IsProtected => false;

    /// <summary>Overridden only by lists that also show their part to whom holds the permission below the organization; such an answer is never shared.</summary>
    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => base.TargetAsync(scope, cancellationToken);
}

/// <summary>
/// Answers of the last moment. One is given again while no change of its organization has been heard of since before it was read, and for
/// <see cref="Moment"/> at most: what no live update told of is not hidden for longer than that.
/// </summary>
public sealed class SharedAnswers(LiveUpdates live, TimeProvider clock)
{
    public static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(object Query, Tenant Tenant), Kept> _kept = [];

    /// <param name="ask">Reads the answer in a snapshot that it opens itself; not cancelled by one of those who wait for it.</param>
    /// <param name="tenant">Part of the key with all its properties: a renamed organization has other answers.</param>
    public Task<Result<T>> GetAsync<T>(SharedQuery<T> query, Tenant tenant, Func<Task<Result<T>>> ask, CancellationToken cancellationToken)
    {
        Task<Result<T>> answer;
        lock (_gate)
        {
            var number = live.NumberOf(tenant.Id);
            if (_kept.TryGetValue((query, tenant), out var kept) && kept.Number == number && clock.GetElapsedTime(kept.At) < Moment && kept.Answer is Task<Result<T>> { IsFaulted: false, IsCanceled: false } same)
            {
                answer = same;
            }
            else
            {
                answer = Task.Run(ask, CancellationToken.None);
                _kept[(query, tenant)] = kept = new Kept(number, clock.GetTimestamp(), answer);
                _ = ForgetAsync((query, tenant), kept);
            }
        }

        return answer.WaitAsync(cancellationToken);
    }

    private async Task ForgetAsync((object Query, Tenant Tenant) key, Kept kept)
    {
        await Task.Delay(Moment, clock);
        lock (_gate)
        {
            if (_kept.TryGetValue(key, out var now) && ReferenceEquals(now, kept)) _kept.Remove(key);
        }
    }

    private sealed record Kept(long Number, long At, Task Answer);
}
