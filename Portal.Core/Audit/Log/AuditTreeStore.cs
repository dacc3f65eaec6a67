using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Log;

/// <summary>The stored hashes of one log's tree: full tiles from their table, the leaves of the last tile from the leaves' own.</summary>
/// <param name="edges">Null where the context may see what is not committed.</param>
internal sealed class AuditTreeStore(PortalDbContext db, Guid organizationId, TreeEdges? edges = null) : ITreeHashes
{
    public async ValueTask<ReadOnlyMemory<byte>> HashesAsync(int level, long from, int count, CancellationToken cancellationToken)
    {
        var tile = new TileId(level, from / Tiles.Width);
        var skip = (int)(from % Tiles.Width);
        var isPart = skip + count < Tiles.Width;
        var known = isPart && skip == 0 && edges is not null ? edges.Find(organizationId, tile) : default;
        if (known.Length >= count * MerkleTree.HashBytes) return known[..(count * MerkleTree.HashBytes)];
        if (!isPart || (level > 0 && known.IsEmpty))
        {
            var full = await db.Set<AuditTile>().AsNoTracking().Where(t => t.OrganizationId == organizationId && t.Level == level && t.TileIndex == tile.Index).Select(t => t.Hashes).SingleOrDefaultAsync(cancellationToken);
            if (full is not null) return full.AsMemory(skip * MerkleTree.HashBytes, count * MerkleTree.HashBytes);
        }

        var hashes = Join([known.ToArray(), .. await PartAsync(level, from + (known.Length / MerkleTree.HashBytes), from + count, cancellationToken)]);
        if (isPart && skip == 0) edges?.Keep(organizationId, tile, hashes);
        return hashes;
    }

    /// <summary>Of a tile that is not full yet: leaves, or the roots of the full tiles below.</summary>
    private async Task<IEnumerable<byte[]>> PartAsync(int level, long from, long end, CancellationToken cancellationToken)
    {
        if (level == 0) return await db.Set<AuditLeaf>().AsNoTracking().Where(l => l.OrganizationId == organizationId && l.Index >= from && l.Index < end).OrderBy(l => l.Index).Select(l => l.LeafHash).ToListAsync(cancellationToken);
        var below = await db.Set<AuditTile>().AsNoTracking().Where(t => t.OrganizationId == organizationId && t.Level == level - 1 && t.TileIndex >= from && t.TileIndex < end)
            .OrderBy(t => t.TileIndex).Select(t => t.Hashes).ToListAsync(cancellationToken);
        return below.Select(b => MerkleTree.PerfectRoot(b));
    }

    private static byte[] Join(List<byte[]> hashes)
    {
        var joined = new byte[hashes.Sum(h => h.Length)];
        var at = 0;
        foreach (var hash in hashes)
        {
            hash.CopyTo(joined, at);
            at += hash.Length;
        }

        return joined;
    }
}
