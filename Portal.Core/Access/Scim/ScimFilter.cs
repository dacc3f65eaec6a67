using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hexabase.Portal.Access.Scim;

public enum ScimOperator
{
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
}

/// <summary>A filter of RFC 7644 section 3.4.2.2, its attributes resolved against the schemas.</summary>
public abstract record ScimFilter
{
    /// <summary>Whether a resource (or, inside of brackets, one value) matches.</summary>
    public abstract bool Matches(JsonObject resource);
}

public sealed record ScimAnd(ScimFilter Left, ScimFilter Right) : ScimFilter
{
    public override bool Matches(JsonObject resource) => Left.Matches(resource) && Right.Matches(resource);
}

public sealed record ScimOr(ScimFilter Left, ScimFilter Right) : ScimFilter
{
    public override bool Matches(JsonObject resource) => Left.Matches(resource) || Right.Matches(resource);
}

public sealed record ScimNot(ScimFilter Inner) : ScimFilter
{
    public override bool Matches(JsonObject resource) => !Inner.Matches(resource);
}

/// <summary><c>attribute pr</c>: it has a value that is not empty.</summary>
public sealed record ScimPresent(ScimPath Path) : ScimFilter
{
    public override bool Matches(JsonObject resource) => Path.Sub is null
        ? Path.Attribute is { } attribute && ScimValues.Container(resource, Path)?[attribute.Name] is { } node && node is not JsonArray { Count: 0 } and not JsonObject { Count: 0 } && !ScimValues.IsEmptyText(node)
        : ScimValues.Of(resource, Path).Any(v => !ScimValues.IsEmptyText(v));
}

/// <summary><c>attribute op value</c>; of several values one that matches is enough.</summary>
/// <param name="Value">Text, true, false, an instant, or null.</param>
public sealed record ScimCompare(ScimPath Path, ScimAttribute Leaf, ScimOperator Operator, object? Value) : ScimFilter
{
    public override bool Matches(JsonObject resource)
    {
        var any = false;
        foreach (var value in ScimValues.Of(resource, Path))
        {
            any = true;
            if (MatchesOne(value)) return true;
        }

        // An unassigned attribute is null (RFC 7643 section 2.5).
        return !any && (Value is null ? Operator == ScimOperator.Eq : Operator == ScimOperator.Ne);
    }

    private bool MatchesOne(JsonNode node)
    {
        if (Value is null) return Operator == ScimOperator.Ne;
        switch (Value)
        {
            case bool wanted:
                return node is JsonValue flag && flag.TryGetValue<bool>(out var is1) && (Operator == ScimOperator.Eq ? is1 == wanted : is1 != wanted);
            case DateTimeOffset at:
                if (!ScimValues.TryReadInstant(ScimValues.Text(node), out var own)) return Operator == ScimOperator.Ne;
                return Holds(own.CompareTo(at));
            case string text:
                var actual = ScimValues.Text(node);
                if (actual is null) return Operator == ScimOperator.Ne;
                var comparison = Leaf.CaseExact ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
                return Operator switch
                {
                    ScimOperator.Co => actual.Contains(text, comparison),
                    ScimOperator.Sw => actual.StartsWith(text, comparison),
                    ScimOperator.Ew => actual.EndsWith(text, comparison),
                    _ => Holds(string.Compare(actual, text, comparison)),
                };
            default:
                return false;
        }
    }

    private bool Holds(int order) => Operator switch
    {
        ScimOperator.Eq => order == 0,
        ScimOperator.Ne => order != 0,
        ScimOperator.Gt => order > 0,
        ScimOperator.Ge => order >= 0,
        ScimOperator.Lt => order < 0,
        ScimOperator.Le => order <= 0,
        _ => false,
    };
}

/// <summary><c>attribute[filter]</c>: one value of the attribute matches all of the filter.</summary>
public sealed record ScimValueFilter(ScimPath Path, ScimFilter Inner) : ScimFilter
{
    public override bool Matches(JsonObject resource) => Path.Attribute is { } attribute && ScimValues.Container(resource, Path)?[attribute.Name] switch
    {
        JsonArray values => values.Any(v => v is JsonObject one && Inner.Matches(one)),
        JsonObject one => Inner.Matches(one),
        _ => false,
    };
}

/// <summary>Reads values out of a resource in canonical form.</summary>
internal static class ScimValues
{
    /// <summary>The object that holds the path's attribute: the resource or its extension.</summary>
    public static JsonObject? Container(JsonObject resource, ScimPath path) => path.Extension is null ? resource : resource[path.Extension.Id] as JsonObject;

    public static IEnumerable<JsonNode> Of(JsonObject resource, ScimPath path)
    {
        if (path.Attribute is not { } attribute || Container(resource, path)?[attribute.Name] is not { } node) yield break;
        var sub = attribute.Type == ScimType.Complex ? (path.Sub ?? attribute.FindSub("value"))?.Name : null;
        if (node is JsonArray values)
        {
            foreach (var value in values)
            {
                var one = sub is null ? value : (value as JsonObject)?[sub];
                if (one is not null) yield return one;
            }
        }
        else if (sub is null)
        {
            yield return node;
        }
        else if ((node as JsonObject)?[sub] is { } one)
        {
            yield return one;
        }
    }

    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool IsEmptyText(JsonNode node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length == 0;

    public static bool IsTrue(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    public static bool TryReadInstant(string? text, out DateTimeOffset at) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);

    public static string Instant(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
