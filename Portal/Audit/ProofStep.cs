using System.Text.Json;

namespace Hexabase.Portal.Audit;

/// <summary>One step of a check that the browser made.</summary>
/// <param name="Detail">The hash, key or log that it is about.</param>
internal sealed record ProofStep(string Name, bool Ok, string? Detail)
{
    private static readonly string[] Details = ["hash", "computed", "keyName", "logId"];

    public static IReadOnlyList<ProofStep> Of(JsonElement answer) =>
        [.. answer.GetProperty("steps").EnumerateArray().Select(s => new ProofStep(s.GetProperty("name").GetString() ?? "", s.GetProperty("ok").GetBoolean(), DetailOf(s)))];

    private static string? DetailOf(JsonElement step)
    {
        foreach (var name in Details)
        {
            if (step.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String) return value.GetString();
        }

        return null;
    }
}
