using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>The provisioning service: every resource type that it lists × every method × own and foreign base and rows × every token.</summary>
[Collection(nameof(IsolationWorld))]
public sealed class ScimIsolationTest(IsolationWorld world)
{
    private const string Nowhere = "0190a000-0000-7000-8000-00000000dead";
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    [Fact]
    public async Task ForeignBase_LooksLikeAMissingOne_AndOnlyTheScopeOpensTheOwn()
    {
        var wrong = new ConcurrentBag<string>();
        var cases = from path in await PathsAsync() from method in Methods from role in EstateBuilder.Roles.Append("probe").Append("scim") select (path, method, role);
        await Parallel.ForEachAsync(cases, RouteMatrixTest.Parallelism, async (c, _) =>
        {
            var client = world.Reacher.Clients[c.role];
            var own = await world.AskAsync(client, world.Reacher, Request(c.method, world.Reacher.Slug, c.path.Replace("{id}", Nowhere, StringComparison.Ordinal), "{}"));
            if (c.role == "scim" == (own.Status == 403)) wrong.Add($"{c.role}: {c.method} {c.path} of the own base answered {own.Status} {own.Text}");
            foreach (var key in new[] { world.B.Slug, world.B.Id, world.B.Slug.ToUpperInvariant() })
            {
                var foreign = await world.AskAsync(client, world.Reacher, Request(c.method, key, c.path.Replace("{id}", world.B.Places["Users/{id}"], StringComparison.Ordinal), "{}"));
                var missing = await world.AskAsync(client, world.Reacher, Request(c.method, "no-such-organization", c.path.Replace("{id}", Nowhere, StringComparison.Ordinal), "{}"));
                if (foreign.Status != 404) wrong.Add($"{c.role}: {c.method} {c.path} of a foreign base answered {foreign.Status} {foreign.Text}");
                if (foreign.Visible(key, world.B.Places["Users/{id}"]) != missing.Visible("no-such-organization", Nowhere)) wrong.Add($"{c.role}: {c.method} {c.path} tells a foreign base from a missing one:\n{foreign.Text}\n{missing.Text}");
            }
        });
        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    [Fact]
    public async Task ForeignRow_LooksLikeAMissingOne_InPathsFiltersMembersAndBulk()
    {
        var scim = world.Reacher.Clients["scim"];
        var patch = """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"displayName","value":"x"}]}""";
        foreach (var type in new[] { "Users", "Groups" })
        {
            var foreignId = world.B.Places[$"{type}/{{id}}"];
            foreach (var method in Methods.Where(m => m != "POST"))
            {
                var body = method == "PATCH" ? patch : """{"userName":"x@x.test","displayName":"x"}""";
                var foreign = await world.AskAsync(scim, world.Reacher, Request(method, world.Reacher.Slug, $"{type}/{foreignId}", body));
                var missing = await world.AskAsync(scim, world.Reacher, Request(method, world.Reacher.Slug, $"{type}/{Nowhere}", body));
                foreign.Status.ShouldBe(404, $"{method} {type}: {foreign.Text}");
                foreign.Visible(foreignId).ShouldBe(missing.Visible(Nowhere));
            }

            var found = await world.AskAsync(scim, world.Reacher, new ApiRequest("GET", $"/scim/v2/{world.Reacher.Slug}/{type}?filter={Uri.EscapeDataString($"id eq \"{foreignId}\"")}"));
            JsonElement.Parse(found.Text).GetProperty("totalResults").GetInt32().ShouldBe(0, found.Text);
        }

        var member = world.B.Places["Users/{id}"];
        foreach (var id in new[] { member, Nowhere })
        {
            var group = await world.AskAsync(scim, world.Reacher, Request("POST", world.Reacher.Slug, "Groups", JsonSerializer.Serialize(new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:Group" }, displayName = world.Reacher.Name($"with {id}"), members = new[] { new { value = id } } })));
            group.Status.ShouldBeInRange(400, 499, group.Text);
        }

        var bulk = new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:BulkRequest"),
            ["Operations"] = new JsonArray(new JsonObject { ["method"] = "DELETE", ["path"] = $"/Users/{member}" }, new JsonObject { ["method"] = "DELETE", ["path"] = $"/Users/{Nowhere}" }),
        };
        var answers = JsonElement.Parse((await world.AskAsync(scim, world.Reacher, Request("POST", world.Reacher.Slug, "Bulk", bulk.ToJsonString()))).Text).GetProperty("Operations");
        answers[0].GetProperty("status").ToString().ShouldBe("404");
        answers[0].ToString().Replace(member, Nowhere, StringComparison.Ordinal).ShouldBe(answers[1].ToString());
        (await world.AskAsync(world.B.Clients["scim"], world.B, Request("GET", world.B.Slug, $"Users/{member}", null))).Status.ShouldBe(200, "nothing of it touched the other organization");
    }

    [Fact]
    public async Task SameUserName_InTwoOrganizations_IsTwoPeople()
    {
        var name = "twin@twins.test";
        var body = JsonSerializer.Serialize(new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:User" }, userName = name, active = true });
        var one = await world.AskAsync(world.A.Clients["scim"], world.A, Request("POST", world.A.Slug, "Users", body));
        var two = await world.AskAsync(world.B.Clients["scim"], world.B, Request("POST", world.B.Slug, "Users", body));
        one.Status.ShouldBe(201, one.Text);
        two.Status.ShouldBe(201, two.Text);
        var (first, second) = (JsonElement.Parse(one.Text).GetProperty("id").GetString(), JsonElement.Parse(two.Text).GetProperty("id").GetString());
        first.ShouldNotBe(second);
        world.A.Note(one.Text);
        world.B.Note(two.Text);
        var found = await world.AskAsync(world.A.Clients["scim"], world.A, new ApiRequest("GET", $"/scim/v2/{world.A.Slug}/Users?filter={Uri.EscapeDataString($"userName eq \"{name}\"")}"));
        found.Text.ShouldContain(first!);
        found.Text.ShouldNotContain(second!);
    }

    /// <summary>What the service itself lists, and its fixed addresses.</summary>
    private async Task<List<string>> PathsAsync()
    {
        var types = JsonElement.Parse((await world.AskAsync(world.A.Clients["scim"], world.A, Request("GET", world.A.Slug, "ResourceTypes", null))).Text).GetProperty("Resources").EnumerateArray().Select(t => t.GetProperty("endpoint").GetString()!.Trim('/')).ToList();
        types.Count.ShouldBeGreaterThan(1);
        return [.. types.SelectMany(t => new[] { t, $"{t}/{{id}}", $"{t}/.search" }), "ServiceProviderConfig", "ResourceTypes", "Schemas", "Bulk", "Me", "nowhere"];
    }

    private static ApiRequest Request(string method, string org, string path, string? body) =>
        new(method, $"/scim/v2/{org}/{path}", Raw: method is "GET" or "DELETE" || body is null ? null : (body, "application/scim+json"));
}
