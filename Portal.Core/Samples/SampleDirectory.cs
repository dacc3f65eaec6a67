using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Samples;

/// <summary>A group of the sample's directory and the role that it gives its members; null = none.</summary>
internal sealed record SampleGroup(string Name, string? Role, IReadOnlyList<string> People);

/// <summary>
/// The people of the sample organization, sent by the SCIM service as an identity provider would, and the roles of their groups. Their addresses end in <c>.example</c>,
/// which belongs to nobody (RFC 2606), so none of them can sign in. What is there already is left as it is.
/// </summary>
internal sealed class SampleDirectory(SampleSender sender, IPortal portal)
{
    private const string Org = SampleOrganization.Slug;
    private const string Label = " (sample)";
    private const string Base = $"https://portal.example/scim/v2/{Org}";

    /// <summary>Owners of units and workspaces, and those who look after money and evidence.</summary>
    public static IReadOnlyList<SampleGroup> Groups { get; } =
    [
        new("Aoyama Finance Controllers", BuiltInRoles.FinanceViewer, ["Misaki Sato", "Sakura Inoue", "Haruto Kimura"]),
        new("Aoyama Internal Audit", BuiltInRoles.Auditor, ["Akari Matsumoto", "Souta Ogawa"]),
        new("Aoyama Platform Operations", BuiltInRoles.OrgAdmin, ["Daniel Mori", "Riku Hasegawa"]),
        new("Aoyama Workspace Owners", BuiltInRoles.OrgUser, [.. SampleOrganization.BusinessUnits.Select(u => Plain(u.Owner)).Concat(SampleOrganization.Workspaces.Select(w => Plain(w.Owner))).Distinct(StringComparer.Ordinal)]),
    ];

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var known = (await sender.AskAsync(new ListGroups(Org, new PageRequest(PageRequest.MaxLimit)), cancellationToken)).Items.ToDictionary(g => g.DisplayName, StringComparer.Ordinal);
        var people = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var group in Groups)
        {
            if (!known.TryGetValue(group.Name, out var row))
            {
                var members = new JsonArray();
                foreach (var name in group.People) members.Add(new JsonObject { ["value"] = (await PersonAsync(name, people, cancellationToken)).ToString() });
                var id = await PostAsync("Groups", new JsonObject { ["schemas"] = new JsonArray(ScimSchemas.GroupUrn), ["displayName"] = group.Name, ["externalId"] = UserName(group.Name), ["members"] = members }, cancellationToken);
                row = await sender.AskAsync(new GetGroup(Org, id), cancellationToken);
            }

            if (group.Role is { } role && row.Roles.Count == 0) await sender.SendAsync(new BindGroupRole(Org, row.Id, role), cancellationToken);
        }
    }

    /// <summary>The user name of one of the sample's people.</summary>
    public static string Address(string name) => $"{UserName(name)}@aoyama.example";

    private async Task<Guid> PersonAsync(string name, Dictionary<string, Guid> known, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(name, out var id)) return id;
        var userName = Address(name);
        var found = await RunAsync("GET", "Users", new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["filter"] = $"userName eq \"{userName}\"", ["attributes"] = "id" }, null, cancellationToken);
        id = found.Body?["Resources"] is JsonArray { Count: > 0 } list && list[0]?["id"]?.GetValue<string>() is { } text
            ? Guid.Parse(text)
            : await PostAsync("Users", Person(name, userName), cancellationToken);
        return known[name] = id;
    }

    private static JsonObject Person(string name, string userName)
    {
        var parts = name.Split(' ');
        return new JsonObject
        {
            ["schemas"] = new JsonArray(ScimSchemas.UserUrn), ["userName"] = userName, ["externalId"] = UserName(name), ["displayName"] = name + Label, ["active"] = true,
            ["name"] = new JsonObject { ["givenName"] = parts[0], ["familyName"] = parts[^1] },
            ["emails"] = new JsonArray(new JsonObject { ["value"] = userName, ["type"] = "work", ["primary"] = true }),
        };
    }

    private async Task<Guid> PostAsync(string path, JsonObject body, CancellationToken cancellationToken) =>
        (await RunAsync("POST", path, new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase), body, cancellationToken)).Id ?? throw new InvalidOperationException($"POST {path} answered no id.");

    private async Task<ScimAnswer> RunAsync(string method, string path, Dictionary<string, string> query, JsonObject? body, CancellationToken cancellationToken)
    {
        var answer = await ScimService.RunAsync(portal, await sender.ActorAsync(cancellationToken), new ScimCall(Org, method, path, query, body, Base), cancellationToken);
        if (answer.Problem is not { } problem) return answer;
        throw problem.Kind == ProblemKind.Unavailable ? new IOException(problem.Message) : new SampleRefusedException(problem);
    }

    private static string Plain(string owner) => owner.EndsWith(Label, StringComparison.Ordinal) ? owner[..^Label.Length] : owner;

    private static string UserName(string name) => name.ToLowerInvariant().Replace(' ', '.');
}
