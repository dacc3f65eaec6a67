using System.Text.Json;
using System.Text.RegularExpressions;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Audit;

/// <summary>Entries in words; a code that has none is shown as it is.</summary>
internal static partial class AuditWords
{
    /// <summary>A question of the portal that was refused has no name of its own: it is told by what it asked for ("people.listInvitations").</summary>
    public static string Action(string action, Text text) =>
        text.Has($"action.{action}") ? text[$"action.{action}"]
        : Question().Match(action) is { Success: true } asked && text.Has($"permission.area.{asked.Groups["area"].Value}") ? text["audit.asked", text[$"permission.area.{asked.Groups["area"].Value}"]]
        : action;

    public static string Kind(string actorKind, Text text) => text.Has($"actor.{actorKind}") ? text[$"actor.{actorKind}"] : actorKind;

    /// <summary>Who it was: a name, or a word for the portal itself and for those not signed in, who have none.</summary>
    public static string Actor(AuditEntryRow entry, Text text) => entry.ActorKind is "system" or "anonymous" ? Kind(entry.ActorKind, text) : entry.ActorName ?? text["audit.erasedPerson"];

    public static string Resource(AuditEntryRow entry, Text text)
    {
        var kind = !text.Has($"resource.{entry.ResourceKind}") && Question().IsMatch(entry.Action) && text.Has($"permission.area.{entry.ResourceKind}") ? text[$"permission.area.{entry.ResourceKind}"] : Resource(entry.ResourceKind, text);
        return entry.ResourceName is { Length: > 0 } name ? $"{kind} {name}" : kind;
    }

    public static string Resource(string kind, Text text) => text.Has($"resource.{kind}") ? text[$"resource.{kind}"] : kind;

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

    [GeneratedRegex("^(?<area>[a-zA-Z]+)\\.(get|list|find|search|summarize|preview|complete|enter|explain)[A-Z]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Question();

    private static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Object or JsonValueKind.Array => IndentedJson.Of(value),
        _ => value.GetRawText(),
    };
}

/// <summary>One field before and after; null where it was not there.</summary>
internal sealed record AuditChange(string Field, string? Before, string? After);
