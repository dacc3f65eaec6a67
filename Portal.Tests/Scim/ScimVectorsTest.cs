using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Scim;

/// <summary>The published request shapes of Entra and Okta.</summary>
public sealed class ScimVectorsTest(WebPortal portal) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task EntraPatches_LeaveTheExpectedState()
    {
        var vectors = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.PathOrSkip("vectors/scim/entra-shapes.json"), TestContext.Current.CancellationToken))!;
        foreach (var vector in vectors["patch"]!.AsArray())
        {
            var world = await ScimWorld.CreateAsync(portal);
            var (id, other) = (await world.AddUserAsync("entra@example.test"), await world.AddUserAsync("boss@example.test"));
            var name = vector!["name"]!.GetValue<string>();
            var group = await world.AddGroupAsync("Group", name.Contains("again", StringComparison.Ordinal) || name.StartsWith("remove group", StringComparison.Ordinal) ? [id, other] : [other]);
            string Fill(string text) => text.Replace("{id}", id, StringComparison.Ordinal).Replace("{gid}", group, StringComparison.Ordinal).Replace("{managerId}", other, StringComparison.Ordinal);
            var path = Fill(vector["path"]!.GetValue<string>());
            var answer = await world.SendAsync("PATCH", path, Fill(vector["body"]!.ToJsonString()));
            var expect = vector["expect"]!;
            expect["status"]!.AsArray().Select(s => s!.GetValue<int>()).ShouldContain((int)answer.Status, $"{name}: {answer.Text}");
            if (expect["scimType"] is { } type) answer.Json.GetProperty("scimType").GetString().ShouldBe(type.GetValue<string>(), name);
            var after = (JsonObject)JsonNode.Parse((await world.GetAsync(path)).GetRawText())!;
            foreach (var (place, value) in expect["after"] as JsonObject ?? []) Holds(after, place, value!, Fill, path).ShouldBeTrue($"{name}: {place} in {after.ToJsonString()}");
            foreach (var (place, value) in expect["after_not"] as JsonObject ?? []) Holds(after, place, value!, Fill, path).ShouldBeFalse($"{name}: {place} in {after.ToJsonString()}");
            if (path.StartsWith("/Groups", StringComparison.Ordinal)) (await world.MembersAsync(group)).ShouldContain(other, name);
        }
    }

    [Fact]
    public async Task EntraQueries_AreAnswered()
    {
        var vectors = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.PathOrSkip("vectors/scim/entra-shapes.json"), TestContext.Current.CancellationToken))!;
        var world = await ScimWorld.CreateAsync(portal);
        var id = await world.AddUserAsync("Query@Example.test", externalId: "Ext-Query");
        var group = await world.AddGroupAsync("Query group", id);
        foreach (var vector in vectors["get"]!.AsArray())
        {
            var query = vector!["q"]!.GetValue<string>().Replace("{userName}", "Query@Example.test", StringComparison.Ordinal).Replace("{USERNAME_UPPER}", "QUERY@EXAMPLE.TEST", StringComparison.Ordinal)
                .Replace("{externalId}", "Ext-Query", StringComparison.Ordinal).Replace("{externalId_case_changed}", "EXT-QUERY", StringComparison.Ordinal).Replace("{email}", "Query@Example.test", StringComparison.Ordinal)
                .Replace("{group}", "Query group", StringComparison.Ordinal).Replace("{gid}", group, StringComparison.Ordinal).Replace("{id-with-wrong-case-or-other-tenant}", id.ToUpperInvariant(), StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal);
            var mark = query.IndexOf('?', StringComparison.Ordinal);
            var address = mark < 0 ? query : query[..(mark + 1)] + string.Join('&', query[(mark + 1)..].Split('&').Select(p => p.Split('=', 2)).Select(p => $"{p[0]}={Uri.EscapeDataString(p[1])}"));
            var answer = await world.SendAsync("GET", address);
            var expect = vector["expect"]!;
            ((int)answer.Status).ShouldBe(expect["status"]!.GetValue<int>(), $"{query}: {answer.Text}");
            if (expect["totalResults"] is { } total) answer.Json.GetProperty("totalResults").GetInt32().ShouldBe(total.GetValue<int>(), query);
            if (expect["itemsPerPage"] is { } items) answer.Json.GetProperty("itemsPerPage").GetInt32().ShouldBe(items.GetValue<int>(), query);
            if (expect["scimType"] is { } type) answer.Json.GetProperty("scimType").GetString().ShouldBe(type.GetValue<string>(), query);
            if (expect["absent"]?.GetValue<string>() is { } absent) (absent.StartsWith("Resources", StringComparison.Ordinal) ? answer.Json.GetProperty("Resources")[0] : answer.Json).TryGetProperty("members", out _).ShouldBeFalse(query);
        }
    }

    [Fact]
    public async Task OktaSpecification_Passes()
    {
        var specification = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.PathOrSkip("vectors/scim/okta-scim2-spec.json"), TestContext.Current.CancellationToken))!;
        var world = await ScimWorld.CreateAsync(portal);
        await world.SendAsync("POST", "/Users", new { userName = "first@example.test", name = new { givenName = "A", familyName = "B" }, active = true, emails = new[] { new { value = "first@example.test", primary = true } } });
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["SCIMBaseURL"] = $"{portal.Address}/scim/v2/{world.Organization}", ["auth"] = world.Client.DefaultRequestHeaders.Authorization!.ToString(), ["InvalidUserEmail"] = "nobody@example.test", ["UserIdThatDoesNotExist"] = "01010101001010101011001010101011",
            ["randomEmail"] = "random.person@example.test", ["randomUsername"] = "Random.User@example.test", ["randomUsernameCaps"] = "RANDOM.USER@EXAMPLE.TEST", ["randomGivenName"] = "Given", ["randomFamilyName"] = "Family",
        };
        string Fill(string text) => variables.Aggregate(text, (t, v) => t.Replace("{{" + v.Key + "}}", v.Value, StringComparison.Ordinal));
        using var client = portal.Client();
        foreach (var step in specification["steps"]!.AsArray())
        {
            var note = step!["note"]!.GetValue<string>();
            var request = new HttpRequestMessage(new HttpMethod(step["method"]!.GetValue<string>()), new Uri(Fill(step["url"]!.GetValue<string>())));
            if (step["body"] is { } body) request.Content = new StringContent(Fill(body.ToJsonString()), Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
            request.Headers.TryAddWithoutValidation("Authorization", Fill(step["headers"]!["Authorization"]!.GetValue<string>()));
            var answer = await portal.SendAsync(request, client);
            foreach (var check in step["assert"]!.AsArray())
            {
                var (source, wanted, actual) = (check!["source"]!.GetValue<string>(), check["value"] is { } v ? Fill(v.ToString()) : null, "");
                if (source == "response_time_ms") continue;
                if (source == "status") actual = ((int)answer.Status).ToString(CultureInfo.InvariantCulture);
                else actual = At(answer.Json, check["property"]!.GetValue<string>());
                var because = $"{note}: {check.ToJsonString()} in {answer.Text}";
                switch (check["cmp"]!.GetValue<string>())
                {
                    case "equal": actual.ShouldBe(wanted, because, StringCompareShould.IgnoreCase); break;
                    case "not_empty": actual.ShouldNotBeNullOrEmpty(because); break;
                    case "is_a_number": int.TryParse(actual, CultureInfo.InvariantCulture, out _).ShouldBeTrue(because); break;
                    default: actual.ShouldContain(wanted!, Case.Sensitive, because); break;
                }
            }

            foreach (var (name, place) in step["save"] as JsonObject ?? []) variables[name] = At(answer.Json, place!.GetValue<string>());
        }
    }

    private static bool Holds(JsonObject after, string place, JsonNode value, Func<string, string> fill, string path)
    {
        var members = after["members"] as JsonArray ?? [];
        int Count(string id) => members.Count(m => m!["value"]!.GetValue<string>() == fill(id));
        if (place == "members contains") return Count(value.GetValue<string>()) == 1;
        if (place == "members not contains") return Count(value.GetValue<string>()) == 0;
        if (place.StartsWith("members count of ", StringComparison.Ordinal)) return Count(place["members count of ".Length..]) == value.GetValue<int>();
        var type = path.StartsWith("/Users", StringComparison.Ordinal) ? ScimSchemas.Users : ScimSchemas.Groups;
        return ScimFilterParser.Parse($"{place} eq {fill(value.ToJsonString())}", type).Matches(after);
    }

    private static string At(JsonElement json, string path)
    {
        foreach (var part in path.Replace("[0]", ".0", StringComparison.Ordinal).Split('.')) json = part == "0" ? json[0] : json.GetProperty(part);
        return json.ToString();
    }
}
