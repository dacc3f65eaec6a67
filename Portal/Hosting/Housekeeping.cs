using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Sso.Connections;

namespace Hexabase.Portal.Hosting;

/// <summary>Once an hour: removes what has expired.</summary>
internal sealed class Housekeeping(IdempotencyStore idempotency, SsoTrace attempts, TimeProvider clock, ILogger<Housekeeping> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await SweepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The portal stops.
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await idempotency.SweepAsync(cancellationToken);
            await attempts.SweepAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning("Expired rows were not removed; the next hour tries again: {Reason}", e.Message);
        }
    }
}
