using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Log;

/// <summary>The stored hashes of one log's tree: full tiles from their table, the leaves of the last tile from the leaves' own.</summary>
internal sealed class AuditTreeStore(PortalDbContext db, Guid organizationId) : ITreeHashes
{
    public async ValueTask<ReadOnlyMemory<byte>> HashesAsync(int level, long index, int count, CancellationToken cancellationToken)
    {
        var tile = index / Tiles.Width;
        var skip = (int)(index % Tiles.Width);
        var full = await db.Set<AuditTile>().AsNoTracking().Where(t => t.OrganizationId == organizationId && t.Level == level && t.TileIndex == tile).Select(t => t.Hashes).SingleOrDefaultAsync(cancellationToken);
        if (full is not null) return full.AsMemory(skip * MerkleTree.HashBytes, count * MerkleTree.HashBytes);
        if (level == 0)
        {
            var leaves = await db.Set<AuditLeaf>().AsNoTracking().Where(l => l.OrganizationId == organizationId && l.Index >= index && l.Index < index + count).OrderBy(l => l.Index).Select(l => l.LeafHash).ToListAsync(cancellationToken);
            return Join(leaves);
        }

        // A tile that is not full yet: its hashes are the roots of the full tiles below.
        var below = await db.Set<AuditTile>().AsNoTracking().Where(t => t.OrganizationId == organizationId && t.Level == level - 1 && t.TileIndex >= index && t.TileIndex < index + count)
            .OrderBy(t => t.TileIndex).Select(t => t.Hashes).ToListAsync(cancellationToken);
        return Join(below.ConvertAll(b => MerkleTree.PerfectRoot(b)));
    }

    private static byte[] Join(List<byte[]> hashes)
    {
        var joined = new byte[hashes.Count * MerkleTree.HashBytes];
        for (var i = 0; i < hashes.Count; i++) hashes[i].CopyTo(joined, i * MerkleTree.HashBytes);
        return joined;
    }
}
