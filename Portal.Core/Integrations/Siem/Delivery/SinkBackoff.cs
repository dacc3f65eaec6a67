using System.Security.Cryptography;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Exponential back-off with full jitter: anything from nothing to 1 s, 2 s, 4 s ... up to the longest pause, so that sinks that failed together do not come back together.</summary>
internal static class SinkBackoff
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <param name="failures">In a row, from 1.</param>
    /// <param name="retryAfter">What the receiver asked for; at least that, at most an hour.</param>
    public static TimeSpan Pause(int failures, TimeSpan? retryAfter, TimeSpan max)
    {
        var ceiling = Math.Min(max.TotalMilliseconds, 1000 * Math.Pow(2, Math.Clamp(failures - 1, 0, 20)));
        var jitter = TimeSpan.FromMilliseconds(50 + RandomNumberGenerator.GetInt32((int)ceiling));
        if (retryAfter is not { } asked) return jitter;
        return asked > Longest ? Longest : asked > jitter ? asked : jitter;
    }
}
