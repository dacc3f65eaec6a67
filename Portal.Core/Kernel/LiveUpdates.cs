using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Kernel;

/// <summary>
/// Tells subscribers in this process of committed changes. A subscriber hears the first change at once, then at most once per
/// <see cref="MinInterval"/>; what happens in between arrives as one list, a row at most once. A callback never overlaps itself.
/// </summary>
public sealed class LiveUpdates(TimeProvider clock, ILogger<LiveUpdates> log)
{
    public static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Beyond this many waiting rows of one topic a subscriber is told "*": load the topic again.</summary>
    private const int MaxPending = 256;

    private readonly ConcurrentDictionary<(Guid Organization, string Topic), ConcurrentDictionary<Subscription, byte>> _subscriptions = new();

    private readonly ConcurrentDictionary<Guid, long> _numbers = new();
    private long _resyncs;

    /// <summary>Raised for changes committed by this process, for the relay to other replicas.</summary>
    internal event Action<IReadOnlyList<LiveChange>>? PublishedHere;

    /// <summary>Raised for every change, this process's and other replicas', before anybody is told of it: for what is kept of answers from before it.</summary>
    internal event Action<IReadOnlyList<LiveChange>>? Heard;

    public IAsyncDisposable Subscribe(Guid organizationId, IEnumerable<string> topics, Func<IReadOnlyList<LiveChange>, Task> onChanged)
    {
        var subscription = new Subscription(this, organizationId, [.. topics], onChanged, clock, log);
        foreach (var topic in subscription.Topics) Set(organizationId, topic)[subscription] = 0;
        return subscription;
    }

    /// <summary>Publishes what this process has committed.</summary>
    internal void Publish(IReadOnlyList<LiveChange> changes)
    {
        if (changes.Count == 0) return;
        Deliver(changes);
        PublishedHere?.Invoke(changes);
    }

    /// <summary>Delivers what another replica has committed (or this one, from <see cref="Publish"/>).</summary>
    internal void Deliver(IReadOnlyList<LiveChange> changes)
    {
        // Before anybody is told: who asks because of this change must not be given an answer from before it.
        foreach (var organization in changes.Select(c => c.OrganizationId).Distinct()) _numbers.AddOrUpdate(organization, 1, static (_, n) => n + 1);
        Heard?.Invoke(changes);
        foreach (var change in changes)
        {
            Deliver(change.OrganizationId, change);
            // Lists of organizations are watched at the platform.
            if (change.Topic == LiveTopic.Organizations && change.OrganizationId != Guid.Empty) Deliver(Guid.Empty, change);
        }
    }

    /// <summary>After a gap in the relay nobody knows what was missed: everyone loads again.</summary>
    internal void Resync()
    {
        Interlocked.Increment(ref _resyncs);
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var ((organization, topic), set) in _subscriptions)
        {
            foreach (var subscription in set.Keys) subscription.Add(new LiveChange(organization, topic, "*", 0, now));
        }
    }

    /// <summary>Differs from an earlier answer if a change of the organization has been heard of in between.</summary>
    internal long NumberOf(Guid organizationId) => _numbers.GetValueOrDefault(organizationId) + Interlocked.Read(ref _resyncs);

    private void Deliver(Guid organization, LiveChange change)
    {
        if (!_subscriptions.TryGetValue((organization, change.Topic), out var set)) return;
        foreach (var subscription in set.Keys) subscription.Add(change);
    }

    private ConcurrentDictionary<Subscription, byte> Set(Guid organization, string topic) =>
        _subscriptions.GetOrAdd((organization, topic), _ => new());

    private void Remove(Subscription subscription)
    {
        foreach (var topic in subscription.Topics)
        {
            if (_subscriptions.TryGetValue((subscription.OrganizationId, topic), out var set)) set.TryRemove(subscription, out _);
        }
    }

    private sealed class Subscription(LiveUpdates owner, Guid organizationId, string[] topics, Func<IReadOnlyList<LiveChange>, Task> onChanged, TimeProvider clock, ILogger log) : IAsyncDisposable
    {
        private readonly Lock _gate = new();
        private Dictionary<(string, string), LiveChange> _pending = [];
        private bool _running;
        private bool _disposed;

        public Guid OrganizationId => organizationId;

        public string[] Topics => topics;

        public void Add(LiveChange change)
        {
            lock (_gate)
            {
                if (_disposed) return;
                if (_pending.Count >= MaxPending) change = change with { Id = "*", Version = 0 };
                _pending[(change.Topic, change.Id)] = change;
                if (_running) return;
                _running = true;
            }

            _ = Task.Run(RunAsync);
        }

        public ValueTask DisposeAsync()
        {
            lock (_gate)
            {
                _disposed = true;
                _pending = [];
            }

            owner.Remove(this);
            return ValueTask.CompletedTask;
        }

        private async Task RunAsync()
        {
            while (true)
            {
                List<LiveChange> batch;
                lock (_gate)
                {
                    if (_pending.Count == 0 || _disposed)
                    {
                        _running = false;
                        return;
                    }

                    batch = [.. _pending.Values];
                    _pending = [];
                }

                try
                {
                    await onChanged(batch);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    // One of the four edges: a subscriber's failure must not reach the others or the publisher.
                    if (!_disposed) log.LogWarning(e, "A subscriber of {Topics} failed", string.Join(',', topics));
                }

                await Task.Delay(MinInterval, clock);
            }
        }
    }
}
