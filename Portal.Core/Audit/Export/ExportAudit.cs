using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Export;

/// <summary>What to export.</summary>
/// <param name="Q">As in the search; null = everything.</param>
/// <param name="AfterUtc">Events from this moment on.</param>
/// <param name="BeforeUtc">Events up to, without, this moment.</param>
/// <param name="Format">"jsonl" = the bundle with proofs (docs/audit-bundle.md); "csv" and "xlsx", and what else is registered as <see cref="AuditRowFormat"/>.</param>
public sealed record AuditExportRequest(string? Q = null, DateTime? AfterUtc = null, DateTime? BeforeUtc = null, string Format = "jsonl");

/// <summary>The file that is about to be written.</summary>
/// <param name="Name">Without a path, with its extension.</param>
public sealed record AuditExportFile(string Name, string MediaType);

/// <summary>What was written.</summary>
/// <param name="Removed">Entries that retention had removed before; their hashes are in the bundle.</param>
/// <param name="TreeSize">Entries under the checkpoint that the proofs refer to.</param>
public sealed record AuditExportSummary(string Format, string Kind, long Entries, long Removed, long TreeSize);

/// <summary>
/// Writes an export of the log into a stream: from one snapshot, in constant memory, up to the newest signed checkpoint. Send <see cref="AwaitAuditCheckpoint"/> first so
/// that the newest entries are under one. The export is an audit entry itself.
/// </summary>
/// <param name="Org">Null = the platform's own log.</param>
/// <param name="Open">Called once, when everything was checked and the first byte is about to be written; the caller closes the stream.</param>
/// <param name="Report">Share done, from 0 to 1; null = nobody looks.</param>
public sealed record ExportAudit(string? Org, AuditExportRequest Request, Func<AuditExportFile, Stream> Open, Func<double, Task>? Report = null) : Query<AuditExportSummary>
{
    /// <summary>The audit action.</summary>
    public string Action { get; } = "audit.export";

    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Export;

    public override bool IsProtected => true;

    public override async Task<Result<AuditExportSummary>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (await AuditRowFormat.CheckAsync(scope, Org, Request, cancellationToken) is { } refused) return refused;
        if (!(await AuditExportPlan.MakeAsync(scope, Org, Request, cancellationToken)).TryGet(out var plan, out var problem)) return problem;
        if (Request.Format == AuditRowFormat.Bundle) return await new BundleExport(scope, plan, Report).WriteAsync(Org, Open, cancellationToken);
        return await new RowExport(scope, plan, Report).WriteAsync(Request.Format, Open, cancellationToken);
    }
}

/// <summary>Waits until what is committed by now stands under a signed checkpoint, a few seconds at most. Answers whether it does.</summary>
/// <param name="Org">Null = the platform's own log.</param>
public sealed record AwaitAuditCheckpoint(string? Org) : Query<bool>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(150);

    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Export;

    public override async Task<Result<bool>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var (database, clock) = (scope.Service<Data.PortalDatabase>(), scope.Service<TimeProvider>());
        var started = clock.GetTimestamp();
        var waiting = await scope.Db.Set<AuditPending>().LongCountAsync(p => p.OrganizationId == scope.OrganizationId, cancellationToken);
        var wanted = await AuditLogReader.SizeAsync(scope.Db, scope.OrganizationId, cancellationToken) + waiting;
        while (true)
        {
            // The scope's own context sees one snapshot for good.
            var signed = await database.ReadAsync(
                Data.DataScope.OfOwner(scope.OrganizationId), db => db.Set<AuditCheckpoint>().Where(c => c.OrganizationId == scope.OrganizationId).OrderByDescending(c => c.TreeSize).Select(c => c.TreeSize).FirstOrDefaultAsync(cancellationToken), cancellationToken);
            if (signed >= wanted) return true;
            if (clock.GetElapsedTime(started) > Patience) return false;
            await Task.Delay(Between, clock, cancellationToken);
        }
    }
}
