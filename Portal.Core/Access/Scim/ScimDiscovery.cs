using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hexabase.Portal.Access.Scim;

/// <summary>What the service says of itself (RFC 7644 section 4, RFC 7643 sections 5 to 7).</summary>
internal static class ScimDiscovery
{
    public const int MaxPayloadBytes = 1024 * 1024;
    public const int MaxOperations = 1000;

    /// <summary>Null for an address that is none of these.</summary>
    public static ScimAnswer? Find(string[] parts, ScimCall call)
    {
        if (parts is ["ServiceProviderConfig"]) return new ScimAnswer(200, Config(call.Base));
        if (parts is not ["Schemas" or "ResourceTypes", ..] || parts.Length > 2) return null;
        // RFC 7644 section 4: a filter is forbidden here.
        if (parts.Length == 1 && call.Query.ContainsKey("filter")) return ScimService.Refuse(new Kernel.Problem(Kernel.ProblemKind.Forbidden, "discovery.filter", "Schemas and ResourceTypes are not filtered."));
        List<JsonObject> all = parts[0] == "Schemas"
            ? [Schema(ScimSchemas.User, call.Base), Schema(ScimSchemas.Enterprise, call.Base), Schema(ScimSchemas.Group, call.Base)]
            : [ResourceType(ScimSchemas.Users, call.Base), ResourceType(ScimSchemas.Groups, call.Base)];
        if (parts.Length == 1)
        {
            return new ScimAnswer(200, new JsonObject
            {
                ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:ListResponse"), ["totalResults"] = all.Count, ["itemsPerPage"] = all.Count, ["startIndex"] = 1, ["Resources"] = new JsonArray([.. all]),
            });
        }

        return all.Find(o => parts[1].Equals(ScimValues.Text(o["id"]), StringComparison.OrdinalIgnoreCase)) is { } one
            ? new ScimAnswer(200, one)
            : ScimService.Refuse(Kernel.Problem.NotFound(parts[0] == "Schemas" ? "schema" : "resourceType"));
    }

    private static JsonObject Config(string address) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"),
        ["patch"] = new JsonObject { ["supported"] = true },
        ["bulk"] = new JsonObject { ["supported"] = true, ["maxOperations"] = MaxOperations, ["maxPayloadSize"] = MaxPayloadBytes },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = ScimListQuery.MaxCount },
        ["changePassword"] = new JsonObject { ["supported"] = false },
        ["sort"] = new JsonObject { ["supported"] = true },
        ["etag"] = new JsonObject { ["supported"] = true },
        ["pagination"] = new JsonObject
        {
            ["cursor"] = true, ["index"] = true, ["defaultPaginationMethod"] = "index", ["defaultPageSize"] = ScimListQuery.DefaultCount, ["maxPageSize"] = ScimListQuery.MaxCount,
        },
        ["authenticationSchemes"] = new JsonArray(new JsonObject
        {
            ["type"] = "oauthbearertoken", ["name"] = "Bearer token", ["description"] = "An API token of the organization with the scope scim", ["specUri"] = "https://www.rfc-editor.org/info/rfc6750", ["primary"] = true,
        }),
        ["meta"] = new JsonObject { ["resourceType"] = "ServiceProviderConfig", ["location"] = $"{address}/ServiceProviderConfig" },
    };

    private static JsonObject ResourceType(ScimResourceType type, string address) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ResourceType"),
        ["id"] = type.Name,
        ["name"] = type.Name,
        ["endpoint"] = type.Endpoint,
        ["description"] = type.Schema.Description,
        ["schema"] = type.Schema.Id,
        ["schemaExtensions"] = new JsonArray([.. type.Extensions.Select(e => new JsonObject { ["schema"] = e.Id, ["required"] = false })]),
        ["meta"] = new JsonObject { ["resourceType"] = "ResourceType", ["location"] = $"{address}/ResourceTypes/{type.Name}" },
    };

    private static JsonObject Schema(ScimSchema schema, string address) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Schema"),
        ["id"] = schema.Id,
        ["name"] = schema.Name,
        ["description"] = schema.Description,
        ["attributes"] = new JsonArray([.. schema.Attributes.Select(Attribute)]),
        ["meta"] = new JsonObject { ["resourceType"] = "Schema", ["location"] = $"{address}/Schemas/{schema.Id}" },
    };

    private static JsonObject Attribute(ScimAttribute attribute)
    {
        var result = new JsonObject
        {
            ["name"] = attribute.Name,
            ["type"] = Word(attribute.Type.ToString()),
            ["multiValued"] = attribute.MultiValued,
            ["description"] = attribute.Description,
            ["required"] = attribute.Required,
        };
        if (attribute.Type is ScimType.String or ScimType.Reference or ScimType.Binary) result["caseExact"] = attribute.CaseExact;
        result["mutability"] = Word(attribute.Mutability.ToString());
        result["returned"] = Word(attribute.Returned.ToString());
        result["uniqueness"] = attribute.Uniqueness;
        if (attribute.CanonicalValues.Count > 0) result["canonicalValues"] = new JsonArray([.. attribute.CanonicalValues.Select(v => JsonValue.Create(v))]);
        if (attribute.ReferenceTypes.Count > 0) result["referenceTypes"] = new JsonArray([.. attribute.ReferenceTypes.Select(v => JsonValue.Create(v))]);
        if (attribute.Sub.Count > 0) result["subAttributes"] = new JsonArray([.. attribute.Sub.Select(Attribute)]);
        return result;
    }

    private static string Word(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
