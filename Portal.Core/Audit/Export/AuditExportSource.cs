using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Export;

/// <summary>A leaf on its way out; the entry is null where retention removed it.</summary>
internal sealed record ExportedLeaf(AuditLeaf Leaf, AuditEntry? Entry)
{
    /// <summary>A piece as a bundle writes it: each entry by itself, and removed ones together up to the end of their tile.</summary>
    public static IEnumerable<IReadOnlyList<ExportedLeaf>> Runs(IReadOnlyList<ExportedLeaf> piece)
    {
        for (var i = 0; i < piece.Count;)
        {
            var end = i + 1;
            while (piece[i].Entry is null && end < piece.Count && piece[end].Entry is null && piece[end].Leaf.Index == piece[end - 1].Leaf.Index + 1 && piece[end].Leaf.Index % Tiles.Width != 0) end++;
            yield return [.. piece.Skip(i).Take(end - i)];
            i = end;
        }
    }
}

/// <summary>Reads the leaves of a plan in the order of the index, piece by piece from one snapshot.</summary>
internal sealed class AuditExportSource(PortalDbContext db, Guid organizationId, AuditExportPlan plan)
{
    private const int PieceLeaves = 1024;

    /// <summary>Pieces with their share of the work done, from 0 to 1.</summary>
    public async IAsyncEnumerable<(IReadOnlyList<ExportedLeaf> Leaves, double Done)> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (plan.Indexes is { } chosen)
        {
            for (var i = 0; i < chosen.Count; i += PieceLeaves)
            {
                var piece = chosen.Skip(i).Take(PieceLeaves).ToList();
                var leaves = await Leaves().Where(l => piece.Contains(l.Index)).OrderBy(l => l.Index).ToListAsync(cancellationToken);
                yield return (Taken(await WithEntriesAsync(leaves, cancellationToken)), (double)(i + piece.Count) / chosen.Count);
            }

            yield break;
        }

        for (var from = plan.From; from < plan.To; from += PieceLeaves)
        {
            var (low, high) = (from, Math.Min(plan.To, from + PieceLeaves));
            var leaves = await Leaves().Where(l => l.Index >= low && l.Index < high).OrderBy(l => l.Index).ToListAsync(cancellationToken);
            yield return (Taken(await WithEntriesAsync(leaves, cancellationToken)), (double)(high - plan.From) / (plan.To - plan.From));
        }
    }

    private IQueryable<AuditLeaf> Leaves() => db.Set<AuditLeaf>().AsNoTracking().Where(l => l.OrganizationId == organizationId);

    private async Task<List<ExportedLeaf>> WithEntriesAsync(List<AuditLeaf> leaves, CancellationToken cancellationToken)
    {
        var ids = leaves.ConvertAll(l => l.EntryId);
        // With its class the database goes to the partition that holds the entry.
        var days = leaves.Select(l => l.RetentionDays).Distinct().ToList();
        var entries = await db.Set<AuditEntry>().AsNoTracking().Where(e => e.OrganizationId == organizationId && days.Contains(e.RetentionDays) && ids.Contains(e.Id)).ToDictionaryAsync(e => e.Id, cancellationToken);
        return leaves.ConvertAll(l => new ExportedLeaf(l, entries.GetValueOrDefault(l.EntryId)));
    }

    private List<ExportedLeaf> Taken(List<ExportedLeaf> leaves) =>
        plan.Kind == BundleKind.Selection ? leaves.FindAll(l => l.Entry is { } entry && plan.Takes(entry)) : leaves;
}
