using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Which leaves an export takes.</summary>
/// <param name="Head">The checkpoint that its proofs refer to.</param>
/// <param name="From">First index.</param>
/// <param name="To">Last index, exclusive.</param>
/// <param name="Indexes">The chosen ones, ascending; null = all of the range, or those of the window.</param>
internal sealed record AuditExportPlan(AuditExportRequest Request, Guid LogId, AuditCheckpoint Head, BundleKind Kind, long From, long To, IReadOnlyList<long>? Indexes)
{
    private const int MaxFound = 1_000_000;

    /// <summary>Only entries of the time window are taken: the range holds others as well.</summary>
    public bool IsFiltered => Kind == BundleKind.Selection && Indexes is null;

    public bool Takes(AuditEntry entry) =>
        !IsFiltered || ((Request.AfterUtc is not { } after || entry.OccurredAtUtc >= after) && (Request.BeforeUtc is not { } before || entry.OccurredAtUtc < before));

    public static async Task<Result<AuditExportPlan>> MakeAsync(ReadScope scope, string? org, AuditExportRequest request, CancellationToken cancellationToken)
    {
        var (db, owner) = (scope.Db, scope.OrganizationId);
        var logId = await db.Set<AuditLog>().Where(l => l.OrganizationId == owner).Select(l => (Guid?)l.LogId).SingleOrDefaultAsync(cancellationToken);
        var head = await db.Set<AuditCheckpoint>().Where(c => c.OrganizationId == owner).OrderByDescending(c => c.TreeSize).FirstOrDefaultAsync(cancellationToken);
        if (logId is not { } log || head is null) return Problem.Conflict("audit.export.unsigned", "The log has no signed checkpoint yet. Try again in a few seconds.");
        if (!string.IsNullOrWhiteSpace(request.Q)) return await FindAsync(scope, org, request, log, head, cancellationToken);
        if (request.AfterUtc is null && request.BeforeUtc is null) return new AuditExportPlan(request, log, head, BundleKind.Full, 0, head.TreeSize, null);

        var entries = db.Set<AuditEntry>().Where(e => e.OrganizationId == owner);
        if (request.AfterUtc is { } after) entries = entries.Where(e => e.OccurredAtUtc >= after);
        if (request.BeforeUtc is { } before) entries = entries.Where(e => e.OccurredAtUtc < before);
        var window = await db.Set<AuditLeaf>().Where(l => l.OrganizationId == owner && l.Index < head.TreeSize)
            .Join(entries, l => new { Id = l.EntryId, l.RetentionDays }, e => new { e.Id, e.RetentionDays }, (l, e) => l.Index)
            .GroupBy(_ => 1).Select(g => new { Count = g.LongCount(), First = g.Min(), Last = g.Max() }).SingleOrDefaultAsync(cancellationToken);
        // Late and outside events lie anywhere in the log; where the window is one piece, the bundle can prove that nothing is left out of it.
        return window is null ? new AuditExportPlan(request, log, head, BundleKind.Range, head.TreeSize, head.TreeSize, null)
            : window.Count == window.Last - window.First + 1 ? new AuditExportPlan(request, log, head, BundleKind.Range, window.First, window.Last + 1, null)
            : new AuditExportPlan(request, log, head, BundleKind.Selection, window.First, window.Last + 1, null);
    }

    private static async Task<Result<AuditExportPlan>> FindAsync(ReadScope scope, string? org, AuditExportRequest request, Guid log, AuditCheckpoint head, CancellationToken cancellationToken)
    {
        var indexes = new List<long>();
        string? cursor = null;
        do
        {
            var page = await new SearchAudit(org, request.Q, request.AfterUtc, request.BeforeUtc, PageRequest.MaxLimit, cursor).HandleAsync(scope, cancellationToken);
            if (!page.TryGet(out var found, out var problem)) return problem;
            var ids = found.Items.Select(r => r.Id).ToList();
            indexes.AddRange(await scope.Db.Set<AuditLeaf>().Where(l => l.OrganizationId == scope.OrganizationId && ids.Contains(l.EntryId) && l.Index < head.TreeSize).Select(l => l.Index).ToListAsync(cancellationToken));
            if (indexes.Count > MaxFound) return Problem.Refused("audit.export.tooMany", $"The search finds more than {MaxFound} entries. Narrow it, or export a period without a search.", MaxFound);
            cursor = found.NextCursor;
        }
        while (cursor is not null);

        indexes.Sort();
        return new AuditExportPlan(request, log, head, BundleKind.Selection, 0, head.TreeSize, [.. indexes.Distinct()]);
    }
}
