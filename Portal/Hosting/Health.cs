using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// <c>/health</c>: the process answers. <c>/ready</c>: it can serve, which needs the database, its schema, a clock that agrees with the database's, and disk space; a failing check is named.
/// </summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", () => Results.Json(new { status = "ok" })).ExcludeFromDescription();
        routes.MapGet("/ready", async (ReadyCheck ready, CancellationToken cancellationToken) =>
        {
            var checks = await ready.RunAsync(cancellationToken);
            var failed = checks.Where(c => c.Value is not null).Select(c => c.Key).ToList();
            return Results.Json(new { status = failed.Count == 0 ? "ready" : "notReady", failed, checks = checks.ToDictionary(c => c.Key, c => c.Value ?? "ok", StringComparer.Ordinal) }, statusCode: failed.Count == 0 ? 200 : 503);
        }).ExcludeFromDescription();
    }
}

/// <summary>The checks of <c>/ready</c>; each answers null or, without detail that helps an attacker, what is wrong. Answers are kept for a second.</summary>
public sealed class ReadyCheck(PortalStartup startup, DatabaseState database, TimeProvider clock, IServiceProvider services) : IDisposable
{
    private const long MinFreeBytes = 256L * 1024 * 1024;
    private static readonly TimeSpan MaxDrift = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _one = new(1, 1);
    private (long At, IReadOnlyDictionary<string, string?> Checks)? _last;

    public async Task<IReadOnlyDictionary<string, string?>> RunAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && clock.GetElapsedTime(last.At) < Moment) return last.Checks;
            var (reason, now) = await database.LookAsync(Patience, cancellationToken);
            var drift = now is { } databaseTime ? (clock.GetUtcNow().UtcDateTime - databaseTime).Duration() : TimeSpan.Zero;
            var checks = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["database"] = reason,
                ["migrations"] = startup.IsDone ? null : "the schema is not current yet",
                ["clock"] = drift > MaxDrift ? $"differs from the database's by {(int)drift.TotalSeconds} s" : null,
                ["disk"] = Disk(),
            };
            _last = (clock.GetTimestamp(), checks);
            return checks;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private string? Disk()
    {
        var directory = services.GetService<PortalGround>()?.DataDirectory ?? Path.GetTempPath();
        while (!Directory.Exists(directory) && Path.GetDirectoryName(directory) is { Length: > 0 } parent) directory = parent;
        try
        {
            var free = new DriveInfo(directory).AvailableFreeSpace;
            return free < MinFreeBytes ? $"{free / (1024 * 1024)} MB are free" : null;
        }
        catch (IOException)
        {
            return "the data directory cannot be read";
        }
    }
}
