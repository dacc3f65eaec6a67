using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Cli;

/// <summary>A job as the command line sees it, from the API or from the database.</summary>
/// <param name="State">"queued", "running", "succeeded", "failed" or "canceled".</param>
internal sealed record JobSight(Guid Id, string Title, string State, double Progress, string? Note, JsonElement? Result, JsonElement Errors, JsonElement Warnings)
{
    private static readonly JsonElement None = JsonElement.Parse("[]");

    public bool IsEnded => State is "succeeded" or "failed" or "canceled";

    public static JobSight Of(JobRow job) => new(
        job.Id, job.Title, Words.Of(job.State), job.Progress, job.Note, Parse(job.Result), Parse(job.Errors) ?? None, Parse(job.Warnings) ?? None);

    public static JobSight Of(JsonElement body) => new(
        body.GetProperty("id").GetGuid(), body.GetProperty("title").GetString() ?? "", body.GetProperty("state").GetString() ?? "", body.GetProperty("progress").GetDouble(), Text(body, "note"),
        body.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Object ? result : null, body.GetProperty("errors"), body.GetProperty("warnings"));

    /// <summary>Follows the job to its end, with a bar where a person looks on; prints what came of it and answers the exit code.</summary>
    public static async Task<int> FollowAsync(Func<CancellationToken, Task<JobSight>> look, bool json, CancellationToken cancellationToken)
    {
        using var bar = new ProgressLine(json);
        var job = await look(cancellationToken);
        while (!job.IsEnded)
        {
            bar.Show(job.Progress, job.Note ?? job.State);
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
            job = await look(cancellationToken);
        }

        bar.Clear();
        if (json) await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { jobId = job.Id, job.Title, job.State, job.Result, job.Errors, job.Warnings }, ApiJson.Options));
        else await job.PrintAsync();
        return job.State == "succeeded" ? 0 : 1;
    }

    private async Task PrintAsync()
    {
        foreach (var message in Errors.EnumerateArray()) await Console.Error.WriteLineAsync(Line(message));
        foreach (var message in Warnings.EnumerateArray().Take(20)) await Console.Error.WriteLineAsync($"Warning: {Line(message)}");
        if (Warnings.GetArrayLength() > 20) await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"... and {Warnings.GetArrayLength() - 20} more kinds of warnings; --json lists all."));
        await Console.Out.WriteLineAsync($"{Title}: {State}.");
        if (Result is { } result)
        {
            foreach (var member in result.EnumerateObject().Where(m => m.Value.ValueKind is JsonValueKind.Number or JsonValueKind.String)) await Console.Out.WriteLineAsync($"  {member.Name}: {member.Value}");
            foreach (var name in new[] { "billed", "effective" })
            {
                if (!result.TryGetProperty(name, out var sums)) continue;
                foreach (var sum in sums.EnumerateArray()) await Console.Out.WriteLineAsync($"  {name}: {sum.GetProperty("amount")} {sum.GetProperty("currency")}");
            }
        }
    }

    private static string Line(JsonElement message)
    {
        var place = (message.TryGetProperty("row", out var row) && row.ValueKind == JsonValueKind.Number ? $"row {row}" : null, Text(message, "column")) switch
        {
            ({ } r, { } c) => $"{r}, {c}: ",
            ({ } r, null) => $"{r}: ",
            (null, { } c) => $"{c}: ",
            _ => "",
        };
        var count = message.TryGetProperty("count", out var times) && times.ValueKind == JsonValueKind.Number ? $" ({times} times)" : "";
        return place + Text(message, "message") + count;
    }

    private static string? Text(JsonElement body, string member) => body.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? Parse(string? text) => text is null ? null : JsonElement.Parse(text);
}

/// <summary>One line on the terminal that is written over; nothing where the output goes to a file or a program.</summary>
internal sealed class ProgressLine(bool quiet) : IDisposable
{
    private const int Cells = 30;
    private readonly bool _shown = !quiet && !Console.IsErrorRedirected;
    private int _length;

    public void Show(double share, string note)
    {
        if (!_shown) return;
        var full = (int)Math.Round(Math.Clamp(share, 0, 1) * Cells);
        var line = string.Create(CultureInfo.InvariantCulture, $"[{new string('#', full)}{new string('.', Cells - full)}] {share * 100,3:0} % {note}");
        Console.Error.Write("\r" + line.PadRight(_length));
        _length = line.Length;
    }

    public void Clear()
    {
        if (!_shown || _length == 0) return;
        Console.Error.Write("\r" + new string(' ', _length) + "\r");
        _length = 0;
    }

    public void Dispose() => Clear();
}
