using System.Linq.Expressions;
using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Scim;

/// <summary>Makes resources of rows: the whole of it in canonical form, before a projection.</summary>
/// <param name="Base">Address of the organization's service: "https://portal.example/scim/v2/acme".</param>
internal sealed record ScimReader(PortalDbContext Db, Guid OrganizationId, string Base)
{
    public IQueryable<ScimUser> Users => Db.Set<ScimUser>().Where(u => u.OrganizationId == OrganizationId);

    public IQueryable<Group> Groups => Db.Set<Group>().Where(g => g.OrganizationId == OrganizationId);

    public IQueryable<GroupMember> GroupMembers => Db.Set<GroupMember>().Where(g => g.OrganizationId == OrganizationId);

    public async Task<List<JsonObject>> ShowAsync(IReadOnlyList<ScimUser> users, bool withGroups, CancellationToken cancellationToken)
    {
        var groups = new Dictionary<Guid, List<(Guid Id, string Name)>>();
        if (withGroups && users.Count > 0)
        {
            var ids = users.Select(u => u.Id).ToList();
            var rows = await GroupMembers.Where(m => ids.Contains(m.MemberId)).Join(Groups, m => m.GroupId, g => g.Id, (m, g) => new { m.MemberId, g.Id, g.DisplayName })
                .OrderBy(g => g.DisplayName).ThenBy(g => g.Id).ToListAsync(cancellationToken);
            foreach (var row in rows)
            {
                if (!groups.TryGetValue(row.MemberId, out var list)) groups[row.MemberId] = list = [];
                list.Add((row.Id, row.DisplayName));
            }
        }

        return [.. users.Select(u => Show(u, u.Version, groups.GetValueOrDefault(u.Id)))];
    }

    public JsonObject Show(ScimUser user, long version, List<(Guid Id, string Name)>? groups)
    {
        var attributes = Parse(user.Attributes);
        var schemas = new JsonArray(ScimSchemas.UserUrn);
        if (attributes.ContainsKey(ScimSchemas.EnterpriseUrn)) schemas.Add(ScimSchemas.EnterpriseUrn);
        var result = new JsonObject { ["schemas"] = schemas, ["id"] = user.Id.ToString() };
        Move(attributes, result);
        if (groups is { Count: > 0 })
            result["groups"] = new JsonArray([.. groups.Select(g => new JsonObject { ["value"] = g.Id.ToString(), ["$ref"] = $"{Base}/Groups/{g.Id}", ["display"] = g.Name, ["type"] = "direct" })]);
        result["meta"] = Meta("User", "Users", user.Id, user.CreatedAtUtc, user.ModifiedAtUtc, version);
        return result;
    }

    public async Task<List<JsonObject>> ShowAsync(IReadOnlyList<Group> groups, bool withMembers, CancellationToken cancellationToken)
    {
        var members = Enumerable.Empty<(Guid GroupId, Guid Id, string Name)>().ToLookup(m => m.GroupId);
        if (withMembers && groups.Count > 0)
        {
            var ids = groups.Select(g => g.Id).ToList();
            members = (await GroupMembers.Where(m => ids.Contains(m.GroupId)).Join(Users, m => m.MemberId, u => u.Id, (m, u) => new { m.GroupId, u.Id, u.ShownName })
                .OrderBy(m => m.Id).ToListAsync(cancellationToken)).ToLookup(m => m.GroupId, m => (m.GroupId, m.Id, m.ShownName));
        }

        return [.. groups.Select(g => Show(g, g.Version, members[g.Id].Select(m => (m.Id, m.Name))))];
    }

    public JsonObject Show(Group group, long version, IEnumerable<(Guid Id, string Name)> members)
    {
        var result = new JsonObject { ["schemas"] = new JsonArray(ScimSchemas.GroupUrn), ["id"] = group.Id.ToString(), ["displayName"] = group.DisplayName };
        if (group.ExternalId is { } external) result["externalId"] = external;
        var list = new JsonArray([.. members.Select(m => new JsonObject { ["value"] = m.Id.ToString(), ["$ref"] = $"{Base}/Users/{m.Id}", ["display"] = m.Name, ["type"] = "User" })]);
        if (list.Count > 0) result["members"] = list;
        result["meta"] = Meta("Group", "Groups", group.Id, group.CreatedAtUtc, group.ModifiedAtUtc, version);
        return result;
    }

    /// <summary>One page of a list: by the database alone where it can answer the filter and the order, else of a bounded number of candidates.</summary>
    public static async Task<JsonObject> ListAsync<T>(
        IQueryable<T> rows, ScimSearch<T> search, ScimListQuery query, Expression<Func<T, object?>>? order, Expression<Func<T, Guid>> id,
        Func<IReadOnlyList<T>, bool, Task<List<JsonObject>>> show, CancellationToken cancellationToken)
        where T : class
    {
        if (search.Where is { } where) rows = rows.Where(where);
        var place = query.Place();
        var skip = place is null ? query.Cursor is null ? query.StartIndex - 1 : 0 : int.TryParse(place, System.Globalization.CultureInfo.InvariantCulture, out var at) && at >= 0 ? at
            : throw new ScimRefusal(ScimProblem.InvalidCursor("The cursor is not one that this list gave out."));
        List<JsonObject> page;
        int total;
        if (search.IsExact && (query.SortBy is null || order is not null))
        {
            total = await rows.CountAsync(cancellationToken);
            var ordered = order is null ? rows.OrderBy(id) : query.Descending ? rows.OrderByDescending(order).ThenByDescending(id) : rows.OrderBy(order).ThenBy(id);
            var found = query.Count == 0 || skip >= total ? [] : await ordered.Skip(skip).Take(query.Count).ToListAsync(cancellationToken);
            page = await show(found, false);
        }
        else
        {
            var candidates = await rows.OrderBy(id).Take(ScimListQuery.MaxCandidates + 1).ToListAsync(cancellationToken);
            if (candidates.Count > ScimListQuery.MaxCandidates) throw new ScimRefusal(ScimProblem.TooMany($"The filter or order leaves more than {ScimListQuery.MaxCandidates} resources to look at. Narrow it by userName, externalId, emails.value, displayName, active or meta."));
            var matching = (await show(candidates, true)).Where(r => query.Filter?.Matches(r) != false);
            if (query.SortBy is { } sort)
            {
                string? Key(JsonObject r) => ScimValues.Of(r, sort).FirstOrDefault()?.ToString();
                var comparer = sort.Leaf?.CaseExact == true ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
                // Without a value: last in ascending, first in descending order (RFC 7644 section 3.4.2.3).
                matching = query.Descending ? matching.OrderBy(r => Key(r) is not null).ThenByDescending(Key, comparer) : matching.OrderBy(r => Key(r) is null).ThenBy(Key, comparer);
            }

            var all = matching.ToList();
            total = all.Count;
            page = [.. all.Skip(skip).Take(query.Count)];
        }

        var next = skip + page.Count < total && page.Count > 0 ? query.Next((skip + page.Count).ToString(System.Globalization.CultureInfo.InvariantCulture)) : null;
        return query.Answer(total, [.. page.Select(query.Projection.Apply)], query.StartIndex, next);
    }

    public static JsonObject Parse(string attributes) => JsonNode.Parse(attributes) as JsonObject ?? [];

    private JsonObject Meta(string type, string endpoint, Guid id, DateTime created, DateTime modified, long version) => new()
    {
        ["resourceType"] = type,
        ["created"] = ScimValues.Instant(created),
        ["lastModified"] = ScimValues.Instant(modified),
        ["location"] = $"{Base}/{endpoint}/{id}",
        ["version"] = ScimVersion.Write(version),
    };

    private static void Move(JsonObject from, JsonObject to)
    {
        foreach (var (name, value) in from.ToArray())
        {
            from.Remove(name);
            to[name] = value;
        }
    }
}

/// <summary>A row's version as a weak entity tag.</summary>
internal static class ScimVersion
{
    public static string Write(long version) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"W/\"{version}\"");

    /// <summary>Whether one of the tags in the header is the version; <c>*</c> is every one.</summary>
    public static bool Matches(string header, long version) =>
        header.Split(',').Select(t => t.Trim()).Any(t => t == "*" || (t.StartsWith("W/", StringComparison.Ordinal) ? t : "W/" + t) == Write(version));
}
