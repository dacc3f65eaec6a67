using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Export;

/// <summary>A line that claims: the tree of From leaves is the beginning of the tree of To leaves.</summary>
internal sealed record ConsistencyLine(long From, long To, IReadOnlyList<byte[]> Path);

/// <summary>A line that claims: retention removed so many entries between these indexes, when the log was as the signed note says.</summary>
internal sealed record ReceiptLine(string Id, long From, long To, long Entries, string Checkpoint);

/// <summary>What stands before the entries of a bundle, read but not yet believed.</summary>
internal sealed class BundlePreamble
{
    private const int MaxLines = 20_000;
    private const int MaxLineCharacters = 1024 * 1024;

    private BundlePreamble(string file, BundleHeader header) => (File, Header) = (file, header);

    public string File { get; }

    public BundleHeader Header { get; }

    public List<AuditVerifierKey> Keys { get; } = [];

    public List<string> Notes { get; } = [];

    public List<ConsistencyLine> Consistency { get; } = [];

    public List<ReceiptLine> Receipts { get; } = [];

    public IReadOnlyList<byte[]> Left { get; private set; } = [];

    public IReadOnlyList<byte[]> Right { get; private set; } = [];

    /// <summary>Lines before the first entry, tile, removal or end.</summary>
    public long Lines { get; private set; }

    /// <exception cref="UnusableInputException">Cannot be read, or is no bundle at all.</exception>
    /// <exception cref="FormatException">A bundle whose first lines are broken.</exception>
    public static async Task<BundlePreamble> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = System.IO.File.OpenRead(file);
            var magic = new byte[2];
            var isPacked = await stream.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, cancellationToken) == 2 && magic is [0x1F, 0x8B];
            stream.Position = 0;
            await using Stream plain = isPacked ? new GZipStream(stream, CompressionMode.Decompress) : stream;
            using var reader = new StreamReader(plain, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
            return await ReadAsync(file, reader, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new FormatException($"The compressed file is damaged: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException(e.Message, e);
        }
    }

    private static async Task<BundlePreamble> ReadAsync(string file, StreamReader reader, CancellationToken cancellationToken)
    {
        var first = await LineAsync(reader, cancellationToken) ?? throw new UnusableInputException("The file is empty.");
        if (!first.Contains("{\"type\":", StringComparison.Ordinal) && !first.Contains(BundleHeader.Format, StringComparison.Ordinal)) throw new UnusableInputException("This is no audit bundle: its first line is no header.");
        var preamble = new BundlePreamble(file, HeaderOf(first)) { Lines = 1 };
        while (await LineAsync(reader, cancellationToken) is { } line)
        {
            if (!preamble.Take(line)) break;
            if (++preamble.Lines > MaxLines) throw new FormatException($"More than {MaxLines} lines stand before the first entry.");
        }

        return preamble;
    }

    // A line of a damaged file may be endless; ReadLine would take it all into memory.
    private static async Task<string?> LineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new char[1];
        while (await reader.ReadAsync(one.AsMemory(), cancellationToken) == 1)
        {
            if (one[0] == '\n') return line.ToString();
            if (line.Length == MaxLineCharacters) return line.ToString();
            line.Append(one[0]);
        }

        return line.Length == 0 ? null : line.ToString();
    }

    private static BundleHeader HeaderOf(string line)
    {
        using var json = Parse(line);
        var root = json.RootElement;
        if (Text(root, "type") != "header" || Text(root, "format") != BundleHeader.Format) throw new FormatException("The first line is no header of an audit bundle.");
        if (Whole(root, "version") != BundleHeader.Version) throw new FormatException($"The bundle has version {Whole(root, "version")}; this verifier reads version {BundleHeader.Version}.");
        var (from, to) = (Whole(root, "from"), Whole(root, "to"));
        if (from > to) throw new FormatException("The header's range is backwards.");
        return new BundleHeader(
            Id(root, "bundle_id"), Id(root, "log_id"), Id(root, "tenant_id"), BundleHeader.KindOf(Text(root, "kind")) ?? throw new FormatException("The header's kind is unknown."), from, to,
            DateTime.TryParse(Text(root, "exported_at"), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var at) ? at : throw new FormatException("exported_at is no time."));
    }

    /// <summary>False for the first line that is no part of the preamble.</summary>
    private bool Take(string line)
    {
        if (line.StartsWith("{\"type\":\"entry\"", StringComparison.Ordinal) || line.StartsWith("{\"type\":\"tile\"", StringComparison.Ordinal)) return false;
        using var json = Parse(line);
        var root = json.RootElement;
        switch (Text(root, "type"))
        {
            case "key":
                Keys.Add(AuditVerifierKey.FromPem(Text(root, "name"), Text(root, "public_key_pem")));
                return true;
            case "checkpoint":
                Notes.Add(Text(root, "note"));
                return true;
            case "consistency":
                Consistency.Add(new ConsistencyLine(Whole(root, "from"), Whole(root, "to"), Hashes(root, "path")));
                return true;
            case "receipt":
                Receipts.Add(new ReceiptLine(Id(root, "id").ToString(), Whole(root, "from"), Whole(root, "to"), Whole(root, "entries"), Text(root, "checkpoint")));
                return true;
            case "edges":
                (Left, Right) = (Hashes(root, "left"), Hashes(root, "right"));
                return true;
            default:
                return false;
        }
    }

    internal static JsonDocument Parse(string line)
    {
        try
        {
            return JsonDocument.Parse(line) is { RootElement.ValueKind: JsonValueKind.Object } json ? json : throw new FormatException("A line is no JSON object.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"A line is not JSON: {e.Message}", e);
        }
    }

    internal static string Text(JsonElement line, string name)
    {
        try
        {
            return line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } text ? text : throw new FormatException($"A line has no text \"{name}\".");
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"\"{name}\" holds a lone surrogate.", e);
        }
    }

    internal static long Whole(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? number : throw new FormatException($"A line has no whole number \"{name}\".");

    internal static IReadOnlyList<byte[]> Hashes(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(h => StrictBase64.Hash(h.ValueKind == JsonValueKind.String ? h.GetString() : null, $"A hash of \"{name}\""))]
            : throw new FormatException($"A line has no list \"{name}\".");

    private static Guid Id(JsonElement line, string name) => Guid.TryParseExact(Text(line, name), "D", out var id) ? id : throw new FormatException($"\"{name}\" is no UUID.");
}
