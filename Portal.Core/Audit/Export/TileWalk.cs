using System.Numerics;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Export;

/// <summary>The tree of a contiguous range while its leaves pass by: whole tiles, and the slots of the tile that is being filled.</summary>
internal sealed class TileWalk
{
    private readonly byte[] _slots = new byte[Tiles.Bytes];
    private readonly bool[] _has = new bool[Tiles.Width];
    private readonly CompactRange _whole;
    private CompactRange _inner;

    /// <param name="left">Cover of [0, from), biggest first.</param>
    /// <exception cref="FormatException">The edge does not belong to the index.</exception>
    public TileWalk(long from, IReadOnlyList<byte[]> left)
    {
        var all = new CompactRange(from, left);
        LeftRoot = all.Root();
        First = from - (from % Tiles.Width);
        _whole = new CompactRange(First, [.. left.Take(BitOperations.PopCount((ulong)First))]);
        _inner = InnerEdge(from, left);
        From = from;
    }

    public long From { get; }

    /// <summary>The root of the tree before the first entry.</summary>
    public byte[] LeftRoot { get; }

    /// <summary>The first leaf of the tile that is being filled.</summary>
    public long First { get; private set; }

    /// <summary>The leaves of this tile begin here: later than <see cref="First"/> in the range's first tile.</summary>
    public long TileFrom => First + _inner.Size;

    /// <summary>Leaves are unknown: roots cannot be compared any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The part of the edge that lies inside the tile of <paramref name="from"/>.</summary>
    public static CompactRange InnerEdge(long from, IReadOnlyList<byte[]> left)
    {
        var inner = from % Tiles.Width;
        return new CompactRange(inner, [.. left.TakeLast(BitOperations.PopCount((ulong)inner))]);
    }

    public bool Has(long index) => _has[(int)(index - First)];

    public void Set(long index, ReadOnlySpan<byte> hash)
    {
        var slot = (int)(index - First);
        hash.CopyTo(_slots.AsSpan(slot * MerkleTree.HashBytes));
        _has[slot] = true;
    }

    /// <summary>The leaves of this tile before <paramref name="to"/> that did not come, as ranges.</summary>
    public IEnumerable<(long From, long To)> Missing(long to)
    {
        for (var i = TileFrom; i < to; i++)
        {
            if (Has(i)) continue;
            var from = i;
            while (i + 1 < to && !Has(i + 1)) i++;
            yield return (from, i + 1);
        }
    }

    /// <summary>The right edge of the tree of <paramref name="size"/> leaves, which ends in this tile; null where leaves are unknown.</summary>
    public CompactRange? EdgeAt(long size)
    {
        if (IsBroken || size < TileFrom || Missing(size).Any()) return null;
        var tree = _whole.Copy();
        foreach (var (level, hash) in Levels(Filled(size))) tree.AppendNode(level, hash);
        return tree;
    }

    /// <summary>The root of this tile from its slots; null where one did not come.</summary>
    public byte[]? TileRoot() => Missing(First + Tiles.Width).Any() ? null : Filled(First + Tiles.Width).Root();

    /// <summary>Goes on to the next tile.</summary>
    /// <param name="root">The root to count on; null = unknown.</param>
    public void Advance(byte[]? root)
    {
        if (root is null) IsBroken = true;
        if (!IsBroken && root is not null) _whole.AppendNode(Tiles.Height, root);
        Reset(First + Tiles.Width);
    }

    /// <summary>Leaves out everything up to the tile of <paramref name="index"/>.</summary>
    public void Jump(long index)
    {
        IsBroken = true;
        Reset(index - (index % Tiles.Width));
    }

    private void Reset(long first)
    {
        First = first;
        Array.Clear(_has);
        _inner = new CompactRange();
    }

    private CompactRange Filled(long to)
    {
        var tile = _inner.Copy();
        for (var i = TileFrom; i < to; i++) tile.Append(_slots.AsSpan((int)(i - First) * MerkleTree.HashBytes, MerkleTree.HashBytes));
        return tile;
    }

    private static IEnumerable<(int Level, byte[] Hash)> Levels(CompactRange range)
    {
        var next = 0;
        var hashes = range.Hashes;
        for (var level = 62; level >= 0; level--)
        {
            if ((range.Size >> level & 1) == 1) yield return (level, hashes[next++]);
        }
    }
}
