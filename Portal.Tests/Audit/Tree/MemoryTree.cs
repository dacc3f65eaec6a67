using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>A tree in memory whose hashes are computed naively, as RFC 9162 section 2.1.1 defines them: the measure for the real one.</summary>
internal sealed class MemoryTree : ITreeHashes
{
    private readonly List<byte[]> _leaves = [];

    public MemoryTree(long size)
    {
        for (var i = 0; i < size; i++) Add(MerkleTree.LeafHash(Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture))));
    }

    public long Size => _leaves.Count;

    public int Reads { get; private set; }

    public void Add(byte[] leafHash) => _leaves.Add(leafHash);

    public byte[] Leaf(long index) => _leaves[(int)index];

    public byte[] Root(long size) => size == 0 ? MerkleTree.EmptyRoot : Mth(0, (int)size);

    public ValueTask<ReadOnlyMemory<byte>> HashesAsync(int level, long from, int count, CancellationToken cancellationToken)
    {
        Reads++;
        if (from / Tiles.Width != (from + count - 1) / Tiles.Width || from % Tiles.Width != 0) throw new InvalidOperationException("Over a tile's border.");
        var span = 1 << (8 * level);
        var hashes = new List<byte>();
        for (var i = from; i < from + count; i++) hashes.AddRange(Mth((int)i * span, (int)(i + 1) * span));
        return new ValueTask<ReadOnlyMemory<byte>>(hashes.ToArray());
    }

    private byte[] Mth(int from, int to)
    {
        if (to - from == 1) return _leaves[from];
        var k = 1;
        while (k * 2 < to - from) k *= 2;
        return MerkleTree.NodeHash(Mth(from, from + k), Mth(from + k, to));
    }
}
