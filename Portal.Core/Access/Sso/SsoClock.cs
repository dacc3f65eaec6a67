namespace Hexabase.Portal.Access.Sso;

/// <summary>How far the clocks of a provider and the portal may be apart.</summary>
internal static class SsoClock
{
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <summary>What a provider says now was made now: a token that is older was kept back by somebody.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>A time from outside is never added to, since it may be the last one there is.</summary>
    public static bool IsOver(DateTimeOffset end, DateTimeOffset now) => end <= now - Skew;

    public static bool IsAhead(DateTimeOffset? start, DateTimeOffset now) => start > now + Skew;

    public static bool IsOld(DateTimeOffset made, DateTimeOffset now) => made < now - Skew - MaxAge;

    /// <summary>Until when something that counts until then must be remembered as used; at the latest when it would be too old anyway.</summary>
    public static DateTimeOffset Remember(DateTimeOffset until, DateTimeOffset now)
    {
        var latest = now + MaxAge + Skew + Skew;
        return until < latest - Skew ? until + Skew : latest;
    }
}
