using System.Text.Json;
using System.Text.Json.Nodes;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Scim;

/// <summary>
/// Brings what clients send into one canonical form: names spelled as in the schema, values of the schema's types, nothing that is read-only, unknown or empty.
/// Taken beyond the RFC, because providers send it: booleans as text, one value where several are possible, plain text for a value with parts, dotted and URN-prefixed names.
/// </summary>
internal static class ScimDocument
{
    private const int MaxText = 4000;
    private const int MaxValues = 50_000;

    /// <exception cref="ScimRefusal">invalidValue, invalidSyntax.</exception>
    public static JsonObject Read(JsonNode? body, ScimResourceType type)
    {
        if (body is not JsonObject sent) throw new ScimRefusal(ScimProblem.InvalidSyntax("The body is not a JSON object."));
        CheckSchemas(sent, type);
        var resource = new JsonObject();
        foreach (var (name, value) in sent)
        {
            if (value is null || type.Resolve(name) is not { } path || IsReadOnly(path)) continue;
            Put(resource, path, value);
        }

        foreach (var attribute in type.Schema.Attributes)
            if (attribute.MultiValued && resource[attribute.Name] is JsonArray values) CheckPrimary(attribute, values);
        return resource;
    }

    /// <summary>An absent or empty list of schemas is let pass; one of other schemas is not this resource.</summary>
    private static void CheckSchemas(JsonObject sent, ScimResourceType type)
    {
        var schemas = sent.FirstOrDefault(p => p.Key.Equals("schemas", StringComparison.OrdinalIgnoreCase)).Value;
        if (schemas is null || schemas is JsonArray { Count: 0 }) return;
        if (schemas is not JsonArray list || list.Any(s => ScimValues.Text(s) is null)) throw new ScimRefusal(ScimProblem.InvalidValue("schemas is a list of URNs."));
        if (!list.Any(s => type.Schema.Id.Equals(ScimValues.Text(s), StringComparison.OrdinalIgnoreCase)))
            throw new ScimRefusal(ScimProblem.InvalidValue($"schemas does not name {type.Schema.Id}."));
    }

    public static bool IsReadOnly(ScimPath path) => path.Attribute is { } attribute && (attribute.Mutability == ScimMutability.ReadOnly || path.Sub is { Mutability: ScimMutability.ReadOnly } || attribute.Name == "schemas");

    /// <summary>Sets the value at a place without filter, merging into a value with parts.</summary>
    public static void Put(JsonObject resource, ScimPath path, JsonNode? value)
    {
        if (path.Attribute is not { } attribute)
        {
            var extension = path.Extension ?? throw new InvalidOperationException("A path has neither extension nor attribute.");
            if (value is not JsonObject parts) throw new ScimRefusal(ScimProblem.InvalidValue($"{extension.Id} is an object."));
            foreach (var (name, part) in parts)
            {
                if (ScimAttribute.Find(extension.Attributes, name) is not { } known || known.Mutability == ScimMutability.ReadOnly) continue;
                Put(resource, new ScimPath(extension, known, null), part);
            }

            return;
        }

        var container = Container(resource, path);
        if (path.Sub is not { } sub)
        {
            Set(container, attribute.Name, attribute.Mutability == ScimMutability.WriteOnly ? null : Canonical(attribute, value));
        }
        else if (attribute.MultiValued)
        {
            if (container[attribute.Name] is not JsonArray { Count: > 0 } values) container[attribute.Name] = values = [new JsonObject()];
            foreach (var one in values.OfType<JsonObject>()) Set(one, sub.Name, Canonical(sub, value));
        }
        else
        {
            if (container[attribute.Name] is not JsonObject parts) container[attribute.Name] = parts = [];
            Set(parts, sub.Name, Canonical(sub, value));
        }
    }

    /// <summary>The object that holds the path's attribute, made where it is missing.</summary>
    public static JsonObject Container(JsonObject resource, ScimPath path)
    {
        if (path.Extension is not { } extension) return resource;
        if (resource[extension.Id] is JsonObject there) return there;
        var made = new JsonObject();
        resource[extension.Id] = made;
        return made;
    }

    public static void Set(JsonObject container, string name, JsonNode? value)
    {
        if (value is null) container.Remove(name);
        else container[name] = value;
    }

    /// <summary>The value in the attribute's type; null = unassigned.</summary>
    public static JsonNode? Canonical(ScimAttribute attribute, JsonNode? value)
    {
        if (value is null) return null;
        if (!attribute.MultiValued) return One(attribute, value);
        var result = new JsonArray();
        foreach (var one in value is JsonArray list ? list : [value.DeepClone()])
            if (One(attribute, one) is { } clean) result.Add(clean);
        if (result.Count > MaxValues) throw new ScimRefusal(ScimProblem.TooMany($"{attribute.Name} holds {result.Count} values; at most {MaxValues} fit."));
        return result.Count == 0 ? null : result;
    }

    private static JsonNode? One(ScimAttribute attribute, JsonNode? value)
    {
        if (value is null) return null;
        if (attribute.Type == ScimType.Complex) return Complex(attribute, value);
        if (value is not JsonValue simple) throw Wrong(attribute);
        var text = ScimValues.Text(simple);
        switch (attribute.Type)
        {
            case ScimType.Boolean:
                if (simple.GetValueKind() is JsonValueKind.True or JsonValueKind.False) return simple.GetValueKind() == JsonValueKind.True;
                if (bool.TryParse(text, out var flag)) return flag;
                throw Wrong(attribute);
            case ScimType.DateTime:
                return ScimValues.TryReadInstant(text, out _) ? text : throw Wrong(attribute);
            default:
                if (text is null) throw Wrong(attribute);
                if (TextRule.Check(attribute.Name, text, MaxLength(attribute), out var clean, required: false, multiLine: attribute.Type == ScimType.Binary || attribute.Name is "formatted" or "streetAddress") is { } error) throw new ScimRefusal(ScimProblem.InvalidValue(error.Message));
                if (attribute.Name == "userName" && UserNames.HidesCharacters(clean)) throw new ScimRefusal(ScimProblem.InvalidValue("userName holds a character that cannot be seen, so that two names would look the same."));
                return clean.Length == 0 ? null : clean;
        }
    }

    private static JsonObject? Complex(ScimAttribute attribute, JsonNode value)
    {
        if (value is JsonValue)
        {
            // Entra sends a manager as its id.
            if (attribute.FindSub("value") is not { } own) throw Wrong(attribute);
            return One(own, value) is { } text ? new JsonObject { ["value"] = text } : null;
        }

        if (value is not JsonObject sent) throw Wrong(attribute);
        var parts = new JsonObject();
        foreach (var (name, part) in sent)
            if (part is not null && attribute.FindSub(name) is { Mutability: not ScimMutability.ReadOnly } sub) Set(parts, sub.Name, Canonical(sub, part));
        return parts.Count == 0 ? null : parts;
    }

    public static void CheckPrimary(ScimAttribute attribute, JsonArray values)
    {
        if (values.Count(v => ScimValues.IsTrue((v as JsonObject)?["primary"])) > 1) throw new ScimRefusal(ScimProblem.InvalidValue($"Only one of {attribute.Name} can be the primary one."));
    }

    private static int MaxLength(ScimAttribute attribute) => attribute.Name switch
    {
        "userName" => UserNames.MaxLength,
        "displayName" => 200,
        "externalId" => 256,
        _ => attribute.Type == ScimType.Binary ? 64 * 1024 : MaxText,
    };

    private static ScimRefusal Wrong(ScimAttribute attribute) => new(ScimProblem.InvalidValue($"{attribute.Name} is not of its type ({attribute.Type})."));
}
