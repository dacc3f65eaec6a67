using System.Collections.Concurrent;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Takes up every sink that nobody works for; of several replicas, one a sink by its lease.</summary>
internal sealed class SinkDelivery(
    SinkLedger ledger, IAuditFeed feed, SinkChannels channels, LiveUpdates live, IPortal portal, PortalDatabase database, TimeProvider clock, IOptions<SiemOptions> options, ILogger<SinkDelivery> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string _replica = $"{Environment.MachineName}/{Ids.Brief()}";
    private readonly ConcurrentDictionary<Guid, Task> _running = new();
    private readonly SemaphoreSlim _look = new(0);

    /// <summary>Looks for work now: a sink was made, changed or resumed.</summary>
    public void Wake() => _look.Release();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var (sink, organization) in await ledger.DueAsync(stoppingToken))
                {
                    if (_running.ContainsKey(sink)) continue;
                    _running[sink] = Task.Run(() => WorkAsync(organization, sink, stoppingToken), CancellationToken.None);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The database may be away; sinks are looked for again.
                log.LogWarning("Audit sinks cannot be looked up: {Reason}", e.Message);
            }

            try
            {
                await _look.WaitAsync(LookEvery, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await Task.WhenAll(_running.Values);
    }

    private async Task WorkAsync(Guid organizationId, Guid sinkId, CancellationToken stoppingToken)
    {
        try
        {
            if (await ledger.TakeAsync(organizationId, sinkId, _replica, stoppingToken) is not { } taken) return;
            await PumpAsync(taken.Sink, taken.Progress, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Goes on at the next start.
        }
        catch (SinkLeaseLostException)
        {
            log.LogInformation("Sink {Sink} is worked for by another replica", sinkId);
        }
        catch (Exception e)
        {
            // The outbound edge: whatever happened, the lease runs out and the work is taken up again from the cursor.
            log.LogError(e, "The worker of sink {Sink} stopped", sinkId);
        }
        finally
        {
            _running.TryRemove(sinkId, out _);
        }
    }

    private async Task PumpAsync(AuditSink sink, AuditSinkProgress progress, CancellationToken stoppingToken)
    {
        using var wake = new SemaphoreSlim(0);
        await using var watch = live.Subscribe(sink.OrganizationId, [LiveTopic.Audit], _ =>
        {
            if (wake.CurrentCount == 0) wake.Release();
            return Task.CompletedTask;
        });
        try
        {
            var pump = new SinkPump(sink, progress, ledger, feed, channels, options.Value, wake, clock, log) { OnRecovered = () => NoteAsync(sink, null) };
            await pump.RunAsync(stoppingToken);
            await ledger.ReleaseAsync(progress);
        }
        catch (SinkFailure failure)
        {
            log.LogInformation("Sink {Sink} could not deliver ({Code})", sink.Id, failure.Code);
            if (await ledger.FailAsync(progress, failure, TimeSpan.FromSeconds(options.Value.MaxRetrySeconds))) await NoteAsync(sink, failure);
        }
        catch (Exception e) when (database.Engine.AsOutage(e) is null && e is not (OperationCanceledException or SinkLeaseLostException))
        {
            log.LogError(e, "Sink {Sink} met an unexpected error", sink.Id);
            await ledger.FailAsync(progress, new SinkFailure("sink.unexpected", "The portal met an unexpected error; its log names the cause.", inner: e), TimeSpan.FromSeconds(options.Value.MaxRetrySeconds));
        }

        ledger.Tell(progress);
    }

    /// <summary>Failing and recovering are entries of the log themselves.</summary>
    private async Task NoteAsync(AuditSink sink, SinkFailure? failure)
    {
        var noted = await portal.SendAsync(Actor.System("sinks"), new NoteSinkHealth(sink.OrganizationId.ToString(), sink.Id, failure?.Message), CancellationToken.None);
        if (noted.Problem is { } problem) log.LogWarning("The state of sink {Sink} could not be noted: {Code}", sink.Id, problem.Code);
    }
}
