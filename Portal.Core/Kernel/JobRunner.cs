using System.Diagnostics;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

#pragma warning disable RS0030 // The job runner saves the state of its jobs.

namespace Hexabase.Portal.Kernel;

/// <summary>
/// The durable queue in the database: claims by the row's version (of several replicas one wins), keeps a heartbeat, finds jobs whose
/// worker was lost and starts them again or ends them with a reason.
/// </summary>
public sealed partial class JobRunner(
    PortalDatabase database, JobCatalog catalog, LiveUpdates live, Audit.Persons.AuditSealer sealer, Organizations.OrganizationDirectory organizations, TimeProvider clock,
    IServiceScopeFactory services, IOptions<JobOptions> options, ILogger<JobRunner> log) : BackgroundService
{
    private readonly string _worker = $"{options.Value.Node}/{Ids.Brief()}";
    private readonly SemaphoreSlim _wake = new(0);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, CancellationTokenSource> _running = new();

    /// <summary>Looks at the queue now instead of at the next tick.</summary>
    public void Wake() => _wake.Release();

    /// <summary>Stops a job that runs here; on other replicas the heartbeat finds the request.</summary>
    public void Cancel(Guid id)
    {
        if (_running.TryGetValue(id, out var running)) running.Cancel();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var active = new List<Task>();
        var nextSweep = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (clock.GetUtcNow() >= nextSweep)
                {
                    await SweepAsync(stoppingToken);
                    nextSweep = clock.GetUtcNow() + TimeSpan.FromSeconds(10);
                }

                active.RemoveAll(t => t.IsCompleted);
                while (active.Count < options.Value.Parallel && await ClaimAsync(stoppingToken) is { } job) active.Add(Task.Run(() => RunAsync(job, stoppingToken), CancellationToken.None));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // One of the four edges: the database may be away; the queue is looked at again.
                log.LogWarning("The job queue cannot be read: {Reason}", e.Message);
            }

            try
            {
                await Task.WhenAny([_wake.WaitAsync(TimeSpan.FromSeconds(1), stoppingToken), .. active]);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await Task.WhenAll(active);
    }

    private async Task<Job?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var node = options.Value.Node;
        var job = await open.Db.Set<Job>().Where(j => j.State == JobState.Queued && (j.Node == null || j.Node == node)).OrderBy(j => j.CreatedAtUtc).ThenBy(j => j.Id).FirstOrDefaultAsync(cancellationToken);
        if (job is null) return null;
        job.Start(_worker, Now);
        try
        {
            await SaveAsync(open, cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            Wake();
            return null;
        }

        Tell(job);
        return job;
    }

    private async Task RunAsync(Job job, CancellationToken stoppingToken)
    {
        using var activity = new Activity("job").SetTag("portal.job.kind", job.Kind).Start();
        using var canceled = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        _running[job.Id] = canceled;
        using var beating = new CancellationTokenSource();
        var progress = new RunProgress();
        var heart = BeatAsync(job, progress, canceled, beating.Token);
        JobOutcome? outcome;
        var tenant = job.OrganizationId == Guid.Empty ? null : await organizations.FindAsync(job.OrganizationId.ToString(), CancellationToken.None);
        try
        {
            await using var provider = services.CreateAsyncScope();
            var handler = catalog.Create(job.Kind, provider.ServiceProvider);
            var context = new JobContext(job, tenant, (value, note) =>
            {
                progress.Set(value, note);
                return Task.CompletedTask;
            });
            outcome = handler is null ? JobOutcome.Failed("job.unknown", $"This portal has no handler for jobs of the kind {job.Kind}.") : await handler.RunAsync(context, canceled.Token);
        }
        catch (Exception e) when (canceled.IsCancellationRequested)
        {
            // What is cut off may say so in words of its own: a cancelled statement, a connection in the middle of a copy.
            if (e is not OperationCanceledException) log.LogInformation(e, "Job {Job} was cut off by its cancel", job.Id);
            // A stopping portal leaves the job to its next start; a person's cancel ends it.
            outcome = stoppingToken.IsCancellationRequested ? null : new JobOutcome(JobState.Canceled);
        }
        catch (Exception e)
        {
            // One of the four edges. An outage is tried again; anything else ends the job with a reason.
            log.LogError(e, "Job {Job} of the kind {Kind} failed", job.Id, job.Kind);
            outcome = database.Engine.AsOutage(e) is { } outage && job.Attempts < options.Value.MaxAttempts
                ? null
                : JobOutcome.Failed(database.Engine.AsOutage(e)?.Code ?? "job.failed", database.Engine.AsOutage(e)?.Message ?? "The job stopped by an unexpected error. Nothing of it was kept; the log of the portal names the cause.");
        }

        // The heart beats through the final transaction, which may be long, so that no other replica takes the job for lost.
        await EndAsync(job.Id, tenant, outcome, stoppingToken);
        await beating.CancelAsync();
        await heart;
        _running.TryRemove(job.Id, out _);
    }

    /// <summary>Every quarter of a second: writes progress where it moved, a sign of life at least every five seconds, and looks whether someone cancelled.</summary>
    private async Task BeatAsync(Job job, RunProgress progress, CancellationTokenSource canceled, CancellationToken cancellationToken)
    {
        var lastBeat = clock.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), clock, cancellationToken);
                var moved = progress.Take(out var value, out var note);
                if (!moved && clock.GetElapsedTime(lastBeat) < TimeSpan.FromSeconds(1)) continue;
                lastBeat = clock.GetTimestamp();
                await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
                var now = Now;
                var rows = open.Db.Set<Job>().Where(j => j.Id == job.Id && j.Worker == _worker);
                if (moved)
                {
                    await rows.ExecuteUpdateAsync(s => s.SetProperty(j => j.Progress, value).SetProperty(j => j.Note, note).SetProperty(j => j.HeartbeatAtUtc, now), cancellationToken);
                }
                else
                {
                    await rows.ExecuteUpdateAsync(s => s.SetProperty(j => j.HeartbeatAtUtc, now), cancellationToken);
                }

                var state = await rows.Select(j => new { j.CancelRequested }).FirstOrDefaultAsync(cancellationToken);
                await open.CommitAsync(cancellationToken);
                if (moved) Tell(job);
                if (state is null or { CancelRequested: true }) await canceled.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning("Job {Job} cannot report: {Reason}", job.Id, e.Message);
            }
        }
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private void Tell(Job job) => live.Publish([new LiveChange(job.OrganizationId, LiveTopic.Jobs, job.Id.ToString(), job.Version, Now)]);

    private static async Task SaveAsync(OpenContext open, CancellationToken cancellationToken)
    {
        AuditWriter.RaiseVersions(open.Db);
        await open.Db.SaveChangesAsync(cancellationToken);
        await open.CommitAsync(cancellationToken);
    }
}
