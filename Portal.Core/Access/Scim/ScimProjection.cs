using System.Text.Json.Nodes;

namespace Hexabase.Portal.Access.Scim;

/// <summary>Which attributes an answer carries (RFC 7644 section 3.9). Names that no schema knows select nothing.</summary>
public sealed class ScimProjection
{
    private readonly ScimResourceType _type;
    private readonly List<ScimPath>? _wanted;
    private readonly List<ScimPath> _unwanted;

    public ScimProjection(ScimResourceType type, IEnumerable<string>? attributes, IEnumerable<string>? excluded)
    {
        _type = type;
        var wanted = Clean(attributes).ToList();
        _wanted = wanted.Count == 0 ? null : [.. wanted.Select(type.Resolve).OfType<ScimPath>()];
        _unwanted = [.. Clean(excluded).Select(type.Resolve).OfType<ScimPath>()];
    }

    /// <summary>Whether an attribute of the resource's own schema is in the answer at all, so that it need not be read.</summary>
    public bool Carries(string attribute) =>
        _wanted is null ? !_unwanted.Exists(p => p.Extension is null && p.Sub is null && p.Attribute?.Name == attribute) : _wanted.Exists(p => p.Extension is null && p.Attribute?.Name == attribute);

    public JsonObject Apply(JsonObject resource)
    {
        var result = new JsonObject();
        foreach (var (name, value) in resource)
        {
            if (value is null) continue;
            var extension = _type.Extensions.FirstOrDefault(e => e.Id == name);
            if (extension is not null)
            {
                if (value is JsonObject parts && Extension(extension, parts) is { Count: > 0 } kept) result[name] = kept;
                continue;
            }

            var attribute = ScimAttribute.Find(_type.Schema.Attributes, name) ?? ScimAttribute.Find(ScimSchemas.Common, name);
            if (attribute is not null && Keep(null, attribute, value) is { } own) result[name] = own;
        }

        return result;
    }

    private JsonObject Extension(ScimSchema extension, JsonObject parts)
    {
        var result = new JsonObject();
        foreach (var (name, value) in parts)
            if (value is not null && ScimAttribute.Find(extension.Attributes, name) is { } attribute && Keep(extension, attribute, value) is { } kept) result[name] = kept;
        return result;
    }

    private JsonNode? Keep(ScimSchema? extension, ScimAttribute attribute, JsonNode value)
    {
        if (attribute.Returned == ScimReturned.Never) return null;
        if (attribute.Returned == ScimReturned.Always) return value.DeepClone();
        bool At(ScimPath p) => p.Extension?.Id == extension?.Id && (p.Attribute is null || p.Attribute.Name == attribute.Name);
        if (_wanted is not null)
        {
            var here = _wanted.FindAll(At);
            if (here.Count == 0) return null;
            if (here.Exists(p => p.Sub is null)) return value.DeepClone();
            return Parts(value, sub => here.Exists(p => p.Sub?.Name == sub));
        }

        var without = _unwanted.FindAll(At);
        if (without.Exists(p => p.Sub is null)) return null;
        return without.Count == 0 ? value.DeepClone() : Parts(value, sub => !without.Exists(p => p.Sub?.Name == sub));
    }

    private static JsonNode? Parts(JsonNode value, Func<string, bool> keep)
    {
        switch (value)
        {
            case JsonArray list:
                return new JsonArray([.. list.Select(v => v is null ? null : Parts(v, keep)).OfType<JsonNode>()]);
            case JsonObject parts:
                var result = new JsonObject();
                foreach (var (name, part) in parts)
                    if (keep(name)) result[name] = part?.DeepClone();
                return result.Count == 0 ? null : result;
            default:
                return value.DeepClone();
        }
    }

    private static IEnumerable<string> Clean(IEnumerable<string>? names) => (names ?? []).SelectMany(n => n.Split(',')).Select(n => n.Trim()).Where(n => n.Length > 0).Take(200);
}
