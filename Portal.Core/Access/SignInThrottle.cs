using System.Collections.Concurrent;

namespace Hexabase.Portal.Access;

/// <summary>
/// Slows guessing down. A source address that failed five times waits ever longer (429 with Retry-After, up to a minute); a user name that is tried
/// from many places is answered late, never locked, so that nobody can shut a person out. In memory of one replica; forgotten after a quarter of an hour.
/// </summary>
public sealed class SignInThrottle(TimeProvider clock)
{
    private const int FreeAttempts = 5;
    private const int MaxKeys = 50_000;
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<string, Attempts> _bySource = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Attempts> _byName = new(StringComparer.Ordinal);

    /// <summary>Counts the attempt as failed until <see cref="Succeeded"/> says otherwise, so that parallel attempts count too. Seconds to wait, or null when it may be made.</summary>
    public int? Begin(string source)
    {
        var attempts = Of(_bySource, source);
        lock (attempts)
        {
            var now = clock.GetUtcNow();
            if (now - attempts.LastAt > Memory) attempts.Count = 0;
            if (attempts.Count >= FreeAttempts)
            {
                var wait = Wait(attempts.Count - FreeAttempts, TimeSpan.FromSeconds(2), LongestWait) - (now - attempts.LastAt);
                if (wait > TimeSpan.Zero) return (int)Math.Ceiling(wait.TotalSeconds);
            }

            attempts.Count++;
            attempts.LastAt = now;
            return null;
        }
    }

    /// <summary>How late an attempt on this user name is answered.</summary>
    public TimeSpan DelayFor(string normalizedUserName)
    {
        if (!_byName.TryGetValue(normalizedUserName, out var attempts)) return TimeSpan.Zero;
        lock (attempts)
        {
            if (clock.GetUtcNow() - attempts.LastAt > Memory) attempts.Count = 0;
            return attempts.Count < FreeAttempts ? TimeSpan.Zero : Wait(attempts.Count - FreeAttempts, TimeSpan.FromMilliseconds(250), LongestDelay);
        }
    }

    public void Failed(string normalizedUserName)
    {
        var attempts = Of(_byName, normalizedUserName);
        lock (attempts)
        {
            attempts.Count++;
            attempts.LastAt = clock.GetUtcNow();
        }
    }

    public void Succeeded(string source, string normalizedUserName)
    {
        _bySource.TryRemove(source, out _);
        _byName.TryRemove(normalizedUserName, out _);
    }

    private static TimeSpan Wait(int excess, TimeSpan first, TimeSpan longest)
    {
        var wait = first * Math.Pow(2, Math.Min(excess, 10));
        return wait < longest ? wait : longest;
    }

    private Attempts Of(ConcurrentDictionary<string, Attempts> all, string key)
    {
        if (all.Count > MaxKeys)
        {
            var before = clock.GetUtcNow() - Memory;
            foreach (var (old, attempts) in all)
            {
                if (attempts.LastAt < before) all.TryRemove(old, out _);
            }

            // Many sources at once: the oldest memory is worth less than the portal's.
            if (all.Count > MaxKeys) all.Clear();
        }

        return all.GetOrAdd(key, _ => new Attempts());
    }

    private sealed class Attempts
    {
        public int Count;
        public DateTimeOffset LastAt;
    }
}
