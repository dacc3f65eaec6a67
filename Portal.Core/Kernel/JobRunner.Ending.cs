using System.Text.Json;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Kernel;

/// <summary>How a job ends: its result, its audit entry and what it changed are one transaction, tried again through an outage.</summary>
public sealed partial class JobRunner
{
    private async Task EndAsync(Guid id, Tenant? tenant, JobOutcome? outcome, CancellationToken stoppingToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await EndOnceAsync(id, tenant, outcome);
                return;
            }
            catch (Exception e) when (attempt < 60)
            {
                log.LogWarning("The end of job {Job} cannot be written yet: {Reason}", id, e.Message);
                if (stoppingToken.IsCancellationRequested) return;
                // Two commits may raise the same alert at the same moment; the second look finds it.
                var mayPass = database.Engine.IsRetryable(e) || e is DbUpdateConcurrencyException || (attempt < 4 && database.Engine.IsUniqueViolation(e));
                if (database.Engine.AsOutage(e) is null && !mayPass && outcome?.Commit is not null)
                {
                    log.LogError(e, "Job {Job} could not commit", id);
                    outcome = JobOutcome.Failed("job.failed", "The job's result could not be stored. Nothing of it was kept; the log of the portal names the cause.");
                }

                await Task.Delay(TimeSpan.FromSeconds(Math.Min(attempt, 5)), clock, CancellationToken.None);
            }
        }
    }

    private async Task EndOnceAsync(Guid id, Tenant? tenant, JobOutcome? outcome)
    {
        await using var provider = services.CreateAsyncScope();
        var scopeOf = tenant is null ? DataScope.Platform : DataScope.Of(tenant.Id);
        await sealer.PrepareAsync(Actor.System("jobs"), tenant?.Id ?? Guid.Empty, CancellationToken.None);
        await using var open = await database.OpenAsync(scopeOf, forWriting: true, CancellationToken.None);
        var job = await open.Db.Set<Job>().SingleAsync(j => j.Id == id);
        // Ended, or taken for lost and started again elsewhere: this run does not count any more.
        if (job.IsEnded || job.Worker != _worker) return;
        if (outcome is null)
        {
            job.Requeue();
            await SaveAsync(open, CancellationToken.None);
            Tell(job);
            return;
        }

        var actor = Actor.System("jobs") with { OperationId = job.OperationId };
        var scope = new WriteScope(open.Db, actor, tenant, clock, provider.ServiceProvider);
        if (outcome.Commit is { } commit) await commit(scope, CancellationToken.None);
        job.End(outcome.State, Serialize(outcome.Result), Serialize(outcome.Errors), Serialize(outcome.Warnings), Now);
        scope.Touch(LiveTopic.Jobs, job.Id, job.Version + 1);
        scope.Audit("job", job.Id, job.Title, newValue: new { job.Kind, State = job.State.ToString(), outcome.Result, Errors = outcome.Errors?.Count ?? 0 });
        var entry = await sealer.SealAsync(open.Db, AuditWriter.Entry(actor, job.OrganizationId, $"job.{job.State.ToString().ToLowerInvariant()}", outcome.State == JobState.Succeeded ? AuditStatus.Success : AuditStatus.Failure,
            outcome.Errors is [var first, ..] ? first.Message : null, null, Now, scope.Subject,
            new ChangedValues(null, JsonSerializer.Serialize(scope.NewValue, JobJson.Options), null, null, null), null, scope.Touches), CancellationToken.None);
        open.Db.Add(entry);
        await SaveAsync(open, CancellationToken.None);
        live.Publish([.. scope.Touches.Select(t => new LiveChange(t.OrganizationId, t.Topic, t.Id, t.Version, Now)), new LiveChange(job.OrganizationId, LiveTopic.Audit, entry.Id.ToString(), entry.Position, Now)]);
    }

    private static string? Serialize(object? value) => value is null ? null : JsonSerializer.Serialize(value, JobJson.Options);
}
