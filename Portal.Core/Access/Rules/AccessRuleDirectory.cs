using System.Collections.Concurrent;
using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Rules;

/// <summary>
/// The rules of organizations for the gateway, which asks for them with each message, and for pages, which offer what the gateway would allow. Answers are kept for a few seconds; a change
/// forgets its organization's before anybody is told of it, here at once and on other replicas by the live relay, at the latest after the moment.
/// </summary>
public sealed class AccessRuleDirectory : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(3);
    private readonly PortalDatabase _database;
    private readonly LiveUpdates _live;
    private readonly TimeProvider _clock;
    private readonly IAsyncDisposable _subscription;
    private readonly ConcurrentDictionary<Guid, (RuleSet Rules, long At)> _found = new();
    private long _forgotten;

    public AccessRuleDirectory(PortalDatabase database, LiveUpdates live, TimeProvider clock)
    {
        (_database, _live, _clock) = (database, live, clock);
        _live.Heard += Forget;
        // After a gap in the relay all is asked anew.
        _subscription = live.Subscribe(Guid.Empty, [LiveTopic.Roles], changes =>
        {
            if (changes.Any(c => c.Id == "*")) ForgetAll();
            return Task.CompletedTask;
        });
    }

    public async ValueTask<RuleSet> FindAsync(Guid organizationId, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(organizationId, out var known) && _clock.GetElapsedTime(known.At) < Moment) return known.Rules;
        var (at, forgotten) = (_clock.GetTimestamp(), Interlocked.Read(ref _forgotten));
        var rows = await _database.ReadAsync(DataScope.Of(organizationId), db => db.Set<AccessRule>().AsNoTracking().OrderBy(r => r.Name).ThenBy(r => r.Id).ToListAsync(cancellationToken), cancellationToken);
        var rules = new RuleSet(organizationId, rows.Select(Compile));
        if (_found.Count > 10_000) _found.Clear();
        // What changed while it was read is not kept.
        if (forgotten == Interlocked.Read(ref _forgotten)) _found[organizationId] = (rules, at);
        return rules;
    }

    /// <summary>Somebody with the rules of the organization they look at, so that pages decide as the gateway does; <see cref="Guid.Empty"/> = the platform, which has none.</summary>
    public async ValueTask<Actor> StandAsync(Actor actor, Guid organizationId, CancellationToken cancellationToken) =>
        actor with { Rules = organizationId == Guid.Empty || actor.Kind == ActorKind.Anonymous ? null : await FindAsync(organizationId, cancellationToken) };

    public ValueTask DisposeAsync()
    {
        _live.Heard -= Forget;
        return _subscription.DisposeAsync();
    }

    internal static CompiledRule Compile(AccessRule rule) =>
        new(rule.Id, rule.Name, rule.Kind, rule.Permission ?? "", rule.Condition is null ? null : Condition.OfStored(rule.Condition));

    private void Forget(IReadOnlyList<LiveChange> changes)
    {
        foreach (var change in changes.Where(c => c.Topic == LiveTopic.Roles))
        {
            Interlocked.Increment(ref _forgotten);
            _found.TryRemove(change.OrganizationId, out _);
        }
    }

    private void ForgetAll()
    {
        Interlocked.Increment(ref _forgotten);
        _found.Clear();
    }
}
