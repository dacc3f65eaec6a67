using System.Collections.Concurrent;
using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// Ends open connections (pages, live hub) whose session or token ended. One question to the database every two seconds for all of them, at once when this
/// or another replica says that something changed; so an end takes effect within five seconds wherever it was made.
/// </summary>
public sealed class PrincipalWatch(SessionDirectory sessions, TokenDirectory tokens, LiveUpdates live, TimeProvider clock, ILogger<PrincipalWatch> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SeenInterval = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<Guid, Entry> _open = new();
    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <param name="sessionId">One of the two ids is set.</param>
    /// <param name="ended">Called once when the session or token has ended; must be quick.</param>
    public IDisposable Register(Guid? sessionId, Guid? tokenId, Action ended)
    {
        var key = Ids.New();
        _open[key] = new Entry(sessionId, tokenId, ended);
        return new Registration(this, key);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var subscription = live.Subscribe(Guid.Empty, [LiveTopic.Sessions, LiveTopic.Tokens], _ =>
        {
            if (_wake.CurrentCount == 0) _wake.Release();
            return Task.CompletedTask;
        });
        var lastSeen = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(Interval, stoppingToken);
                var seen = clock.GetElapsedTime(lastSeen) > SeenInterval;
                if (seen) lastSeen = clock.GetTimestamp();
                await CheckAsync(seen, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The database may be away; nobody can do anything with an ended session meanwhile, and the next look follows.
                log.LogWarning("Open sessions cannot be checked: {Reason}", e.Message);
            }
        }
    }

    private async Task CheckAsync(bool seen, CancellationToken cancellationToken)
    {
        var open = _open.ToArray();
        var sessionIds = open.Select(e => e.Value.SessionId).OfType<Guid>().Distinct().ToList();
        var tokenIds = open.Select(e => e.Value.TokenId).OfType<Guid>().Distinct().ToList();
        var holdingSessions = sessionIds.Count == 0 ? new HashSet<Guid>() : await sessions.StillHoldingAsync(sessionIds, seen, cancellationToken);
        var holdingTokens = tokenIds.Count == 0 ? new HashSet<Guid>() : await tokens.StillHoldingAsync(tokenIds, cancellationToken);
        foreach (var (key, entry) in open)
        {
            var holds = (entry.SessionId is { } session && holdingSessions.Contains(session)) || (entry.TokenId is { } token && holdingTokens.Contains(token));
            if (!holds && _open.TryRemove(key, out _)) entry.Ended();
        }
    }

    private sealed record Entry(Guid? SessionId, Guid? TokenId, Action Ended);

    private sealed class Registration(PrincipalWatch owner, Guid key) : IDisposable
    {
        public void Dispose() => owner._open.TryRemove(key, out _);
    }
}
