using System.Text.Json;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Jobs;

/// <summary>One thing that went wrong in a job: where in the input, and what.</summary>
/// <param name="Row">Data record from 1.</param>
internal sealed record JobMessage(long? Row, string? Column, string Code, string Message, long Count, string? Found);

/// <summary>Jobs in words. Kinds, results and messages come as data: each slice writes <c>job.KIND</c> and <c>job.result.NAME</c> for its own.</summary>
internal static class JobWords
{
    private const int MostMessages = 500;

    public static string Kind(string kind, Text text) => text.Has($"job.{kind}") ? text[$"job.{kind}"] : kind;

    public static string Key(JobRow job) => job switch
    {
        { State: Kernel.JobState.Queued } => "jobs.queued",
        { State: Kernel.JobState.Running, CancelRequested: true } => "jobs.stopping",
        { State: Kernel.JobState.Running } => "jobs.running",
        { State: Kernel.JobState.Succeeded, Warnings: not (null or "[]") } => "jobs.succeededWarned",
        { State: Kernel.JobState.Succeeded } => "jobs.succeeded",
        { State: Kernel.JobState.Failed } => "jobs.failed",
        _ => "jobs.canceled",
    };

    public static Tone Tone(JobRow job) => job.State switch
    {
        Kernel.JobState.Running => Controls.Tone.Info,
        Kernel.JobState.Succeeded => job.Warnings is null or "[]" ? Controls.Tone.Good : Controls.Tone.Warn,
        Kernel.JobState.Failed => Controls.Tone.Bad,
        _ => Controls.Tone.Neutral,
    };

    /// <summary>How long it took, or takes until now; null before it starts.</summary>
    public static TimeSpan? Took(JobRow job, DateTime nowUtc) => job.StartedAtUtc is { } start ? (job.EndedAtUtc ?? nowUtc) - start : null;

    /// <summary>The time that is left at the rate so far; null while nobody can say.</summary>
    public static TimeSpan? Left(JobRow job, DateTime nowUtc) =>
        job is { State: Kernel.JobState.Running, Progress: > 0.02 and < 1, StartedAtUtc: { } start } ? (nowUtc - start) * ((1 - job.Progress) / job.Progress) : null;

    /// <summary>The first messages of a JSON array of {row, column, code, message, count}.</summary>
    public static IReadOnlyList<JobMessage> Messages(string? json)
    {
        if (json is null || JsonElement.Parse(json) is not { ValueKind: JsonValueKind.Array } list) return [];
        var messages = new List<JobMessage>();
        foreach (var item in list.EnumerateArray().Take(MostMessages))
        {
            messages.Add(new JobMessage(Long(item, "row"), String(item, "column"), String(item, "code") ?? "", String(item, "message") ?? "", Long(item, "count") ?? 1, String(item, "found")));
        }

        return messages;
    }

    /// <summary>The members of a result as names and plain texts; parts of parts are written in one line.</summary>
    public static IReadOnlyList<(string Name, string Value)> Result(string? json, Text text, Display display)
    {
        if (json is null || JsonElement.Parse(json) is not { ValueKind: JsonValueKind.Object } result) return [];
        return [.. result.EnumerateObject().Where(p => IsShown(p.Value)).Select(p => (Name(p.Name, text), Value(p.Value, text, display)))];
    }

    // Ids are for programs, and an empty list says nothing.
    private static bool IsShown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.String => !value.TryGetGuid(out _),
        _ => true,
    };

    private static string Name(string name, Text text) => text.Has($"job.result.{name}") ? text[$"job.result.{name}"] : name;

    private static string Value(JsonElement value, Text text, Display display) => value.ValueKind switch
    {
        JsonValueKind.String when value.TryGetDateTime(out var at) && at.Kind == DateTimeKind.Utc => at.TimeOfDay == TimeSpan.Zero ? display.Date(DateOnly.FromDateTime(at)) : display.Time(at),
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Number when value.TryGetInt64(out var whole) => display.Number(whole),
        JsonValueKind.Array => string.Join(text["list.separator"], value.EnumerateArray().Select(v => Value(v, text, display))),
        JsonValueKind.Object when value.TryGetProperty("amount", out var amount) && value.TryGetProperty("currency", out var currency)
            && Amount.TryParse(amount.GetString(), out var parsed) && currency.GetString() is { } code => display.Money(parsed, code),
        JsonValueKind.Object => string.Join(" · ", value.EnumerateObject().Select(p => $"{Name(p.Name, text)} {Value(p.Value, text, display)}")),
        _ => value.ToString(),
    };

    private static long? Long(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static string? String(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
