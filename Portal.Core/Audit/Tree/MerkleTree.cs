using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>
/// Hashes of an append-only Merkle tree and the check of its proofs, RFC 9162 section 2.1 with SHA-256: leaf = SHA-256(0x00 || bytes), node = SHA-256(0x01 || left || right).
/// A proof does not bind the tree's size by itself: take size and root from one signed checkpoint.
/// </summary>
public static class MerkleTree
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = 32;

    private const int MaxStackBytes = 4096;
    private static readonly byte[] Empty = SHA256.HashData(ReadOnlySpan<byte>.Empty);

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static byte[] EmptyRoot => [.. Empty];

    public static byte[] LeafHash(ReadOnlySpan<byte> leaf)
    {
        var hash = new byte[HashBytes];
        LeafHash(leaf, hash);
        return hash;
    }

    /// <summary>Writes the 32 bytes to <paramref name="destination"/>.</summary>
    public static void LeafHash(ReadOnlySpan<byte> leaf, Span<byte> destination)
    {
        var length = leaf.Length + 1;
        if (length <= MaxStackBytes)
        {
            Span<byte> input = stackalloc byte[length];
            input[0] = 0;
            leaf.CopyTo(input[1..]);
            SHA256.HashData(input, destination);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        rented[0] = 0;
        leaf.CopyTo(rented.AsSpan(1));
        SHA256.HashData(rented.AsSpan(0, length), destination);
        ArrayPool<byte>.Shared.Return(rented);
    }

    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var hash = new byte[HashBytes];
        NodeHash(left, right, hash);
        return hash;
    }

    /// <summary>Writes the 32 bytes to <paramref name="destination"/>, which may be one of the inputs.</summary>
    public static void NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> destination)
    {
        Span<byte> input = stackalloc byte[1 + (2 * HashBytes)];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashBytes)..]);
        SHA256.HashData(input, destination);
    }

    /// <summary>The root of a perfect subtree from the hashes of its lowest level, back to back; their number is a power of two.</summary>
    public static byte[] PerfectRoot(ReadOnlySpan<byte> hashes)
    {
        var count = hashes.Length / HashBytes;
        if (count * HashBytes != hashes.Length || !BitOperations.IsPow2(count)) throw new ArgumentException("The number of hashes must be a power of two.", nameof(hashes));
        var level = hashes.ToArray();
        for (; count > 1; count /= 2)
        {
            for (var i = 0; i < count / 2; i++)
                NodeHash(level.AsSpan(2 * i * HashBytes, HashBytes), level.AsSpan(((2 * i) + 1) * HashBytes, HashBytes), level.AsSpan(i * HashBytes, HashBytes));
        }

        return level[..HashBytes];
    }

    /// <summary>RFC 9162 section 2.1.3.2. False for any malformed input, a tree of size 0 included.</summary>
    public static bool VerifyInclusion(ulong leafIndex, ulong treeSize, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> path, ReadOnlySpan<byte> root)
    {
        if (leafIndex >= treeSize || leafHash.Length != HashBytes || root.Length != HashBytes) return false;
        var (fn, sn) = (leafIndex, treeSize - 1);
        var r = leafHash.ToArray();
        foreach (var p in path)
        {
            if (sn == 0 || p.Length != HashBytes) return false;
            if ((fn & 1) == 1 || fn == sn)
            {
                NodeHash(p, r, r);
                while ((fn & 1) == 0 && fn != 0) (fn, sn) = (fn >> 1, sn >> 1);
            }
            else NodeHash(r, p, r);

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        return sn == 0 && root.SequenceEqual(r);
    }

    /// <summary>RFC 9162 section 2.1.4.2. False for any malformed input, a first size of 0 included: an empty tree is consistent with every tree and proves nothing.</summary>
    public static bool VerifyConsistency(ulong firstSize, ulong secondSize, ReadOnlySpan<byte> firstRoot, ReadOnlySpan<byte> secondRoot, IReadOnlyList<byte[]> path)
    {
        if (firstSize == 0 || firstSize > secondSize) return false;
        if (firstSize == secondSize) return path.Count == 0 && firstRoot.SequenceEqual(secondRoot);
        if (firstRoot.Length != HashBytes || secondRoot.Length != HashBytes) return false;
        if (path.Count == 0 || path.Any(p => p.Length != HashBytes)) return false;
        var startsAtFirst = BitOperations.IsPow2(firstSize);
        var (fn, sn) = (firstSize - 1, secondSize - 1);
        for (; (fn & 1) == 1; fn >>= 1) sn >>= 1;
        var fr = startsAtFirst ? firstRoot.ToArray() : [.. path[0]];
        var sr = fr.ToArray();
        for (var i = startsAtFirst ? 0 : 1; i < path.Count; i++)
        {
            if (sn == 0) return false;
            var c = path[i];
            if ((fn & 1) == 1 || fn == sn)
            {
                NodeHash(c, fr, fr);
                NodeHash(c, sr, sr);
                while ((fn & 1) == 0 && fn != 0) (fn, sn) = (fn >> 1, sn >> 1);
            }
            else NodeHash(sr, c, sr);

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        return sn == 0 && firstRoot.SequenceEqual(fr) && secondRoot.SequenceEqual(sr);
    }
}
