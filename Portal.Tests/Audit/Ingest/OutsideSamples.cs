using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Support;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Real outside events; each reader skips the test where the samples are missing.</summary>
internal static class OutsideSamples
{
    public static readonly DateTime Now = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);

    public static List<byte[]> CloudTrail() => [.. Lines("data/audit/cloudtrail-stratus-part1.jsonl.gz")];

    /// <summary>The events of the labelled set whose only log type is the one given.</summary>
    public static List<byte[]> Labelled(params string[] logTypes)
    {
        var found = new List<byte[]>();
        foreach (var line in Lines("data/audit/labelled-events-panther.jsonl.gz"))
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.GetProperty("logTypes") is not { ValueKind: JsonValueKind.Array } types || types.GetArrayLength() != 1 || !logTypes.Contains(types[0].GetString())) continue;
            found.Add(Encoding.UTF8.GetBytes(document.RootElement.GetProperty("event").GetRawText()));
        }

        return found;
    }

    public static IEnumerable<byte[]> Lines(string file)
    {
        using var packed = File.OpenRead(SharedData.PathOrSkip(file));
        using Stream plain = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(packed, CompressionMode.Decompress) : packed;
        using var reader = new StreamReader(plain);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0) yield return Encoding.UTF8.GetBytes(line);
        }
    }

    public static async Task<List<(long Line, string Text, string? Code)>> SplitAsync(byte[] body, IReadOnlyList<string> envelope, int chunk = int.MaxValue)
    {
        using var splitter = new EventSplitter(new Drip(body, chunk), envelope);
        var found = new List<(long, string, string?)>();
        while (await splitter.NextAsync(CancellationToken.None)) found.Add((splitter.Line, Encoding.UTF8.GetString(splitter.Current.Span), splitter.Refusal?.Code));
        return found;
    }

    /// <summary>A body that arrives in pieces of a few bytes.</summary>
    private sealed class Drip(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
    }
}
