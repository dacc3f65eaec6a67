using System.Collections.Concurrent;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Access;

/// <summary>A token that was presented and holds.</summary>
/// <param name="OwnerMemberId">The owner as a member of the organization; null for an owner of the platform, and for none.</param>
public sealed record TokenIdentity(
    Guid Id, Guid OrganizationId, string Name, string Role, IReadOnlyList<string> Scopes, Guid? OwnerUserId, DateTime ExpiresAtUtc, Guid? ServiceAccountId = null, Guid? OwnerMemberId = null)
{
    /// <summary>The service account's name and what it may do now; null for a token that acts by itself.</summary>
    internal (string Name, IReadOnlyList<Grant> Grants)? Account { get; init; }

    /// <summary>What the role carries where it is the organization's own; null for built-in ones.</summary>
    internal IReadOnlyList<string>? Permissions { get; init; }

    public Actor ToActor() => Account is { } account && ServiceAccountId is { } id
        ? new() { Kind = ActorKind.ServiceAccount, Id = id, Name = account.Name, Grants = account.Grants, PermissionLimit = Scopes.Count > 0 ? Scopes : null }
        : new()
        {
            Kind = ActorKind.Token,
            Id = Id,
            Name = Name,
            Grants = [OrganizationId == Guid.Empty ? new Grant(Role, GrantScope.Platform, null) : new Grant(Role, GrantScope.Organization, OrganizationId) { Permissions = Permissions }],
            PermissionLimit = Scopes.Count > 0 ? Scopes : null,
        };
}

/// <summary>
/// Finds bearer tokens. Answers are kept for a few seconds, since programs call often; a revocation here forgets at once, one on another replica by the
/// live relay, at the latest after the moment. What is not found is asked again each time.
/// </summary>
public sealed class TokenDirectory : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan UseInterval = TimeSpan.FromMinutes(1);
    private readonly PortalDatabase _database;
    private readonly LiveUpdates _live;
    private readonly TimeProvider _clock;
    private readonly ILogger<TokenDirectory> _log;
    private readonly IAsyncDisposable _subscription;
    private readonly ConcurrentDictionary<string, (TokenIdentity Token, long At)> _found = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, long> _used = new();

    public TokenDirectory(PortalDatabase database, LiveUpdates live, TimeProvider clock, ILogger<TokenDirectory> log)
    {
        (_database, _live, _clock, _log) = (database, live, clock, log);
        _live.PublishedHere += Forget;
        _subscription = live.Subscribe(Guid.Empty, [LiveTopic.Tokens], changes =>
        {
            Forget(changes);
            return Task.CompletedTask;
        });
    }

    /// <summary>Null for anything that does not hold: unknown, expired, revoked, or its owner is gone.</summary>
    public async Task<TokenIdentity?> FindAsync(string token, CancellationToken cancellationToken)
    {
        // Tokens of our own form carry a checksum; what fails it cannot be stored. Other forms are the operator's bootstrap token.
        if (token.Length is < 20 or > 512 || (token.StartsWith(TokenText.Prefix, StringComparison.Ordinal) && token.Length == 53 && !TokenText.IsWellFormed(token))) return null;
        var hash = TokenText.Hash(token);
        var key = Convert.ToBase64String(hash);
        var now = _clock.GetUtcNow().UtcDateTime;
        if (_found.TryGetValue(key, out var known) && _clock.GetElapsedTime(known.At) < Moment) return known.Token.ExpiresAtUtc > now ? known.Token : null;
        var at = _clock.GetTimestamp();
        var found = await _database.ReadAsync(
            DataScope.Platform,
            async db =>
            {
                var token = await Holding(db, now).Where(t => t.Hash == hash || (t.PreviousHash == hash && t.PreviousUntilUtc > now))
                    .Select(t => new TokenIdentity(t.Id, t.OrganizationId, t.Name, t.Role, t.Scopes, t.OwnerUserId, t.ExpiresAtUtc, t.ServiceAccountId,
                        db.Set<Member>().Where(m => m.UserId == t.OwnerUserId && m.OrganizationId == t.OrganizationId).Select(m => (Guid?)m.Id).FirstOrDefault()))
                    .SingleOrDefaultAsync(cancellationToken);
                if (token is null) return null;
                if (token.ServiceAccountId is not { } id)
                {
                    var grants = new List<Grant> { new(token.Role, GrantScope.Organization, token.OrganizationId) };
                    await Roles.RoleLookup.ResolveAsync(db, grants, cancellationToken);
                    return token with { Permissions = grants[0].Permissions };
                }

                var name = await db.Set<ServiceAccount>().Where(a => a.Id == id).Select(a => a.Name).SingleOrDefaultAsync(cancellationToken);
                return token with { Account = (name ?? token.Name, await ServiceAccount.GrantsAsync(db, token.OrganizationId, id, cancellationToken)) };
            },
            cancellationToken);
        if (found is null) return null;
        if (_found.Count > 10_000) _found.Clear();
        _found[key] = (found, at);
        return found;
    }

    /// <summary>Whether the text was ever a token here, revoked and expired ones included.</summary>
    public async Task<bool> IsKnownAsync(string token, CancellationToken cancellationToken)
    {
        var hash = TokenText.Hash(token);
        return await _database.ReadAsync(DataScope.Platform, db => db.Set<ApiToken>().AnyAsync(t => t.Hash == hash || t.PreviousHash == hash, cancellationToken), cancellationToken);
    }

    /// <summary>Those of the tokens that still hold; for open connections.</summary>
    public async Task<IReadOnlySet<Guid>> StillHoldingAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        (await _database.ReadAsync(DataScope.Platform, db => Holding(db, _clock.GetUtcNow().UtcDateTime).Where(t => ids.Contains(t.Id)).Select(t => t.Id).ToListAsync(cancellationToken), cancellationToken)).ToHashSet();

    /// <summary>The person with whom a token ends; null for the operator's.</summary>
    public Task<Guid?> OwnerAsync(Guid tokenId, CancellationToken cancellationToken) =>
        _database.ReadAsync(DataScope.Platform, db => db.Set<ApiToken>().Where(t => t.Id == tokenId).Select(t => t.OwnerUserId).SingleOrDefaultAsync(cancellationToken), cancellationToken);

    /// <summary>Notes the use, at most once a minute and token; a failure costs nothing but the note.</summary>
    public async Task NoteUseAsync(TokenIdentity token, string? ipAddress, CancellationToken cancellationToken)
    {
        if (_used.TryGetValue(token.Id, out var at) && _clock.GetElapsedTime(at) < UseInterval) return;
        _used[token.Id] = _clock.GetTimestamp();
        try
        {
            await using var open = await _database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
            var now = _clock.GetUtcNow().UtcDateTime;
            var changed = await open.Db.Set<ApiTokenUse>().Where(u => u.Id == token.Id).ExecuteUpdateAsync(s => s.SetProperty(u => u.LastUsedAtUtc, now).SetProperty(u => u.IpAddress, ipAddress), cancellationToken);
            if (changed == 0)
            {
                open.Db.Add(new ApiTokenUse { Id = token.Id, OrganizationId = token.OrganizationId, LastUsedAtUtc = now, IpAddress = ipAddress });
#pragma warning disable RS0030 // A counter, not a change of anybody's data.
                await open.Db.SaveChangesAsync(cancellationToken);
#pragma warning restore RS0030
            }

            await open.CommitAsync(cancellationToken);
        }
        catch (Exception e) when (_database.Engine.AsOutage(e) is not null || _database.Engine.IsUniqueViolation(e) || _database.Engine.IsRetryable(e))
        {
            _log.LogDebug(e, "The use of token {Token} was not noted", token.Id);
        }
    }

    public ValueTask DisposeAsync()
    {
        _live.PublishedHere -= Forget;
        return _subscription.DisposeAsync();
    }

    /// <summary>Tokens that are neither expired nor revoked and whose owner still belongs to the place.</summary>
    private static IQueryable<ApiToken> Holding(PortalDbContext db, DateTime now) => db.Set<ApiToken>().Where(t => t.RevokedAtUtc == null && t.ExpiresAtUtc > now
        && (t.ServiceAccountId == null || ServiceAccount.Holding(db).Any(a => a.Id == t.ServiceAccountId))
        && (t.OwnerUserId == null || (db.Set<User>().Any(u => u.Id == t.OwnerUserId && u.IsActive)
            && (db.Set<Member>().Any(m => m.UserId == t.OwnerUserId && m.OrganizationId == t.OrganizationId && m.IsActive)
                || db.Set<RoleBinding>().Any(b => b.PrincipalId == t.OwnerUserId && b.Scope == GrantScope.Platform)))));

    private void Forget(IReadOnlyList<LiveChange> changes)
    {
        foreach (var change in changes)
        {
            if (change.Topic is LiveTopic.Tokens or LiveTopic.Sessions)
            {
                // Changes are rare and a lookup is cheap: everything is read again.
                _found.Clear();
                return;
            }

            // Those of a person are not rare: an identity provider that synchronises changes hundreds a second with one token.
            if (change.Topic != LiveTopic.People) continue;
            foreach (var (key, known) in _found)
                if (known.Token.OwnerUserId is not null && (known.Token.OwnerMemberId is not { } owner || change.Id == "*" || change.Id == owner.ToString())) _found.TryRemove(key, out _);
        }
    }
}
