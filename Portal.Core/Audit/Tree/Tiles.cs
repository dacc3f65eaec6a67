namespace Hexabase.Portal.Audit.Tree;

/// <summary>A tile: 256 neighbouring hashes of one tile level, from <c>Index · 256</c> on.</summary>
/// <param name="Level">Level L holds the roots of perfect subtrees of 256^L leaves: 0 = leaf hashes.</param>
public readonly record struct TileId(int Level, long Index);

/// <summary>The tile layout of C2SP tlog-tiles: full tiles never change, so that they can be stored once.</summary>
public static class Tiles
{
    /// <summary>Hashes of a full tile.</summary>
    public const int Width = 256;

    /// <summary>Bytes of a full tile.</summary>
    public const int Bytes = Width * MerkleTree.HashBytes;

    /// <summary>Binary levels a tile level spans.</summary>
    public const int Height = 8;

    /// <summary>
    /// The tiles that become full when the tree grows from <paramref name="from"/> to <paramref name="to"/> leaves: lowest level first, each level from left to
    /// right. A tile of level L + 1 holds the <see cref="MerkleTree.PerfectRoot"/> of 256 tiles of level L.
    /// </summary>
    public static IEnumerable<TileId> Completed(long from, long to)
    {
        for (var (level, first, end) = (0, from / Width, to / Width); end > 0; level++, first /= Width, end /= Width)
        {
            for (var index = first; index < end; index++) yield return new TileId(level, index);
        }
    }

    /// <summary>How many hashes tile level <paramref name="level"/> has in a tree of <paramref name="size"/> leaves.</summary>
    public static long HashesAt(int level, long size) => level * Height >= 63 ? 0 : size >> (level * Height);
}
