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
        if (await _database.ReadAsync(DataScope.Platform, db => ReadAsync(db, sessionId, now, cancellationToken), cancellationToken) is not { } found) return null;
        var (session, lastSeen) = found;
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
        var holding = await _database.ReadAsync(DataScope.Platform, db => HoldingAsync(db, ids, cancellationToken), cancellationToken);
        if (seen && holding.Count > 0) await WriteAsync(holding, revoke: false, cancellationToken);
        return holding.ToHashSet();
    }

    public ValueTask DisposeAsync()
    {
        _live.PublishedHere -= Forget;
        return _subscription.DisposeAsync();
    }

    private async Task<(SessionIdentity Session, DateTime LastSeenAtUtc)?> ReadAsync(PortalDbContext db, Guid sessionId, DateTime now, CancellationToken cancellationToken)
    {
        var row = await Holding(db, now).Where(s => s.Id == sessionId)
            .Join(db.Set<User>(), s => s.UserId, u => u.Id, (s, u) => new { s.Id, s.UserId, s.CreatedAtUtc, s.LastSeenAtUtc, s.ExpiresAtUtc, u.UserName, u.DisplayName, u.Culture, u.TimeZone, u.Theme, s.Method, s.MfaAtUtc, s.ConnectionId })
            .SingleOrDefaultAsync(cancellationToken);
        if (row is null || (await SessionRules.EndedAsync(db, [new SessionAge(row.Id, row.UserId, row.CreatedAtUtc, row.LastSeenAtUtc)], now, cancellationToken)).Count > 0) return null;
        var grants = await Sso.Entry.SsoSessionGrants.NarrowAsync(db, row.UserId, row.Method, row.ConnectionId, row.CreatedAtUtc, await GrantsAsync(db, row.UserId, cancellationToken), cancellationToken);
        return (new SessionIdentity(row.Id, row.UserId, row.UserName, row.DisplayName, row.Culture, row.TimeZone, row.Theme, row.ExpiresAtUtc, grants, row.Method, row.MfaAtUtc, row.ConnectionId), row.LastSeenAtUtc);
    }

    private async Task<List<Guid>> HoldingAsync(PortalDbContext db, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        var ages = await Holding(db, now).Where(s => ids.Contains(s.Id)
                && (s.ConnectionId == null || db.Set<Sso.Connections.SsoConnection>().Any(c => c.Id == s.ConnectionId && c.IsEnabled))
                && (s.Method == SignInMethods.BreakGlass || db.Set<RoleBinding>().Any(b => b.PrincipalId == s.UserId && b.Scope == GrantScope.Platform) || db.Set<Member>().Any(m => m.UserId == s.UserId && m.IsActive)))
            .Select(s => new SessionAge(s.Id, s.UserId, s.CreatedAtUtc, s.LastSeenAtUtc)).ToListAsync(cancellationToken);
        var ended = await SessionRules.EndedAsync(db, ages, now, cancellationToken);
        return [.. ages.Select(s => s.Id).Where(id => !ended.Contains(id))];
    }

    /// <summary>Platform bindings, and bindings in organizations whose member the person still is: their own and those of their groups.</summary>
    internal static async Task<List<Grant>> GrantsAsync(PortalDbContext db, Guid userId, CancellationToken cancellationToken)
    {
        var own = await BindingGrants.ReadAsync(
            db,
            db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.Person && b.PrincipalId == userId
                && (b.Scope == GrantScope.Platform || db.Set<Member>().Any(m => m.UserId == userId && m.OrganizationId == b.OrganizationId && m.IsActive))),
            cancellationToken);
        var ofGroups = db.Set<Member>().Where(m => m.UserId == userId && m.IsActive)
            .Join(db.Set<Groups.GroupMember>(), m => m.Id, g => g.MemberId, (m, g) => new { m.OrganizationId, g.GroupId })
            .Join(db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.Group && b.Scope != GrantScope.Platform), g => g.GroupId, b => b.PrincipalId, (g, b) => new { g.OrganizationId, Binding = b })
            .Where(g => g.OrganizationId == g.Binding.OrganizationId).Select(g => g.Binding);
        own.AddRange(await BindingGrants.ReadAsync(db, ofGroups, cancellationToken));
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
