using System.Text.Json;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Audit;

/// <summary>Entries in words; a code that has none is shown as it is.</summary>
internal static class AuditWords
{
    public static string Action(string action, Text text) => text.Has($"action.{action}") ? text[$"action.{action}"] : action;

    public static string Kind(string actorKind, Text text) => text.Has($"actor.{actorKind}") ? text[$"actor.{actorKind}"] : actorKind;

    /// <summary>Who it was: a name, or a word for the portal itself and for those not signed in, who have none.</summary>
    public static string Actor(AuditEntryRow entry, Text text) => entry.ActorKind is "system" or "anonymous" ? Kind(entry.ActorKind, text) : entry.ActorName ?? text["audit.erasedPerson"];

    public static string Resource(AuditEntryRow entry, Text text)
    {
        var kind = text.Has($"resource.{entry.ResourceKind}") ? text[$"resource.{entry.ResourceKind}"] : entry.ResourceKind;
        return entry.ResourceName is { Length: > 0 } name ? $"{kind} {name}" : kind;
    }

    /// <summary>Every field that is in the old or the new value, in their order.</summary>
    public static IReadOnlyList<AuditChange> Changes(JsonElement? oldValue, JsonElement? newValue)
    {
        var (before, after) = (Fields(oldValue), Fields(newValue));
        return [.. before.Keys.Concat(after.Keys.Where(k => !before.ContainsKey(k))).Select(k => new AuditChange(k, before.GetValueOrDefault(k), after.GetValueOrDefault(k)))];
    }

    private static Dictionary<string, string> Fields(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.Object } o => o.EnumerateObject().GroupBy(p => p.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => Show(g.Last().Value), StringComparer.Ordinal),
        { } other => new(StringComparer.Ordinal) { [""] = Show(other) },
    };

    private static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Object or JsonValueKind.Array => IndentedJson.Of(value),
        _ => value.GetRawText(),
    };
}

/// <summary>One field before and after; null where it was not there.</summary>
internal sealed record AuditChange(string Field, string? Before, string? After);
