using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;

namespace Hexabase.Portal.Audit.Log;

/// <summary>The storage of full tiles (<see cref="Tiles"/>).</summary>
internal static class TileWriter
{
    /// <summary>Stores the tiles that this batch made full: those of leaves from the batch and the leaves stored before, the ones above from the tiles below.</summary>
    /// <param name="size">Of the log, the batch included.</param>
    /// <param name="leaves">The batch, in its order.</param>
    public static async Task AddAsync(PortalDbContext db, Guid organizationId, long size, IReadOnlyList<AuditLeaf> leaves, CancellationToken cancellationToken)
    {
        var from = leaves[0].Index;
        var made = new Dictionary<TileId, byte[]>();
        foreach (var id in Tiles.Completed(from, size))
        {
            var tile = new byte[Tiles.Bytes];
            var first = id.Index * Tiles.Width;
            for (var i = 0; i < Tiles.Width;)
            {
                if (id.Level == 0 && first + i >= from)
                {
                    leaves[(int)(first + i - from)].LeafHash.CopyTo(tile, i++ * MerkleTree.HashBytes);
                }
                else if (id.Level > 0 && made.TryGetValue(new TileId(id.Level - 1, first + i), out var below))
                {
                    MerkleTree.PerfectRoot(below).CopyTo(tile, i++ * MerkleTree.HashBytes);
                }
                else
                {
                    var until = id.Level == 0 ? (int)Math.Min(Tiles.Width, from - first) : Enumerable.Range(i, Tiles.Width - i).FirstOrDefault(n => made.ContainsKey(new TileId(id.Level - 1, first + n)), Tiles.Width);
                    var stored = await new AuditTreeStore(db, organizationId).HashesAsync(id.Level, first, until, cancellationToken);
                    stored.Span.CopyTo(tile);
                    i = until;
                }
            }

            made[id] = tile;
            db.Add(new AuditTile { OrganizationId = organizationId, Level = id.Level, TileIndex = id.Index, Hashes = tile });
        }
    }
}
