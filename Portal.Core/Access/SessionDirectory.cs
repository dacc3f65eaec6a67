using System.Collections.Concurrent;
using Hexabase.Portal.Access.Policies;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access;

/// <summary>A signed-in person as the portal knows them at the moment.</summary>
/// <param name="Culture">"en", "ja" or null.</param>
/// <param name="TimeZone">IANA or null.</param>
/// <param name="Theme">"light", "dark" or null.</param>
public sealed record SessionIdentity(
    Guid SessionId, Guid UserId, string UserName, string DisplayName, string? Culture, string? TimeZone, string? Theme, DateTime ExpiresAtUtc, IReadOnlyList<Grant> Grants,
    string Method, DateTime? MfaAtUtc, Guid? ConnectionId = null)
{
    public Actor ToActor() => new() { Kind = ActorKind.Person, Id = UserId, Name = UserName, Grants = Grants, SessionId = SessionId, MfaAtUtc = MfaAtUtc, ConnectionId = ConnectionId };
}

/// <summary>
/// Finds sessions and what their person may do now. Answers are kept for two seconds; a revocation or a change of roles here forgets at once, one on
/// another replica by the live relay, at the latest after the moment.
/// </summary>
public sealed class SessionDirectory : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SeenInterval = TimeSpan.FromMinutes(1);
    private readonly PortalDatabase _database;
    private readonly LiveUpdates _live;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _idle;
    private readonly ILogger<SessionDirectory> _log;
    private readonly IAsyncDisposable _subscription;
    private readonly ConcurrentDictionary<Guid, (SessionIdentity Session, long At)> _found = new();
    private long _forgotten;

    public SessionDirectory(PortalDatabase database, LiveUpdates live, TimeProvider clock, IOptions<AccessOptions> options, ILogger<SessionDirectory> log)
    {
        (_database, _live, _clock, _log) = (database, live, clock, log);
        _idle = TimeSpan.FromMinutes(options.Value.SessionIdleMinutes);
        _live.PublishedHere += Forget;
        _subscription = live.Subscribe(Guid.Empty, [LiveTopic.Sessions], changes =>
        {
            Forget(changes);
            return Task.CompletedTask;
        });
    }

    /// <summary>Null for a session that ended: revoked, expired, idle too long, or its person was removed.</summary>
    public async Task<SessionIdentity?> FindAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(sessionId, out var known) && _clock.GetElapsedTime(known.At) < Moment) return known.Session;
        var at = _clock.GetTimestamp();
        var forgotten = Interlocked.Read(ref _forgotten);
        var now = _clock.GetUtcNow().UtcDateTime;
        SessionIdentity session;
        DateTime lastSeen;
        await using (var open = await _database.OpenAsync(DataScope.Platform, forWriting: false, cancellationToken))
        {
            var row = await Holding(open.Db, now).Where(s => s.Id == sessionId)
                .Join(open.Db.Set<User>(), s => s.UserId, u => u.Id, (s, u) => new { s.Id, s.UserId, s.CreatedAtUtc, s.LastSeenAtUtc, s.ExpiresAtUtc, u.UserName, u.DisplayName, u.Culture, u.TimeZone, u.Theme, s.Method, s.MfaAtUtc, s.ConnectionId })
                .SingleOrDefaultAsync(cancellationToken);
            if (row is null || (await SessionRules.EndedAsync(open.Db, [new SessionAge(row.Id, row.UserId, row.CreatedAtUtc, row.LastSeenAtUtc)], now, cancellationToken)).Count > 0) return null;
            var grants = await Sso.Entry.SsoSessionGrants.NarrowAsync(open.Db, row.UserId, row.Method, row.ConnectionId, row.CreatedAtUtc, await GrantsAsync(open.Db, row.UserId, cancellationToken), cancellationToken);
            session = new SessionIdentity(row.Id, row.UserId, row.UserName, row.DisplayName, row.Culture, row.TimeZone, row.Theme, row.ExpiresAtUtc, grants, row.Method, row.MfaAtUtc, row.ConnectionId);
            lastSeen = row.LastSeenAtUtc;
        }

        if (session.Grants.Count == 0)
        {
            // Removed from the last organization: the session ends for good, also when the person is invited again later.
            await WriteAsync([sessionId], revoke: true, cancellationToken);
            return null;
        }

        if (now - lastSeen > SeenInterval) await WriteAsync([sessionId], revoke: false, cancellationToken);
        if (_found.Count > 20_000) _found.Clear();
        // What changed while it was read is not kept: the next question reads again.
        if (forgotten == Interlocked.Read(ref _forgotten)) _found[sessionId] = (session, at);
        return session;
    }

    /// <summary>Those of the sessions that still hold; marks them as seen, since a page of theirs is open.</summary>
    public async Task<IReadOnlySet<Guid>> StillHoldingAsync(IReadOnlyCollection<Guid> ids, bool seen, CancellationToken cancellationToken)
    {
        List<Guid> holding;
        await using (var open = await _database.OpenAsync(DataScope.Platform, forWriting: false, cancellationToken))
        {
            var db = open.Db;
            var now = _clock.GetUtcNow().UtcDateTime;
            var ages = await Holding(db, now).Where(s => ids.Contains(s.Id)
                    && (s.ConnectionId == null || db.Set<Sso.Connections.SsoConnection>().Any(c => c.Id == s.ConnectionId && c.IsEnabled))
                    && (s.Method == SignInMethods.BreakGlass || db.Set<RoleBinding>().Any(b => b.PrincipalId == s.UserId && b.Scope == GrantScope.Platform) || db.Set<Member>().Any(m => m.UserId == s.UserId && m.IsActive)))
                .Select(s => new SessionAge(s.Id, s.UserId, s.CreatedAtUtc, s.LastSeenAtUtc)).ToListAsync(cancellationToken);
            var ended = await SessionRules.EndedAsync(db, ages, now, cancellationToken);
            holding = [.. ages.Select(s => s.Id).Where(id => !ended.Contains(id))];
        }

        if (seen && holding.Count > 0) await WriteAsync(holding, revoke: false, cancellationToken);
        return holding.ToHashSet();
    }

    public ValueTask DisposeAsync()
    {
        _live.PublishedHere -= Forget;
        return _subscription.DisposeAsync();
    }

    /// <summary>Platform bindings, and bindings in organizations whose member the person still is: their own and those of their groups.</summary>
    internal static async Task<List<Grant>> GrantsAsync(PortalDbContext db, Guid userId, CancellationToken cancellationToken)
    {
        // What is over does not even reach the organization; what ends while the answer is kept is left out by the decision.
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var own = await db.Set<RoleBinding>()
            .Where(b => b.PrincipalKind == PrincipalKind.Person && b.PrincipalId == userId && (b.ExpiresAtUtc == null || b.ExpiresAtUtc > now)
                && (b.Scope == GrantScope.Platform || db.Set<Member>().Any(m => m.UserId == userId && m.OrganizationId == b.OrganizationId && m.IsActive)))
            .OrderBy(b => b.CreatedAtUtc).ThenBy(b => b.Id)
            .Select(b => new Grant(b.Role, b.Scope, b.Scope == GrantScope.Platform ? null : b.OrganizationId, b.ScopeId, b.Id) { Condition = b.Conditions, ExpiresAtUtc = b.ExpiresAtUtc })
            .ToListAsync(cancellationToken);
        var ofGroups = await db.Set<Member>().Where(m => m.UserId == userId && m.IsActive)
            .Join(db.Set<Groups.GroupMember>(), m => m.Id, g => g.MemberId, (m, g) => new { m.OrganizationId, g.GroupId })
            .Join(db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.Group && b.Scope != GrantScope.Platform), g => g.GroupId, b => b.PrincipalId, (g, b) => new { g.OrganizationId, Binding = b })
            .Where(g => g.OrganizationId == g.Binding.OrganizationId && (g.Binding.ExpiresAtUtc == null || g.Binding.ExpiresAtUtc > now))
            .OrderBy(g => g.Binding.CreatedAtUtc).ThenBy(g => g.Binding.Id)
            .Select(g => new Grant(g.Binding.Role, g.Binding.Scope, g.Binding.OrganizationId, g.Binding.ScopeId, g.Binding.Id) { Condition = g.Binding.Conditions, ExpiresAtUtc = g.Binding.ExpiresAtUtc })
            .ToListAsync(cancellationToken);
        own.AddRange(ofGroups);
        await Roles.RoleLookup.ResolveAsync(db, own, cancellationToken);
        return own;
    }

    private IQueryable<Session> Holding(PortalDbContext db, DateTime now)
    {
        var idleSince = now - _idle;
        return db.Set<Session>().Where(s => s.RevokedAtUtc == null && s.ExpiresAtUtc > now && s.LastSeenAtUtc > idleSince && db.Set<User>().Any(u => u.Id == s.UserId && u.IsActive));
    }

    private async Task WriteAsync(List<Guid> ids, bool revoke, CancellationToken cancellationToken)
    {
        try
        {
            await using var open = await _database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
            var now = _clock.GetUtcNow().UtcDateTime;
            var rows = open.Db.Set<Session>().Where(s => ids.Contains(s.Id));
            if (revoke) await rows.ExecuteUpdateAsync(u => u.SetProperty(s => s.RevokedAtUtc, now), cancellationToken);
            else await rows.ExecuteUpdateAsync(u => u.SetProperty(s => s.LastSeenAtUtc, now), cancellationToken);
            await open.CommitAsync(cancellationToken);
        }
        catch (Exception e) when (_database.Engine.AsOutage(e) is not null || _database.Engine.IsRetryable(e))
        {
            _log.LogDebug(e, "The last use of {Count} sessions was not noted", ids.Count);
        }
    }

    private void Forget(IReadOnlyList<LiveChange> changes)
    {
        foreach (var change in changes)
        {
            if (change.Topic is LiveTopic.Sessions or LiveTopic.People)
            {
                // Changes are rare and a lookup is cheap: everything is read again.
                Interlocked.Increment(ref _forgotten);
                _found.Clear();
                return;
            }
        }
    }
}
