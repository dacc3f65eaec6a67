using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Support;

namespace Hexabase.Portal.Benchmarks;

/// <summary>One event of the benchmark, before it becomes an entry.</summary>
internal sealed record SearchBenchmarkEvent(string Actor, string Action, string Kind, string? Resource, string? Ip, string? Agent, bool Failed, string? Reason, string Json);

/// <summary>Audit events drawn from the real ones in <c>shared/data/audit</c>: other people, ids and times; some in Japanese; twenty that hold one rare word.</summary>
internal sealed class SearchBenchmarkEvents
{
    private static readonly string[] Given = ["Haruto", "Yui", "Sota", "Mei", "Ren", "Aoi", "Yuto", "Rin", "Minato", "Hina"];
    private static readonly string[] Family = ["Sato", "Suzuki", "Takahashi", "Tanaka", "Ito", "Watanabe", "Yamamoto", "Nakamura", "Kobayashi", "Kato"];
    private readonly List<SearchBenchmarkEvent> _templates = [];
    private readonly Random _random = new(7);

    public SearchBenchmarkEvents()
    {
        var folder = SharedData.Find("data/audit") ?? throw new InvalidOperationException("The benchmark needs the folder shared/data/audit above the test program.");
        foreach (var file in Directory.EnumerateFiles(folder, "*.jsonl*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var stream = File.OpenRead(file);
            using var text = new StreamReader(file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream, Encoding.UTF8);
            while (text.ReadLine() is { } line)
            {
                if (line.Length > 0 && Read(JsonElement.Parse(line)) is { } read) _templates.Add(read);
            }
        }
    }

    public int Templates => _templates.Count;

    /// <param name="index">Its place; twenty of all hold the rare word.</param>
    public SearchBenchmarkEvent Next(long index, long count)
    {
        var drawn = _templates[_random.Next(_templates.Count)];
        var person = $"{Given[_random.Next(10)]} {Family[_random.Next(10)]} {_random.Next(5)}";
        var reason = index % Math.Max(1, count / 20) == 7 ? "seen by zebrafish" : _random.Next(500) == 0 ? "本番データベースの移行を承認" : _random.Next(20) == 0 ? "権限の変更を申請" : drawn.Reason;
        return drawn with { Actor = _random.Next(3) == 0 ? drawn.Actor : person, Reason = reason, Ip = _random.Next(4) == 0 ? drawn.Ip : $"10.{_random.Next(8)}.{_random.Next(200)}.{_random.Next(250)}" };
    }

    private static SearchBenchmarkEvent? Read(JsonElement line)
    {
        var e = line.TryGetProperty("event", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : line;
        if (e.ValueKind != JsonValueKind.Object) return null;
        var identity = e.TryGetProperty("userIdentity", out var who) && who.ValueKind == JsonValueKind.Object ? who : default;
        var actor = (identity.ValueKind == JsonValueKind.Object ? Text(identity, "userName") ?? Text(identity, "arn") ?? Text(identity, "invokedBy") : null) ?? Text(e, "actor") ?? "unknown";
        var source = Text(e, "eventSource");
        var values = e.TryGetProperty("requestParameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object ? parameters : e;
        var json = values.GetRawText();
        return new SearchBenchmarkEvent(actor, Text(e, "eventName") ?? Text(e, "type") ?? Text(e, "eventType") ?? "event", source ?? "event", Text(values, "bucketName") ?? Text(values, "roleName"), Text(e, "sourceIPAddress"),
            Text(e, "userAgent"), Text(e, "errorCode") is not null, Text(e, "errorMessage"), json.Length > 3000 ? "{\"cut\":true}" : json);
    }

    private static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static string Shown(Guid id) => id.ToString("D", CultureInfo.InvariantCulture);
}
