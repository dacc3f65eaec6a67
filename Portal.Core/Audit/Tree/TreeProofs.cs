using System.Numerics;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>Stored hashes of one tree, tile by tile.</summary>
public interface ITreeHashes
{
    /// <summary>
    /// <paramref name="count"/> hashes of a tile level back to back, from hash number <paramref name="from"/> on; never over a tile's border, and never beyond
    /// what the tree has. Level L hash i = root of the leaves [i · 256^L, (i + 1) · 256^L). A part of a tile always begins at the tile's first hash.
    /// </summary>
    ValueTask<ReadOnlyMemory<byte>> HashesAsync(int level, long from, int count, CancellationToken cancellationToken);
}

/// <summary>Makes proofs of RFC 9162 section 2.1 from stored tiles; keeps the tiles it has read (at most 256, 2 MB). One object a tree and operation; not safe for two threads.</summary>
/// <param name="size">Leaves that the store has by now: the greatest tree that can be asked for.</param>
public sealed class TreeProofs(ITreeHashes hashes, long size)
{
    private const int MaxKept = 256;
    private readonly Dictionary<TileId, ReadOnlyMemory<byte>> _tiles = [];

    public async ValueTask<byte[]> RootAsync(long treeSize, CancellationToken cancellationToken)
    {
        Check(treeSize);
        return treeSize == 0 ? MerkleTree.EmptyRoot : await SubtreeAsync(0, treeSize, cancellationToken);
    }

    public async ValueTask<byte[]> LeafHashAsync(long index, CancellationToken cancellationToken) => await NodeAsync(new TreeNode(0, index), cancellationToken);

    /// <summary>The right edge of the tree of this size: to go on appending from here.</summary>
    public async ValueTask<CompactRange> CompactRangeAsync(long treeSize, CancellationToken cancellationToken)
    {
        Check(treeSize);
        return new CompactRange(treeSize, await NodesAsync(0, treeSize, cancellationToken));
    }

    /// <summary>The roots of the fewest perfect subtrees that make up the leaves [from, to), left to right (<see cref="TreeNode.Cover"/>).</summary>
    public async ValueTask<IReadOnlyList<byte[]>> NodesAsync(long from, long to, CancellationToken cancellationToken)
    {
        Check(to);
        var roots = new List<byte[]>();
        foreach (var node in TreeNode.Cover(from, to)) roots.Add(await NodeAsync(node, cancellationToken));
        return roots;
    }

    /// <summary>RFC 9162 section 2.1.3.1: the path from the leaf up.</summary>
    public async ValueTask<IReadOnlyList<byte[]>> InclusionAsync(long index, long treeSize, CancellationToken cancellationToken)
    {
        Check(treeSize);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, treeSize);
        var path = new List<byte[]>();
        for (var (lo, hi) = (0L, treeSize); hi - lo > 1;)
        {
            var k = lo + Split(hi - lo);
            if (index < k)
            {
                path.Add(await SubtreeAsync(k, hi, cancellationToken));
                hi = k;
            }
            else
            {
                path.Add(await SubtreeAsync(lo, k, cancellationToken));
                lo = k;
            }
        }

        path.Reverse();
        return path;
    }

    /// <summary>RFC 9162 section 2.1.4.1; empty where the sizes are equal. <paramref name="from"/> is at least 1.</summary>
    public async ValueTask<IReadOnlyList<byte[]>> ConsistencyAsync(long from, long to, CancellationToken cancellationToken)
    {
        Check(to);
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, to);
        var path = new List<byte[]>();
        var (lo, hi, whole) = (0L, to, true);
        while (from != hi)
        {
            var k = lo + Split(hi - lo);
            if (from <= k)
            {
                path.Add(await SubtreeAsync(k, hi, cancellationToken));
                hi = k;
            }
            else
            {
                path.Add(await SubtreeAsync(lo, k, cancellationToken));
                (lo, whole) = (k, false);
            }
        }

        if (!whole) path.Add(await SubtreeAsync(lo, hi, cancellationToken));
        path.Reverse();
        return path;
    }

    /// <summary>The greatest power of two below n.</summary>
    private static long Split(long n) => 1L << BitOperations.Log2((ulong)(n - 1));

    private void Check(long treeSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(treeSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(treeSize, size);
    }

    // The leaves begin at a multiple of their number rounded up to a power of two, so that the cover's subtrees only get smaller and fold from the right.
    private async ValueTask<byte[]> SubtreeAsync(long lo, long hi, CancellationToken cancellationToken)
    {
        var roots = await NodesAsync(lo, hi, cancellationToken);
        var root = roots[^1];
        for (var i = roots.Count - 2; i >= 0; i--) root = MerkleTree.NodeHash(roots[i], root);
        return root;
    }

    private async ValueTask<byte[]> NodeAsync(TreeNode node, CancellationToken cancellationToken)
    {
        var level = node.Level / Tiles.Height;
        var rest = node.Level % Tiles.Height;
        var first = node.Index << rest;
        var tile = await TileAsync(new TileId(level, first / Tiles.Width), cancellationToken);
        return MerkleTree.PerfectRoot(tile.Span.Slice((int)(first % Tiles.Width) * MerkleTree.HashBytes, MerkleTree.HashBytes << rest));
    }

    private async ValueTask<ReadOnlyMemory<byte>> TileAsync(TileId id, CancellationToken cancellationToken)
    {
        if (_tiles.TryGetValue(id, out var kept)) return kept;
        var from = id.Index * Tiles.Width;
        var count = (int)Math.Min(Tiles.Width, Tiles.HashesAt(id.Level, size) - from);
        var tile = await hashes.HashesAsync(id.Level, from, count, cancellationToken);
        if (tile.Length != count * MerkleTree.HashBytes) throw new InvalidDataException($"Tile {id.Level}/{id.Index} of the audit tree has {tile.Length} bytes, not {count * MerkleTree.HashBytes}.");
        if (_tiles.Count >= MaxKept) _tiles.Clear();
        return _tiles[id] = tile;
    }
}
