using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Writes a bundle line by line (docs/audit-bundle.md) in constant memory. The stream stays open; a bundle without its closing line is found as cut off.</summary>
/// <param name="signers">Sign the closing line.</param>
public sealed class BundleWriter(Stream output, BundleHeader header, IReadOnlyList<AuditSigner> signers) : IDisposable
{
    private const int FlushBytes = 128 * 1024;
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * FlushBytes);
    private readonly byte[] _tile = new byte[Tiles.Bytes];
    private long _lines;
    private long _entries;
    private long _removed;
    private long _next = header.From;
    private CompactRange? _firstTile;

    /// <summary>Header, keys, checkpoints, proofs. Call it once and first.</summary>
    public async ValueTask BeginAsync(BundleProofs proofs, CancellationToken cancellationToken)
    {
        Line(json =>
        {
            json.WriteString("type", "header");
            json.WriteString("format", BundleHeader.Format);
            json.WriteNumber("version", BundleHeader.Version);
            json.WriteString("bundle_id", header.BundleId);
            json.WriteString("log_id", header.LogId);
            json.WriteString("tenant_id", header.TenantId);
            json.WriteString("kind", BundleHeader.NameOf(header.Kind));
            json.WriteNumber("from", header.From);
            json.WriteNumber("to", header.To);
            json.WriteString("exported_at", Time(header.ExportedAtUtc));
            if (header.Query is { } query) json.WriteString("query", query);
            if (header.AfterUtc is { } after) json.WriteString("after", Time(after));
            if (header.BeforeUtc is { } before) json.WriteString("before", Time(before));
        });
        foreach (var key in proofs.Keys)
        {
            Line(json =>
            {
                json.WriteString("type", "key");
                json.WriteString("name", key.Name);
                json.WriteBase64String("key_hash", key.KeyHash);
                json.WriteString("algorithm", AuditVerifierKey.Algorithm);
                json.WriteString("public_key_pem", key.PublicKeyPem);
            });
        }

        foreach (var note in proofs.Checkpoints)
        {
            Line(json =>
            {
                json.WriteString("type", "checkpoint");
                json.WriteString("note", note);
            });
            await FlushAsync(FlushBytes, cancellationToken);
        }

        foreach (var (from, to, path) in proofs.Consistency)
        {
            Line(json =>
            {
                json.WriteString("type", "consistency");
                json.WriteNumber("from", from);
                json.WriteNumber("to", to);
                Hashes(json, "path", path);
            });
        }

        foreach (var receipt in proofs.Receipts)
        {
            ReceiptLine(receipt);
            await FlushAsync(FlushBytes, cancellationToken);
        }

        if (header.Kind != BundleKind.Selection)
        {
            Line(json =>
            {
                json.WriteString("type", "edges");
                Hashes(json, "left", proofs.Left);
                Hashes(json, "right", proofs.Right);
            });
            _firstTile = TileWalk.InnerEdge(header.From, proofs.Left);
        }

        await FlushAsync(FlushBytes, cancellationToken);
    }

    /// <summary>The next entry, in the order of the index.</summary>
    /// <param name="proof">RFC 9162 inclusion proof up to the head; for selections only.</param>
    public ValueTask EntryAsync(BundleEntry entry, IReadOnlyList<byte[]>? proof, CancellationToken cancellationToken)
    {
        if (entry.Leaf.Span.Contains((byte)'\n')) throw new FormatException($"The leaf of entry {entry.Index} is not canonical: it holds a line break.");
        _buffer.Write("{\"type\":\"entry\",\"hash\":\""u8);
        Base64(entry.LeafHash);
        _buffer.Write("\",\"leaf\":"u8);
        _buffer.Write(entry.Leaf.Span);
        if (entry.Actor is not null || entry.Subject is not null || entry.Original is not null)
        {
            var before = ",\"open\":{\""u8;
            before = Open(before, "actor"u8, entry.Actor);
            before = Open(before, "subject"u8, entry.Subject);
            Open(before, "original"u8, entry.Original);
            _buffer.Write("}"u8);
        }

        if (proof is not null)
        {
            _buffer.Write(",\"proof\":["u8);
            for (var i = 0; i < proof.Count; i++)
            {
                _buffer.Write(i == 0 ? "\""u8 : ",\""u8);
                Base64(proof[i]);
                _buffer.Write("\""u8);
            }

            _buffer.Write("]"u8);
        }

        _buffer.Write("}\n"u8);
        (_lines, _entries) = (_lines + 1, _entries + 1);
        if (header.Kind != BundleKind.Selection)
        {
            entry.LeafHash.CopyTo(_tile, (int)(entry.Index % Tiles.Width) * MerkleTree.HashBytes);
            Step(entry.Index, entry.Index + 1);
            if (_next % Tiles.Width == 0) TileLine(_next - Tiles.Width);
        }

        return FlushAsync(FlushBytes, cancellationToken);
    }

    /// <summary>The leaves [from, to) are in the tree, and their entries are gone by retention.</summary>
    /// <param name="leafHashes">Their leaf hashes, which outlive the entries; at most to the end of the tile.</param>
    public ValueTask RemovedAsync(long from, IReadOnlyList<byte[]> leafHashes, CancellationToken cancellationToken)
    {
        var to = from + leafHashes.Count;
        if (header.Kind == BundleKind.Selection || leafHashes.Count == 0 || from / Tiles.Width != (to - 1) / Tiles.Width) throw new ArgumentException("Removed leaves are of one tile of a range.", nameof(leafHashes));
        for (var i = 0; i < leafHashes.Count; i++) leafHashes[i].CopyTo(_tile, (int)((from + i) % Tiles.Width) * MerkleTree.HashBytes);
        Line(json =>
        {
            json.WriteString("type", "removed");
            json.WriteNumber("from", from);
            json.WriteNumber("to", to);
            Hashes(json, "hashes", leafHashes);
        });
        _removed += leafHashes.Count;
        Step(from, to);
        if (_next % Tiles.Width == 0) TileLine(_next - Tiles.Width);
        return FlushAsync(FlushBytes, cancellationToken);
    }

    /// <summary>The closing line: counts, digest, signature. Without it a bundle counts as cut off.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(0, cancellationToken);
        var digest = _digest.GetHashAndReset();
        var statement = SignedNote.Sign(BundleHeader.Statement(header.LogId, header.BundleId, _lines, digest), signers).ToString();
        _buffer.Write(EndLine(_entries, _removed, _lines, digest, statement));
        await output.WriteAsync(_buffer.WrittenMemory, cancellationToken);
        _buffer.ResetWrittenCount();
        await output.FlushAsync(cancellationToken);
    }

    public void Dispose() => _digest.Dispose();

    /// <summary>The only form of a closing line: a verifier compares bytes.</summary>
    internal static byte[] EndLine(long entries, long removed, long lines, byte[] digest, string statement) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"type":"end","entries":{{entries}},"removed":{{removed}},"lines":{{lines}},"sha256":"{{Convert.ToBase64String(digest)}}","statement":"{{JsonEncodedText.Encode(statement, Plain.Encoder)}}"}""") + "\n");

    private static string Time(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static void Hashes(Utf8JsonWriter json, string name, IReadOnlyList<byte[]> hashes)
    {
        json.WriteStartArray(name);
        foreach (var hash in hashes) json.WriteBase64StringValue(hash);
        json.WriteEndArray();
    }

    private void Step(long from, long to)
    {
        if (from != _next || to > header.To) throw new ArgumentException($"Entry {from} was given, {_next} is next.");
        _next = to;
    }

    private void TileLine(long first)
    {
        byte[] root;
        if (_firstTile is { } edge && first < header.From)
        {
            while (edge.Size < Tiles.Width) edge.Append(_tile.AsSpan((int)edge.Size * MerkleTree.HashBytes, MerkleTree.HashBytes));
            root = edge.Root();
        }
        else root = MerkleTree.PerfectRoot(_tile);

        Line(json =>
        {
            json.WriteString("type", "tile");
            json.WriteNumber("index", first / Tiles.Width);
            json.WriteBase64String("root", root);
        });
    }

    private void ReceiptLine(BundleReceipt receipt) => Line(json =>
    {
        json.WriteString("type", "receipt");
        json.WriteString("id", receipt.Id);
        json.WriteNumber("retention_days", receipt.RetentionDays);
        json.WriteString("month", receipt.MonthUtc.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        json.WriteNumber("from", receipt.From);
        json.WriteNumber("to", receipt.To);
        json.WriteNumber("entries", receipt.Entries);
        json.WriteBase64String("archive_sha256", receipt.ArchiveSha256);
        json.WriteString("removed_at", Time(receipt.RemovedAtUtc));
        json.WriteString("checkpoint", receipt.Checkpoint);
    });

    private void Line(Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(_buffer, Plain))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        _buffer.Write("\n"u8);
        _lines++;
    }

    private ReadOnlySpan<byte> Open(ReadOnlySpan<byte> before, ReadOnlySpan<byte> name, BundleOpening? opening)
    {
        if (opening is null) return before;
        _buffer.Write(before);
        _buffer.Write(name);
        _buffer.Write("\":{\"salt\":\""u8);
        Base64(opening.Salt);
        // Canonical JSON stands as it is, so that people can read it; anything else in base64.
        if (!name.SequenceEqual("original"u8) && opening.Value is [(byte)'{', ..] && !opening.Value.AsSpan().Contains((byte)'\n'))
        {
            _buffer.Write("\",\"value\":"u8);
            _buffer.Write(opening.Value);
            _buffer.Write("}"u8);
        }
        else
        {
            _buffer.Write("\",\"bytes\":\""u8);
            Base64(opening.Value);
            _buffer.Write("\"}"u8);
        }

        return ",\""u8;
    }

    private void Base64(ReadOnlySpan<byte> bytes)
    {
        System.Buffers.Text.Base64.EncodeToUtf8(bytes, _buffer.GetSpan((bytes.Length + 2) / 3 * 4), out _, out var written);
        _buffer.Advance(written);
    }

    private async ValueTask FlushAsync(int threshold, CancellationToken cancellationToken)
    {
        if (_buffer.WrittenCount < threshold || _buffer.WrittenCount == 0) return;
        _digest.AppendData(_buffer.WrittenSpan);
        await output.WriteAsync(_buffer.WrittenMemory, cancellationToken);
        _buffer.ResetWrittenCount();
    }
}
