using System.Collections.Concurrent;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Hosting;

namespace Hexabase.Portal.Access;

/// <summary>
/// Counts what is refused before anybody is known (bad tokens, throttled sign-ins) and leaves one audit entry per source, reason and minute in the
/// platform's log, so that an attack is visible and cannot flood the log.
/// </summary>
public sealed class RefusalLog(IPortal portal, TimeProvider clock) : BackgroundService
{
    private const int MaxSources = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private ConcurrentDictionary<(string Source, string Code), int> _counts = new();

    public void Count(string source, string code)
    {
        var counts = _counts;
        // Beyond a thousand sources a minute the rest is counted together.
        var key = counts.Count < MaxSources ? (source, code) : ("others", code);
        counts.AddOrUpdate(key, 1, (_, n) => n + 1);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The last minute is written before the end.
            }

            await FlushAsync(CancellationToken.None);
        }
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_counts.IsEmpty) return;
        var counts = Interlocked.Exchange(ref _counts, new());
        foreach (var ((source, code), count) in counts)
            await portal.SendAsync(Actor.System("edge") with { IpAddress = source }, new RecordRefusals(source, code, count), cancellationToken);
    }

    private sealed record RecordRefusals(string Source, string Code, int Times) : Command<Done>
    {
        public override string Action => "access.refused";

        public override Permission? Permission => AccessPermissions.PlatformOperate;

        public override Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
        {
            scope.Audit("address", Guid.Empty, Source);
            return Task.FromResult<Result<Done>>(new Problem(ProblemKind.Forbidden, Code, $"{Times} requests refused within a minute ({Code})"));
        }
    }
}
