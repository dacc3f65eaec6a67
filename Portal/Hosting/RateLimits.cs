using System.Threading.RateLimiting;
using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.RateLimiting;

namespace Hexabase.Portal.Hosting;

/// <summary>Section <c>RateLimits</c>: requests a second, and how many may come at once after a pause.</summary>
public sealed record RateLimitOptions
{
    /// <summary>Of one token or session.</summary>
    public int PerActor { get; init; } = 400;

    public int ActorBurst { get; init; } = 800;

    /// <summary>Of one address without a token.</summary>
    public int PerAddress { get; init; } = 30;

    public int AddressBurst { get; init; } = 120;
}

/// <summary>Token buckets for the API: one per token or session, a smaller one per address for callers that are not known.</summary>
internal static class RateLimits
{
    public static void AddRateLimits(this IServiceCollection services, RateLimitOptions limits) => services.AddRateLimiter(o =>
    {
        o.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
        {
            if (!ApiErrors.IsProgramPath(http.Request.Path) && !http.Request.Path.StartsWithSegments("/account") && !http.Request.Path.StartsWithSegments("/sso")) return RateLimitPartition.GetNoLimiter("");
            var user = http.User;
            if (PortalSignIn.TokenOf(user) is { } token) return Bucket($"t{token}", limits.PerActor, limits.ActorBurst);
            return PortalSignIn.SessionOf(user) is { } session ? Bucket($"s{session}", limits.PerActor, limits.ActorBurst) : Bucket($"a{http.Source()}", limits.PerAddress, limits.AddressBurst);
        });
        o.OnRejected = async (context, _) =>
        {
            var http = context.HttpContext;
            if (http.Actor().Kind == ActorKind.Anonymous) http.RequestServices.GetRequiredService<RefusalLog>().Count(http.Source(), "rate.exceeded");
            var seconds = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
            await ApiProblem.WriteAsync(http, ApiErrors.Bare(StatusCodes.Status429TooManyRequests) with { RetryAfterSeconds = seconds });
        };
    });

    private static RateLimitPartition<string> Bucket(string key, int perSecond, int burst) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = burst,
        TokensPerPeriod = Math.Max(1, perSecond / 10),
        ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
        QueueLimit = 0,
    });
}
