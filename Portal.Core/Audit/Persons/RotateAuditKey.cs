using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>Queues the wrapping of every person's key under the current master key, or names the job that does it already. Entries, commitments and proofs stay as they are.</summary>
public sealed record RotateAuditKey : Command<Guid>
{
    public override string Action => "audit.rotateKey";

    public override Permission? Permission => AuditPermissions.Administer;

    public override async Task<Result<Guid>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var running = await scope.Db.Set<Job>().AsNoTracking().Where(j => j.OrganizationId == scope.OrganizationId && j.Kind == AuditKeyRotationJob.Kind && (j.State == JobState.Queued || j.State == JobState.Running))
            .Select(j => (Guid?)j.Id).FirstOrDefaultAsync(cancellationToken);
        if (running is { } id)
        {
            scope.Audit("job", id, AuditKeyRotationJob.Kind);
            return id;
        }

        if (!scope.Service<AuditMasterKey>().HasPrevious)
        {
            return Problem.Conflict(
                "audit.masterKey.noPrevious", "Only one master key is known, so there is nothing to rotate. Make the next one with portal rotate-audit-key --make FILE, set it as the current one and the old one as a previous one, restart, and ask again.");
        }

        var job = scope.Queue(AuditKeyRotationJob.Kind, "Audit master key", new { });
        scope.Audit("job", job.Id, job.Title);
        return job.Id;
    }
}
