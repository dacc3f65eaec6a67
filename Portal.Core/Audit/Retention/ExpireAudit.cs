using System.Text.Json;
using Hexabase.Portal.Audit.Export;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>What expires now: the dry run.</summary>
/// <param name="NewEntriesKeptDays">The class of entries that are written now; 0 = for good.</param>
public sealed record ExpiryPreview(IReadOnlyList<ExpiryPart> Parts, int NewEntriesKeptDays)
{
    public long Entries => Parts.Sum(p => p.Entries);

    public long Held => Parts.Sum(p => p.Held);
}

/// <summary>Counts what an expiry would archive and remove, and what holds keep. Changes nothing.</summary>
/// <param name="Org">Null = the platform's own log.</param>
public sealed record PreviewAuditExpiry(string? Org) : Query<ExpiryPreview>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<ExpiryPreview>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        new ExpiryPreview(await AuditExpiryPlan.ReadAsync(scope.Db, scope.OrganizationId, scope.NowUtc, cancellationToken), await scope.Service<AuditRetention>().OfAsync(scope.OrganizationId, cancellationToken));
}

/// <summary>Queues the archiving and removal of what reached its horizon; the portal sends it once a day for every organization.</summary>
public sealed record ExpireAudit(string? Org) : Command<Guid>
{
    public override string? OrganizationKey => Org;

    public override string Action => "audit.startExpiry";

    public override Permission? Permission => AuditPermissions.Administer;

    public override async Task<Result<Guid>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var running = await scope.Db.Set<Job>().AsNoTracking().Where(j => j.OrganizationId == scope.OrganizationId && j.Kind == AuditExpiryJob.Kind && (j.State == JobState.Queued || j.State == JobState.Running))
            .Select(j => (Guid?)j.Id).FirstOrDefaultAsync(cancellationToken);
        if (running is { } id)
        {
            scope.Audit("job", id, AuditExpiryJob.Kind);
            return id;
        }

        var job = scope.Queue(AuditExpiryJob.Kind, "Audit retention", new { });
        scope.Audit("job", job.Id, job.Title);
        return job.Id;
    }
}

/// <summary>Archives each month of a class that reached its horizon, checks the archive with the verifier that outsiders use, and only then removes the entries.</summary>
internal sealed class AuditExpiryJob(PortalDatabase database, IPortal portal, AuditSigningKeys keys, IOptions<AuditOptions> options, Search.AuditIndexer indexer, TimeProvider clock) : IJobHandler
{
    public const string Kind = "auditExpiry";

    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        if (options.Value.ArchiveDirectory is not { Length: > 0 } directory) return JobOutcome.Failed("audit.archive.missing", "No archive directory is set (Audit:ArchiveDirectory); nothing was removed.");
        var scope = DataScope.OfOwner(context.OrganizationId);
        var parts = await database.ReadAsync(scope, db => AuditExpiryPlan.ReadAsync(db, context.OrganizationId, clock.GetUtcNow().UtcDateTime, cancellationToken), cancellationToken);
        long removed = 0;
        foreach (var part in parts.Where(p => p.Entries > 0))
        {
            WrittenArchive archive;
            List<string> pinned;
            await using (var open = await database.OpenAsync(scope, forWriting: false, cancellationToken))
            {
                // Receipts of earlier removals may be signed by keys that have been retired since.
                pinned = (await AuditKeys.OfAsync(open.Db, keys, Guid.Empty, cancellationToken)).ConvertAll(k => k.PublicKeyPem);
                var writer = new AuditArchiveWriter(open.Db, context.OrganizationId, keys, directory);
                archive = await writer.WriteAsync(part, clock.GetUtcNow().UtcDateTime, (done, all) => context.ReportAsync((double)done / all, $"{part.MonthUtc:yyyy-MM}"), cancellationToken);
            }

            var file = Path.Combine(directory, archive.File);
            var check = await BundleVerifier.VerifyAsync(new VerificationRequest([file], [], pinned), null, cancellationToken);
            if (!check.IsValid) return JobOutcome.Failed("audit.archive.invalid", $"The archive {archive.File} does not verify ({check.Findings[0].Message}); nothing of {part.MonthUtc:yyyy-MM} was removed.");
            var result = await portal.SendAsync(Actor.System("retention") with { OperationId = context.OperationId }, new RemoveExpired(context.OrganizationId == Guid.Empty ? null : context.OrganizationId.ToString("D"), part, archive), cancellationToken);
            if (result.Problem is { } problem) return new JobOutcome(JobState.Failed, new { removed }, [new JobMessage(null, null, problem.Code, problem.Message)]);
            removed += part.Entries;
            await indexer.ReindexAsync(context.OrganizationId, [(archive.FromIndex, archive.ToIndex)], cancellationToken);
        }

        return new JobOutcome(JobState.Succeeded, new { removed, held = parts.Sum(p => p.Held) });
    }
}

/// <summary>Removes what was archived, by the procedure of the database's owner, which checks class, horizon and holds itself and writes the receipt.</summary>
internal sealed record RemoveExpired(string? Org, ExpiryPart Part, WrittenArchive Archive) : Command<Guid>
{
    public override string? OrganizationKey => Org;

    public override string Action => "audit.expire";

    public override Permission? Permission => AuditPermissions.Administer;

    public override async Task<Result<Guid>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var receipt = Ids.New();
        var month = DateOnly.FromDateTime(Part.MonthUtc);
        if (scope.Db.Database.IsNpgsql())
        {
            await scope.Db.Database.ExecuteSqlAsync(
                $"SELECT portal_audit_expire({receipt}, {scope.OrganizationId}, {Part.RetentionDays}, {month}, {Archive.FromIndex}, {Archive.ToIndex}, {Part.Entries}, {Archive.File}, {Archive.Sha256}, {Archive.Bytes}, {Archive.Checkpoint})",
                cancellationToken);
        }
        else
        {
            await scope.Db.Database.ExecuteSqlAsync(
                $"EXEC dbo.portal_audit_expire {receipt}, {scope.OrganizationId}, {Part.RetentionDays}, {Part.MonthUtc}, {Archive.FromIndex}, {Archive.ToIndex}, {Part.Entries}, {Archive.File}, {Archive.Sha256}, {Archive.Bytes}, {Archive.Checkpoint}",
                cancellationToken);
        }

        scope.Audit("auditExpiry", receipt, $"{Part.MonthUtc:yyyy-MM}", newValue: new
        {
            part = new { Part.RetentionDays, Part.MonthUtc, Part.Entries, Part.Held },
            archive = new { Archive.File, sha256 = Convert.ToHexStringLower(Archive.Sha256), Archive.Bytes, Archive.FromIndex, Archive.ToIndex },
        });
        scope.Touch(LiveTopic.Audit, receipt);
        return receipt;
    }
}
