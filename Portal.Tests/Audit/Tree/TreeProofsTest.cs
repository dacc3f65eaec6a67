using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>Proofs for sizes 0 to 1000 against a naive tree, and what must not pass as one.</summary>
public sealed class TreeProofsTest
{
    private static readonly MemoryTree Tree = new(1000);

    [Fact]
    public async Task RootAndEdge_OfEverySizeAreThoseOfTheNaiveTree()
    {
        var proofs = new TreeProofs(Tree, Tree.Size);
        var grown = new CompactRange();
        for (var size = 0L; size <= 1000; size++)
        {
            var root = Tree.Root(size);
            grown.Root().ShouldBe(root);
            (await proofs.RootAsync(size, default)).ShouldBe(root);
            (await proofs.CompactRangeAsync(size, default)).Root().ShouldBe(root);
            new CompactRange(size, grown.Hashes).Root().ShouldBe(root);
            if (size < 1000) grown.Append(Tree.Leaf(size));
        }
    }

    [Fact]
    public void Inclusion_OfAnyLeafInAnyTreeVerifies_AndInNoOther() =>
        Prop.ForAll(Gen.Choose(1, 1000).SelectMany(size => Gen.Choose(0, size - 1).Select(index => (size, index))).ToArbitrary(), pair => Included(pair.size, pair.index)).QuickCheckThrowOnFailure();

    [Fact]
    public void Consistency_OfAnyTwoSizesVerifies_AndWithNoOtherRoot() =>
        Prop.ForAll(Gen.Choose(1, 1000).SelectMany(to => Gen.Choose(1, to).Select(from => (from, to))).ToArbitrary(), pair => Consistent(pair.from, pair.to)).QuickCheckThrowOnFailure();

    [Fact]
    public void RangeBetweenItsEdges_GivesTheRoot() =>
        Prop.ForAll(Gen.Choose(0, 1000).Three().Select(t => new[] { t.Item1, t.Item2, t.Item3 }.Order().ToArray()).ToArbitrary(), cut => Ranged(cut[0], cut[1], cut[2])).QuickCheckThrowOnFailure();

    [Fact]
    public void CompletedTiles_AreThoseThatBecomeFull()
    {
        Tiles.Completed(0, 255).ShouldBeEmpty();
        Tiles.Completed(255, 256).ShouldBe([new TileId(0, 0)]);
        Tiles.Completed(256, 511).ShouldBeEmpty();
        Tiles.Completed(200, 600).ShouldBe([new TileId(0, 0), new TileId(0, 1)]);
        Tiles.Completed(65_535, 65_536).ShouldBe([new TileId(0, 255), new TileId(1, 0)]);
        Tiles.Completed(0, 70_000).Count().ShouldBe(273 + 1);
    }

    [Fact]
    public async Task MalformedArguments_AreRefused()
    {
        var proofs = new TreeProofs(Tree, 10);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await proofs.InclusionAsync(10, 10, default));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await proofs.InclusionAsync(0, 11, default));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await proofs.ConsistencyAsync(0, 5, default));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await proofs.ConsistencyAsync(6, 5, default));
        Should.Throw<FormatException>(() => new CompactRange(3, [new byte[32]]));
        Should.Throw<FormatException>(() => new CompactRange(1, [new byte[31]]));
        Should.Throw<FormatException>(() => new CompactRange(1, [new byte[32]]).AppendNode(1, new byte[32]));
    }

    private static bool Included(int size, int index)
    {
        var path = Wait(new TreeProofs(Tree, size).InclusionAsync(index, size, default));
        var (leaf, root) = (Tree.Leaf(index), Tree.Root(size));
        var other = (index + 1) % size;
        return MerkleTree.VerifyInclusion((ulong)index, (ulong)size, leaf, path, root)
            && (size == 1 || !MerkleTree.VerifyInclusion((ulong)other, (ulong)size, leaf, path, root))
            && (size == 1 || !MerkleTree.VerifyInclusion((ulong)index, (ulong)size, Tree.Leaf(other), path, root))
            && !MerkleTree.VerifyInclusion((ulong)index, (ulong)size, leaf, path, MerkleTree.NodeHash(root, root))
            && !MerkleTree.VerifyInclusion((ulong)index, (ulong)size, leaf, [.. path, root], root);
    }

    private static bool Consistent(int from, int to)
    {
        var path = Wait(new TreeProofs(Tree, to).ConsistencyAsync(from, to, default));
        var (first, second) = (Tree.Root(from), Tree.Root(to));
        return MerkleTree.VerifyConsistency((ulong)from, (ulong)to, first, second, path)
            && !MerkleTree.VerifyConsistency((ulong)from, (ulong)to, MerkleTree.NodeHash(first, first), second, path)
            && !MerkleTree.VerifyConsistency((ulong)from, (ulong)to, first, MerkleTree.NodeHash(second, second), path)
            && !MerkleTree.VerifyConsistency((ulong)from, (ulong)to, first, second, [.. path, first]);
    }

    private static bool Ranged(int from, int to, int size)
    {
        var proofs = new TreeProofs(Tree, size);
        var range = Wait(proofs.CompactRangeAsync(from, default));
        for (var i = from; i < to; i++) range.Append(Tree.Leaf(i));
        var cover = TreeNode.Cover(to, size);
        var right = Wait(proofs.NodesAsync(to, size, default));
        for (var i = 0; i < cover.Count; i++) range.AppendNode(cover[i].Level, right[i]);
        return range.Size == size && range.Root().AsSpan().SequenceEqual(Tree.Root(size));
    }

    // FsCheck's properties are synchronous, and the tree in memory answers at once.
    private static T Wait<T>(ValueTask<T> task) => task.GetAwaiter().GetResult();
}
