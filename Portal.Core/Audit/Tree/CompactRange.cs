using System.Numerics;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>
/// The right edge of a tree: the roots of the perfect subtrees that its leaves make up, biggest first (one for each bit that is set in the size). Enough to append
/// and to know the root, in constant memory. Not safe for two threads.
/// </summary>
public sealed class CompactRange
{
    private const int HashBytes = MerkleTree.HashBytes;

    // Slot l holds the root of the perfect subtree of 2^l leaves while bit l of the size is set.
    private readonly byte[] _slots = new byte[64 * HashBytes];

    /// <summary>A tree without leaves.</summary>
    public CompactRange()
    {
    }

    /// <summary>The edge of a tree of <paramref name="size"/> leaves.</summary>
    /// <param name="hashes">As <see cref="Hashes"/> gave them: biggest subtree first.</param>
    /// <exception cref="FormatException">The number of hashes does not belong to the size, or one has not 32 bytes.</exception>
    public CompactRange(long size, IReadOnlyList<byte[]> hashes)
    {
        if (size < 0 || hashes.Count != BitOperations.PopCount((ulong)size)) throw new FormatException($"A tree of {size} leaves has an edge of {(size < 0 ? 0 : BitOperations.PopCount((ulong)size))} hashes, not {hashes.Count}.");
        var next = 0;
        for (var level = 63; level >= 0; level--)
        {
            if ((size >> level & 1) == 0) continue;
            var hash = hashes[next++];
            if (hash.Length != HashBytes) throw new FormatException("A hash has 32 bytes.");
            hash.CopyTo(_slots, level * HashBytes);
        }

        Size = size;
    }

    /// <summary>Leaves so far.</summary>
    public long Size { get; private set; }

    /// <summary>The edge, biggest subtree first: serialise this together with <see cref="Size"/>.</summary>
    public IReadOnlyList<byte[]> Hashes
    {
        get
        {
            var hashes = new List<byte[]>(BitOperations.PopCount((ulong)Size));
            for (var level = 63; level >= 0; level--)
            {
                if ((Size >> level & 1) == 1) hashes.Add(Slot(level).ToArray());
            }

            return hashes;
        }
    }

    public void Append(ReadOnlySpan<byte> leafHash) => AppendNode(0, leafHash);

    /// <summary>Appends a perfect subtree of 2^<paramref name="level"/> leaves; the size must be a multiple of that.</summary>
    public void AppendNode(int level, ReadOnlySpan<byte> hash)
    {
        if (hash.Length != HashBytes) throw new FormatException("A hash has 32 bytes.");
        if (level is < 0 or > 62 || (Size & ((1L << level) - 1)) != 0 || Size > long.MaxValue - (1L << level)) throw new FormatException($"A subtree of 2^{level} leaves cannot begin at leaf {Size}.");
        Span<byte> carried = stackalloc byte[HashBytes];
        hash.CopyTo(carried);
        var at = level;
        for (; (Size >> at & 1) == 1; at++) MerkleTree.NodeHash(Slot(at), carried, carried);
        carried.CopyTo(Slot(at));
        Size += 1L << level;
    }

    /// <summary>The root of the tree, 32 bytes.</summary>
    public byte[] Root()
    {
        if (Size == 0) return MerkleTree.EmptyRoot;
        var level = BitOperations.TrailingZeroCount(Size);
        var root = Slot(level).ToArray();
        for (level++; level < 63; level++)
        {
            if ((Size >> level & 1) == 1) MerkleTree.NodeHash(Slot(level), root, root);
        }

        return root;
    }

    public CompactRange Copy() => new(Size, Hashes);

    private Span<byte> Slot(int level) => _slots.AsSpan(level * HashBytes, HashBytes);
}
