using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Scim;

/// <summary>The parameters of a list as they were sent (RFC 7644 section 3.4.2, RFC 9865).</summary>
public sealed record ScimParameters(
    string? Filter = null, string? SortBy = null, string? SortOrder = null, string? StartIndex = null, string? Count = null, string? Cursor = null, string? Attributes = null, string? ExcludedAttributes = null)
{
    internal static ScimParameters Of(IReadOnlyDictionary<string, string> query) => new(
        query.GetValueOrDefault("filter"), query.GetValueOrDefault("sortBy"), query.GetValueOrDefault("sortOrder"), query.GetValueOrDefault("startIndex"), query.GetValueOrDefault("count"),
        query.GetValueOrDefault("cursor"), query.GetValueOrDefault("attributes"), query.GetValueOrDefault("excludedAttributes"));

    internal ScimProjection Projection(ScimResourceType type) => new(type, Attributes is null ? null : [Attributes], ExcludedAttributes is null ? null : [ExcludedAttributes]);
}

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
    internal static ScimListQuery Read(ScimParameters query, ScimResourceType type)
    {
        var text = query.Filter;
        if (text is not null && string.IsNullOrWhiteSpace(text)) throw new ScimRefusal(ScimProblem.InvalidFilter("The filter is empty."));
        var filter = text is null ? null : ScimFilterParser.Parse(text, type);
        var sort = query.SortBy;
        var sortBy = string.IsNullOrEmpty(sort) ? null : type.Resolve(sort) ?? throw new ScimRefusal(ScimProblem.InvalidPath($"{sort} is no attribute to sort by."));
        var order = query.SortOrder ?? "ascending";
        if (order is not ("ascending" or "descending")) throw new ScimRefusal(ScimProblem.InvalidValue("sortOrder is ascending or descending."));
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{type.Name}\n{text}\n{sort}\n{order}"))[..6]);
        return new ScimListQuery(filter, query.Projection(type), sortBy, order == "descending", Math.Max(1, Number("startIndex", query.StartIndex, 1)),
            Math.Clamp(Number("count", query.Count, DefaultCount), 0, MaxCount), query.Cursor, fingerprint);
    }

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

    private static int Number(string name, string? text, int otherwise)
    {
        if (string.IsNullOrEmpty(text)) return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new ScimRefusal(ScimProblem.InvalidValue($"{name} is a whole number."));
    }
}
