using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Scim;

/// <summary>What a list is asked for (RFC 7644 section 3.4.2, RFC 9865).</summary>
/// <param name="StartIndex">From 1.</param>
/// <param name="Cursor">Null = paging by index; "" = the first page by cursor.</param>
public sealed record ScimListQuery(ScimFilter? Filter, ScimProjection Projection, ScimPath? SortBy, bool Descending, int StartIndex, int Count, string? Cursor, string Fingerprint)
{
    public const int DefaultCount = 100;
    public const int MaxCount = 1000;

    /// <summary>How many rows a filter that the database cannot answer alone is tried on.</summary>
    public const int MaxCandidates = 20_000;

    /// <exception cref="ScimRefusal">invalidFilter, invalidValue, invalidPath, invalidCursor.</exception>
    internal static ScimListQuery Read(IReadOnlyDictionary<string, string> query, ScimResourceType type)
    {
        var text = query.GetValueOrDefault("filter");
        if (text is not null && string.IsNullOrWhiteSpace(text)) throw new ScimRefusal(ScimProblem.InvalidFilter("The filter is empty."));
        var filter = text is null ? null : ScimFilterParser.Parse(text, type);
        var sort = query.GetValueOrDefault("sortBy");
        var sortBy = string.IsNullOrEmpty(sort) ? null : type.Resolve(sort) ?? throw new ScimRefusal(ScimProblem.InvalidPath($"{sort} is no attribute to sort by."));
        var order = query.GetValueOrDefault("sortOrder") ?? "ascending";
        if (order is not ("ascending" or "descending")) throw new ScimRefusal(ScimProblem.InvalidValue("sortOrder is ascending or descending."));
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{type.Name}\n{text}\n{sort}\n{order}"))[..6]);
        return new ScimListQuery(filter, ReadProjection(query, type), sortBy, order == "descending", Math.Max(1, Number(query, "startIndex", 1)),
            Math.Clamp(Number(query, "count", DefaultCount), 0, MaxCount), query.GetValueOrDefault("cursor"), fingerprint);
    }

    internal static ScimProjection ReadProjection(IReadOnlyDictionary<string, string> query, ScimResourceType type) =>
        new(type, query.TryGetValue("attributes", out var wanted) ? [wanted] : null, query.TryGetValue("excludedAttributes", out var unwanted) ? [unwanted] : null);

    /// <summary>A search request as the same query (RFC 7644 section 3.4.3).</summary>
    internal static Dictionary<string, string> OfBody(JsonNode? body)
    {
        if (body is not JsonObject sent) throw new ScimRefusal(ScimProblem.InvalidSyntax("The body is not a JSON object."));
        var query = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in sent)
        {
            if (value is JsonArray list) query[name] = string.Join(',', list.Select(ScimValues.Text));
            else if (value is JsonValue one) query[name] = one.ToString();
        }

        return query;
    }

    internal string Next(string place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Fingerprint}:{place}"));

    /// <summary>The place that a cursor names; null for the first page.</summary>
    internal string? Place()
    {
        if (string.IsNullOrEmpty(Cursor)) return null;
        try
        {
            var text = Cursor.Length <= 200 ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Cursor)) : "";
            if (text.StartsWith(Fingerprint + ":", StringComparison.Ordinal)) return text[(Fingerprint.Length + 1)..];
        }
        catch (FormatException)
        {
            // Answered below, like a cursor of another list.
        }

        throw new ScimRefusal(ScimProblem.InvalidCursor("The cursor is not one that this list gave out."));
    }

    internal JsonObject Answer(int total, IReadOnlyList<JsonObject> page, int startIndex, string? next)
    {
        var answer = new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:ListResponse"),
            ["totalResults"] = total,
            ["itemsPerPage"] = page.Count,
        };
        if (Cursor is null) answer["startIndex"] = startIndex;
        else if (next is not null) answer["nextCursor"] = next;
        answer["Resources"] = new JsonArray([.. page]);
        return answer;
    }

    private static int Number(IReadOnlyDictionary<string, string> query, string name, int otherwise)
    {
        if (!query.TryGetValue(name, out var text) || text.Length == 0) return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new ScimRefusal(ScimProblem.InvalidValue($"{name} is a whole number."));
    }
}
