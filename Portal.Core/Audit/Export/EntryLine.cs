using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Export;

/// <summary>One entry line: takes the leaf's exact bytes, hashes them, and holds what the leaf says about itself against what the bundle says.</summary>
internal static class EntryLine
{
    private const int PartActor = 0;
    private const int PartSubject = 1;
    private const int PartOriginal = 2;
    private const int NoPart = -1;

    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="FormatException">Not an entry line.</exception>
    public static ParsedLine Parse(ReadOnlySpan<byte> line, Span<byte> stated, BundleExpectation expectation)
    {
        var reader = new Utf8JsonReader(line);
        var leaf = new Leaf();
        Span<byte> commitments = stackalloc byte[3 * MerkleTree.HashBytes];
        Span<byte> computed = stackalloc byte[MerkleTree.HashBytes];
        var (hasHash, hasLeaf, hasOpening) = (false, false, false);
        var flaws = EntryFlaws.None;
        List<byte[]>? proof = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("hash"u8))
            {
                reader.Read();
                hasHash = TryHash(ref reader, stated);
            }
            else if (reader.ValueTextEquals("leaf"u8))
            {
                if (hasLeaf) throw new FormatException("The leaf stands twice.");
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                leaf = ReadLeaf(ref reader, commitments, expectation);
                MerkleTree.LeafHash(line[start..(int)reader.BytesConsumed], computed);
                hasLeaf = true;
            }
            else if (reader.ValueTextEquals("open"u8))
            {
                // The writer puts openings behind the leaf, whose commitments they open.
                if (!hasLeaf || hasOpening) throw new FormatException("Openings stand once, and behind the leaf.");
                reader.Read();
                hasOpening = true;
                if (!Opens(ref reader, line, commitments, leaf.Parts)) flaws |= EntryFlaws.Opening;
            }
            else if (reader.ValueTextEquals("proof"u8))
            {
                reader.Read();
                proof = Path(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (reader.TokenType != JsonTokenType.EndObject || reader.Read() || !hasHash || !hasLeaf || leaf.Index < 0) throw new FormatException("An entry line has a hash and a leaf with an index.");
        if (!computed.SequenceEqual(stated)) flaws |= EntryFlaws.Changed;
        flaws |= leaf.Flaws;
        if (expectation.IsSelection && (proof is null || !MerkleTree.VerifyInclusion((ulong)leaf.Index, (ulong)expectation.HeadSize, computed, proof, expectation.HeadRoot))) flaws |= EntryFlaws.Proof;
        return new ParsedLine(LineKind.Entry, leaf.Index, leaf.SequencedAt, flaws, null, null);
    }

    public static bool TryHash(ref Utf8JsonReader reader, scoped Span<byte> hash) =>
        reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && reader.ValueSpan.Length == 44
        && Base64.DecodeFromUtf8(reader.ValueSpan, hash, out _, out var written) == OperationStatus.Done && written == MerkleTree.HashBytes;

    private static Leaf ReadLeaf(ref Utf8JsonReader reader, scoped Span<byte> commitments, BundleExpectation expectation)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new FormatException("The leaf is no object.");
        var (index, time, parts) = (-1L, 0L, 0);
        var (log, tenant, version) = (false, false, false);
        var flaws = EntryFlaws.None;
        ReadOnlySpan<byte> before = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Names of leaves are ASCII without escapes, so that their bytes sort as their text.
            var name = reader.ValueSpan;
            if (!before.IsEmpty && before.SequenceCompareTo(name) >= 0) flaws |= EntryFlaws.NotCanonical;
            before = name;
            reader.Read();
            if (name.SequenceEqual("index"u8)) index = reader.GetInt64();
            else if (name.SequenceEqual("log_id"u8)) log = reader.ValueTextEquals(expectation.LogId);
            else if (name.SequenceEqual("tenant_id"u8)) tenant = reader.ValueTextEquals(expectation.TenantId);
            else if (name.SequenceEqual("v"u8)) version = reader.TokenType == JsonTokenType.Number && reader.ValueSpan.SequenceEqual("1"u8);
            else if (name.SequenceEqual("sequenced_at"u8)) time = Time(reader.ValueSpan);
            else if (name.SequenceEqual("personal"u8)) parts = Commitments(ref reader, commitments);
            else reader.Skip();
        }

        if (time == 0) throw new FormatException("The leaf has no sequenced_at.");
        if (!log || !tenant || !version) flaws |= EntryFlaws.Foreign;
        return new Leaf(index, time, parts, flaws);
    }

    private static int Commitments(ref Utf8JsonReader reader, scoped Span<byte> commitments)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new FormatException("\"personal\" is no object.");
        var parts = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var part = Part(reader.ValueSpan);
            reader.Read();
            if (part == NoPart || !TryHash(ref reader, commitments.Slice(part * MerkleTree.HashBytes, MerkleTree.HashBytes))) throw new FormatException("A commitment is not base64 of 32 bytes.");
            parts |= 1 << part;
        }

        return parts;
    }

    private static bool Opens(ref Utf8JsonReader reader, ReadOnlySpan<byte> line, scoped ReadOnlySpan<byte> commitments, int parts)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new FormatException("\"open\" is no object.");
        var all = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var part = Part(reader.ValueSpan);
            reader.Read();
            if (part == NoPart || reader.TokenType != JsonTokenType.StartObject) throw new FormatException("An opening is an object of a known part.");
            all &= OpensPart(ref reader, line, commitments.Slice(part * MerkleTree.HashBytes, MerkleTree.HashBytes)) && (parts & 1 << part) != 0;
        }

        return all;
    }

    private static bool OpensPart(ref Utf8JsonReader reader, ReadOnlySpan<byte> line, scoped ReadOnlySpan<byte> commitment)
    {
        byte[]? salt = null;
        byte[]? bytes = null;
        var (from, to) = (0, 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("salt"u8))
            {
                reader.Read();
                salt = reader.GetBytesFromBase64();
            }
            else if (reader.ValueTextEquals("bytes"u8))
            {
                reader.Read();
                bytes = reader.GetBytesFromBase64();
            }
            else if (reader.ValueTextEquals("value"u8))
            {
                reader.Read();
                from = (int)reader.TokenStartIndex;
                reader.Skip();
                to = (int)reader.BytesConsumed;
            }
            else throw new FormatException("An opening is a salt, and a value or bytes.");
        }

        if (salt is not { Length: MerkleTree.HashBytes } || (bytes is null) == (to == 0)) throw new FormatException("An opening is a salt of 32 bytes, and a value or bytes.");
        var value = bytes ?? line[from..to];
        Span<byte> hash = stackalloc byte[MerkleTree.HashBytes];
        var input = ArrayPool<byte>.Shared.Rent(salt.Length + value.Length);
        salt.CopyTo(input, 0);
        value.CopyTo(input.AsSpan(salt.Length));
        SHA256.HashData(input.AsSpan(0, salt.Length + value.Length), hash);
        ArrayPool<byte>.Shared.Return(input);
        return commitment.SequenceEqual(hash);
    }

    private static int Part(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("actor"u8) ? PartActor : name.SequenceEqual("subject"u8) ? PartSubject : name.SequenceEqual("original"u8) ? PartOriginal : NoPart;

    private static List<byte[]> Path(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new FormatException("\"proof\" is no list.");
        var path = new List<byte[]>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            if (path.Count == 64) throw new FormatException("A proof has at most 64 hashes.");
            path.Add(reader.GetBytesFromBase64());
        }

        return reader.TokenType == JsonTokenType.EndArray ? path : throw new FormatException("A proof is a list of texts.");
    }

    /// <summary>A number that grows with the time; the form is exactly <c>2026-11-20T17:00:00.123456Z</c>.</summary>
    private static long Time(ReadOnlySpan<byte> text)
    {
        if (text.Length != 27 || text[26] != 'Z' || text[10] != 'T' || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':' || text[19] != '.') throw new FormatException("sequenced_at is no time with six decimals.");
        var day = (((Digits(text, 0, 4) * 12) + Digits(text, 5, 2)) * 31) + Digits(text, 8, 2);
        var second = (((Digits(text, 11, 2) * 60) + Digits(text, 14, 2)) * 60) + Digits(text, 17, 2);
        return (((day * 86_400) + second) * 1_000_000) + Digits(text, 20, 6);
    }

    private static long Digits(ReadOnlySpan<byte> text, int from, int count)
    {
        var value = 0L;
        foreach (var c in text.Slice(from, count)) value = c is >= (byte)'0' and <= (byte)'9' ? (value * 10) + (c - '0') : throw new FormatException("sequenced_at is no time with six decimals.");
        return value;
    }

    /// <param name="Parts">Bit set of the commitments that the leaf holds.</param>
    private readonly record struct Leaf(long Index, long SequencedAt, int Parts, EntryFlaws Flaws);
}
