using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Kernel;

public sealed partial class JobRunner
{
    /// <summary>Jobs whose worker is gone go back to the queue, or end with a reason after too many attempts.</summary>
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var before = Now - options.Value.LostAfter;
        var lost = await open.Db.Set<Job>()
            .Where(j => j.State == JobState.Running && j.Worker != _worker && j.HeartbeatAtUtc < before)
            .OrderBy(j => j.Id).Take(100).ToListAsync(cancellationToken);
        foreach (var job in lost)
        {
            if (job.Attempts >= options.Value.MaxAttempts)
            {
                var message = $"The job lost its worker {job.Attempts} times and was given up. Nothing of it was kept; start it again.";
                job.End(JobState.Failed, null, Serialize(new[] { new JobMessage(null, null, "job.lost", message) }), null, Now);
                var draft = AuditWriter.Entry(Actor.System("jobs"), job.OrganizationId, "job.failed", AuditStatus.Failure, message, null, Now, new AuditSubject("job", job.Id.ToString(), job.Title, null));
                open.Db.Add(await sealer.SealAsync(open.Db, draft, cancellationToken));
            }
            else
            {
                log.LogWarning("Job {Job} lost its worker {Worker} and goes back to the queue", job.Id, job.Worker);
                job.Requeue();
            }
        }

        if (lost.Count == 0) return;
        try
        {
            await SaveAsync(open, cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return; // Another replica sweeps.
        }

        foreach (var job in lost) Tell(job);
    }
}
