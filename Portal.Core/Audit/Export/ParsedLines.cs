using System.Text;
using System.Text.Json;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Export;

internal enum LineKind
{
    /// <summary>No JSON, or of no known type.</summary>
    Malformed,
    Entry,
    Tile,

    /// <summary>Header, key, checkpoint, consistency, edges, removed, end: few, and read one by one.</summary>
    Other,
}

[Flags]
internal enum EntryFlaws
{
    None = 0,

    /// <summary>The leaf's hash is not the one that stands beside it.</summary>
    Changed = 1,

    /// <summary>Log or tenant of the leaf are not those of the bundle, or the leaf's version is unknown.</summary>
    Foreign = 2,
    NotCanonical = 4,

    /// <summary>An opening does not give the commitment of the leaf.</summary>
    Opening = 8,

    /// <summary>The inclusion proof does not lead to the head.</summary>
    Proof = 16,
}

/// <param name="Index">Of an entry; of a tile its number.</param>
/// <param name="SequencedAt">Grows with the time; 0 = absent.</param>
/// <param name="Other">A copy of the line where it is of the few that are read one by one.</param>
internal readonly record struct ParsedLine(LineKind Kind, long Index, long SequencedAt, EntryFlaws Flaws, string? Complaint, byte[]? Other);

/// <summary>What the leaves of a bundle must say; known once its first lines are read.</summary>
internal sealed class BundleExpectation
{
    public byte[] LogId { get; init; } = [];

    public byte[] TenantId { get; init; } = [];

    public bool IsSelection { get; init; }

    public long HeadSize { get; init; }

    public byte[] HeadRoot { get; init; } = [];

    public static BundleExpectation Of(BundleHeader header, Checkpoint? head) => new()
    {
        LogId = Encoding.ASCII.GetBytes(header.LogId.ToString("D")),
        TenantId = Encoding.ASCII.GetBytes(header.TenantId.ToString("D")),
        IsSelection = header.Kind == BundleKind.Selection,
        HeadSize = head?.Size ?? 0,
        HeadRoot = head?.Root ?? [],
    };
}

/// <summary>The lines of one block, parsed and hashed; needs nothing but the block, so that blocks can be worked on side by side.</summary>
internal sealed class ParsedLines
{
    private readonly List<ParsedLine> _lines = new(1024);
    private byte[] _hashes = new byte[1024 * MerkleTree.HashBytes];

    public IReadOnlyList<ParsedLine> Lines => _lines;

    /// <summary>The hash that stands in line <paramref name="i"/>: an entry's leaf hash, a tile's root.</summary>
    public ReadOnlySpan<byte> Hash(int i) => _hashes.AsSpan(i * MerkleTree.HashBytes, MerkleTree.HashBytes);

    public static ParsedLines Parse(ReadOnlySpan<byte> block, BundleExpectation expectation)
    {
        var result = new ParsedLines();
        while (!block.IsEmpty)
        {
            var end = block.IndexOf((byte)'\n');
            result.Add(end < 0 ? block : block[..end], expectation);
            block = end < 0 ? default : block[(end + 1)..];
        }

        return result;
    }

    private void Add(ReadOnlySpan<byte> line, BundleExpectation expectation)
    {
        if ((_lines.Count + 1) * MerkleTree.HashBytes > _hashes.Length) Array.Resize(ref _hashes, _hashes.Length * 2);
        var hash = _hashes.AsSpan(_lines.Count * MerkleTree.HashBytes, MerkleTree.HashBytes);
        try
        {
            _lines.Add(
                line.StartsWith("{\"type\":\"entry\","u8) ? EntryLine.Parse(line, hash, expectation)
                : line.StartsWith("{\"type\":\"tile\","u8) ? Tile(line, hash)
                : new ParsedLine(LineKind.Other, 0, 0, EntryFlaws.None, null, line.ToArray()));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            _lines.Add(new ParsedLine(LineKind.Malformed, 0, 0, EntryFlaws.None, e.Message, null));
        }
    }

    private static ParsedLine Tile(ReadOnlySpan<byte> line, Span<byte> hash)
    {
        var reader = new Utf8JsonReader(line);
        long? index = null;
        var hasRoot = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isIndex, isRoot) = (reader.ValueTextEquals("index"u8), reader.ValueTextEquals("root"u8));
            reader.Read();
            if (isIndex) index = reader.GetInt64();
            else if (isRoot) hasRoot = EntryLine.TryHash(ref reader, hash);
            else reader.Skip();
        }

        if (reader.Read() || index is null or < 0 or > long.MaxValue / Tiles.Width - 1 || !hasRoot) throw new FormatException("A tile line is an index and a root.");
        return new ParsedLine(LineKind.Tile, index.Value, 0, EntryFlaws.None, null, null);
    }
}
