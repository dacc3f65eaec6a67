using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Persons;

internal sealed record AuditErasureInput(IReadOnlyList<Guid> Keys);

/// <summary>Takes the words of an erased person out of the search index: the segments with the person's entries are built again from what can still be read.</summary>
internal sealed class AuditErasureJob(PortalDatabase database, AuditIndexer indexer) : IJobHandler
{
    public const string Kind = "auditErasure";

    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        var keys = context.ReadInput<AuditErasureInput>().Keys.Select(k => (Guid?)k).ToList();
        var indexes = await database.ReadAsync(
            DataScope.OfOwner(context.OrganizationId),
            db => db.Set<AuditEntry>().Where(e => e.OrganizationId == context.OrganizationId && (keys.Contains(e.ActorKeyId) || keys.Contains(e.SubjectKeyId) || keys.Contains(e.OriginalKeyId)))
                .Join(db.Set<AuditLeaf>(), e => e.Id, l => l.EntryId, (e, l) => l.Index).OrderBy(i => i).ToListAsync(cancellationToken),
            cancellationToken);
        await indexer.ReindexAsync(context.OrganizationId, Ranges(indexes), cancellationToken);
        return new JobOutcome(JobState.Succeeded, new { entries = indexes.Count });
    }

    /// <summary>Neighbours together: a segment is built once, however many of its entries are concerned.</summary>
    private static List<(long From, long To)> Ranges(IEnumerable<long> indexes)
    {
        var ranges = new List<(long From, long To)>();
        foreach (var index in indexes)
        {
            if (ranges.Count > 0 && index - ranges[^1].To < 1000) ranges[^1] = (ranges[^1].From, index + 1);
            else ranges.Add((index, index + 1));
        }

        return ranges;
    }
}
