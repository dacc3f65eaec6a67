using System.Text.Json;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Export;

/// <summary>An export that was queued.</summary>
public sealed record StartedAuditExport(Guid JobId);

/// <summary>Queues an export that becomes a file to fetch (<see cref="GetAuditExportFile"/>).</summary>
public sealed record StartAuditExport(string Org, AuditExportRequest Request) : Command<StartedAuditExport>
{
    public override string Action => "audit.export.start";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Export;

    public override async Task<Result<StartedAuditExport>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!AuditQueryParser.Parse(Request.Q).TryGet(out _, out var problem)) return problem;
        if (await AuditRowFormat.CheckAsync(scope, Org, Request, cancellationToken) is { } refused) return refused;
        var job = scope.Queue(AuditExportJob.Kind, $"audit.{Request.Format}", Request, scope.Service<AuditExportFiles>().Node);
        scope.Audit("auditExport", job.Id, job.Title, newValue: Request);
        return new StartedAuditExport(job.Id);
    }
}

/// <summary>What an export job left behind.</summary>
public sealed record AuditExportResult(string Format, string Kind, long Entries, long Removed, long TreeSize, string FileName, long SizeBytes);

/// <summary>Writes an export to a file of this replica.</summary>
public sealed class AuditExportJob(IPortal portal, AuditExportFiles files) : IJobHandler
{
    public const string Kind = "auditExport";

    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        // Whoever queued it was allowed to; the portal carries it out, and the entry of the export names the operation.
        var actor = Actor.System("jobs") with { OperationId = context.OperationId };
        var org = context.OrganizationId.ToString("D");
        var request = context.ReadInput<AuditExportRequest>();
        var path = files.Begin(context.Id);
        AuditExportFile? file = null;
        try
        {
            Result<AuditExportSummary> answer;
            await portal.AskAsync(actor, new AwaitAuditCheckpoint(org), cancellationToken);
            await using (var stream = new FileStream(path, Create()))
            {
                answer = await portal.AskAsync(
                    actor,
                    new ExportAudit(
                        org, request, f =>
                        {
                            file = f;
                            return stream;
                        },
                        done => context.ReportAsync(done)),
                    cancellationToken);
            }

            if (!answer.TryGet(out var summary, out var problem)) return JobOutcome.Failed(problem.Code, problem.Message);
            var name = file?.Name ?? "audit";
            var finished = files.Finish(context.Id, Path.GetExtension(name).TrimStart('.'));
            return new JobOutcome(JobState.Succeeded, new AuditExportResult(summary.Format, summary.Kind, summary.Entries, summary.Removed, summary.TreeSize, name, new FileInfo(finished).Length));
        }
        finally
        {
            files.Discard(context.Id);
        }
    }

    private static FileStreamOptions Create()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 1 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}

/// <summary>A finished export: where it lies, and how people should call it.</summary>
public sealed record AuditExportDownload(string Path, string FileName);

/// <summary>The file of an export job.</summary>
public sealed record GetAuditExportFile(string Org, Guid JobId) : Query<AuditExportDownload>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Export;

    public override bool IsProtected => true;

    public override async Task<Result<AuditExportDownload>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var job = await scope.Db.Set<Job>().Where(j => j.Id == JobId && j.OrganizationId == scope.OrganizationId && j.Kind == AuditExportJob.Kind)
            .Select(j => new { j.State, j.Node, j.Result }).SingleOrDefaultAsync(cancellationToken);
        if (job is not { State: JobState.Succeeded, Result: { } result }) return Problem.NotFound("auditExport");
        var files = scope.Service<AuditExportFiles>();
        if (files.Find(JobId) is { } path) return new AuditExportDownload(path, JsonSerializer.Deserialize<AuditExportResult>(result, JobJson.Options)?.FileName ?? System.IO.Path.GetFileName(path));
        return job.Node is { } node && node != files.Node
            ? Problem.Conflict("audit.export.elsewhere", $"The file lies on the replica {node}. Ask there, or export again.", node)
            : Problem.NotFound("auditExport");
    }
}
