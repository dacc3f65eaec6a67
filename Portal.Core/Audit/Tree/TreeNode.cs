using System.Numerics;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>A perfect subtree: the leaves [Index · 2^Level, (Index + 1) · 2^Level).</summary>
public readonly record struct TreeNode(int Level, long Index)
{
    public long From => Index << Level;

    public long To => (Index + 1) << Level;

    /// <summary>The fewest perfect subtrees that make up the leaves [from, to), left to right.</summary>
    public static IReadOnlyList<TreeNode> Cover(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        var nodes = new List<TreeNode>();
        while (from < to)
        {
            var room = BitOperations.Log2((ulong)(to - from));
            var level = from == 0 ? room : Math.Min(room, BitOperations.TrailingZeroCount(from));
            nodes.Add(new TreeNode(level, from >> level));
            from += 1L << level;
        }

        return nodes;
    }
}
