using System.Net;
using System.Text.Json;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Scim;

public sealed class ScimUsersTest(WebPortal portal) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task User_IsCreatedFoundReplacedAndDeleted()
    {
        var world = await ScimWorld.CreateAsync(portal);
        var made = await world.SendAsync("POST", "/Users", new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:User" }, USERNAME = "Taro@Example.test", emails = new[] { new { value = "t@example.test", primary = true } }, password = "s3cret-password" });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        made.MediaType.ShouldBe("application/scim+json");
        made.Text.ShouldNotContain("s3cret");
        var id = made.Json.GetProperty("id").GetString()!;
        made.Headers["Location"].ShouldBe($"{portal.Address}/scim/v2/{world.Organization}/Users/{id}");
        made.Headers["ETag"].ShouldBe("W/\"1\"");
        made.Json.GetProperty("active").GetBoolean().ShouldBeTrue();
        made.Json.GetProperty("meta").GetProperty("resourceType").GetString().ShouldBe("User");

        (await world.FindAsync("Users", "userName eq \"taro@example.test\"")).GetProperty("totalResults").GetInt32().ShouldBe(1);
        (await world.FindAsync("Users", "emails[type eq \"work\"].value eq \"t@example.test\"")).GetProperty("totalResults").GetInt32().ShouldBe(0);
        (await world.FindAsync("Users", "emails eq \"T@example.test\" and active eq true")).GetProperty("totalResults").GetInt32().ShouldBe(1);
        (await world.FindAsync("Users", "meta.created le \"2020-01-01T00:00:00Z\"")).GetProperty("totalResults").GetInt32().ShouldBe(0);
        (await world.FindAsync("Users", $"not (id eq \"{id}\")")).GetProperty("totalResults").GetInt32().ShouldBe(0);

        var again = await world.SendAsync("POST", "/Users", new { userName = "TARO@example.test" });
        again.Status.ShouldBe(HttpStatusCode.Conflict);
        again.Json.GetProperty("scimType").GetString().ShouldBe("uniqueness");

        (await world.SendAsync("PUT", $"/Users/{id}", new { userName = "taro2@example.test", title = "Boss" }, "W/\"7\"")).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        var put = await world.SendAsync("PUT", $"/Users/{id}", new { userName = "taro2@example.test", title = "Boss" }, "W/\"1\"");
        put.Status.ShouldBe(HttpStatusCode.OK, put.Text);
        put.Headers["ETag"].ShouldBe("W/\"2\"");
        put.Json.TryGetProperty("emails", out _).ShouldBeFalse();
        (await world.FindAsync("Users", "emails eq \"t@example.test\"")).GetProperty("totalResults").GetInt32().ShouldBe(0);

        (await world.GetAsync($"/Users/{id}?attributes=title")).EnumerateObject().Select(p => p.Name).ShouldBe(["schemas", "id", "title"], ignoreOrder: true);
        (await world.GetAsync($"/Users/{id}?excludedAttributes=title,meta")).TryGetProperty("title", out _).ShouldBeFalse();

        (await world.SendAsync("DELETE", $"/Users/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await world.SendAsync("GET", $"/Users/{id}")).Status.ShouldBe(HttpStatusCode.NotFound);
        await world.AddUserAsync("taro2@example.test");
    }

    [Fact]
    public async Task PatchesAtOnce_LoseNothingAndSeeEachOther()
    {
        var world = await ScimWorld.CreateAsync(portal);
        var id = await world.AddUserAsync("many@example.test");
        string[] places = ["title", "nickName", "name.givenName", "name.familyName", "userType", "locale", "profileUrl", "externalId", "displayName"];
        var answers = await Task.WhenAll(places.Select((path, i) => world.PatchAsync($"/Users/{id}", new { op = "replace", path, value = $"v{i}" }))
            .Concat(Enumerable.Range(0, 8).Select(i => world.PatchAsync($"/Users/{id}", new { op = "add", path = "emails", value = new[] { new { value = $"many{i % 4}@example.test" } } }))));
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK);
        var user = await world.GetAsync($"/Users/{id}");
        places.Select(p => p.Split('.').Aggregate(user, (at, part) => at.GetProperty(part)).GetString()).ShouldBe(places.Select((_, i) => $"v{i}"));
        user.GetProperty("emails").GetArrayLength().ShouldBe(5);
        foreach (var i in Enumerable.Range(0, 4)) (await world.FindAsync("Users", $"emails.value eq \"many{i}@example.test\"")).GetProperty("totalResults").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task ActiveSwitchedAtOnce_LeavesMemberAndResourceAgreeing()
    {
        var world = await ScimWorld.CreateAsync(portal);
        var id = await world.AddUserAsync("switch@example.test");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => world.PatchAsync($"/Users/{id}", new { op = "replace", path = "active", value = i % 2 == 1 })));
        var active = (await world.GetAsync($"/Users/{id}")).GetProperty("active").GetBoolean();
        var people = await portal.GetAsync($"/api/v1/organizations/{world.Organization}/people");
        people.Json.GetProperty("items").EnumerateArray().Single(p => p.GetProperty("userName").GetString() == "switch@example.test").GetProperty("isActive").GetBoolean().ShouldBe(active);
    }

    [Fact]
    public async Task Pages_AreCutByIndexAndByCursor()
    {
        var world = await ScimWorld.CreateAsync(portal);
        foreach (var i in Enumerable.Range(0, 5)) await world.AddUserAsync($"u{4 - i}@example.test");
        var page = await world.GetAsync("/Users?startIndex=2&count=2&sortBy=userName");
        page.GetProperty("totalResults").GetInt32().ShouldBe(5);
        page.GetProperty("startIndex").GetInt32().ShouldBe(2);
        page.GetProperty("Resources").EnumerateArray().Select(r => r.GetProperty("userName").GetString()).ShouldBe(["u1@example.test", "u2@example.test"]);
        (await world.GetAsync("/Users?startIndex=0&count=-1")).GetProperty("itemsPerPage").GetInt32().ShouldBe(0);
        (await world.GetAsync("/Users?sortBy=emails.value&sortOrder=descending&count=1")).GetProperty("Resources")[0].GetProperty("userName").GetString().ShouldBe("u4@example.test");

        var seen = new List<string?>();
        for (var cursor = ""; ;)
        {
            var part = await world.GetAsync($"/Users?count=2&cursor={Uri.EscapeDataString(cursor)}");
            seen.AddRange(part.GetProperty("Resources").EnumerateArray().Select(r => r.GetProperty("id").GetString()));
            if (!part.TryGetProperty("nextCursor", out var next)) break;
            cursor = next.GetString()!;
        }

        seen.Distinct().Count().ShouldBe(5);
        var wrong = await world.SendAsync("GET", "/Users?cursor=bm9uc2Vuc2U");
        wrong.Status.ShouldBe(HttpStatusCode.BadRequest);
        wrong.Json.GetProperty("scimType").GetString().ShouldBe("invalidCursor");
        var search = await world.SendAsync("POST", "/Users/.search", new { filter = "userName sw \"u1\"", attributes = new[] { "userName" } });
        search.Json.GetProperty("totalResults").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("GET", "/Nowhere", null, 404, null)]
    [InlineData("GET", "/Me", null, 404, null)]
    [InlineData("DELETE", "/Users", null, 405, null)]
    [InlineData("POST", "/Users", "{", 400, "invalidSyntax")]
    [InlineData("POST", "/Users", "[]", 400, "invalidSyntax")]
    [InlineData("POST", "/Users", "{\"userName\":\"\\ud800\"}", 400, "invalidSyntax")]
    [InlineData("POST", "/Users", "{\"userName\":\"\\u0000x\"}", 400, "invalidValue")]
    [InlineData("POST", "/Users", "{}", 400, "invalidValue")]
    [InlineData("POST", "/Users", "{\"userName\":5}", 400, "invalidValue")]
    [InlineData("POST", "/Users", "{\"userName\":\"a\",\"active\":\"maybe\"}", 400, "invalidValue")]
    [InlineData("POST", "/Users", "{\"userName\":\"a\",\"emails\":[{\"value\":\"a\",\"primary\":true},{\"value\":\"b\",\"primary\":true}]}", 400, "invalidValue")]
    [InlineData("GET", "/Users?filter=", null, 400, "invalidFilter")]
    [InlineData("GET", "/Users?filter=userName%20foo%20bar", null, 400, "invalidFilter")]
    [InlineData("GET", "/Users?count=x", null, 400, "invalidValue")]
    [InlineData("GET", "/Users?sortBy=nowhere", null, 400, "invalidPath")]
    [InlineData("GET", "/Schemas?filter=id%20pr", null, 403, null)]
    public async Task Refusal_IsOfTheErrorSchema(string method, string path, string? body, int status, string? type)
    {
        var world = await ScimWorld.CreateAsync(portal);
        var answer = await world.SendAsync(method, path, body);
        ((int)answer.Status).ShouldBe(status, answer.Text);
        answer.MediaType.ShouldBe("application/scim+json");
        answer.Json.GetProperty("schemas")[0].GetString().ShouldBe("urn:ietf:params:scim:api:messages:2.0:Error");
        answer.Json.GetProperty("status").GetString().ShouldBe(status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        answer.Json.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        (answer.Json.TryGetProperty("scimType", out var found) ? found.GetString() : null).ShouldBe(type);
    }

    [Fact]
    public async Task OnlyAProvisioningTokenOfTheOrganization_MayEnter()
    {
        var (world, other) = (await ScimWorld.CreateAsync(portal), await ScimWorld.CreateAsync(portal));
        var id = await world.AddUserAsync("secret@example.test");
        async Task<int> As(HttpClient client, string path) => (int)(await portal.SendAsync(new HttpRequestMessage(HttpMethod.Get, path), client)).Status;
        var users = $"/scim/v2/{world.Organization}/Users";
        (await As(portal.Api, users)).ShouldBe(200);
        (await As(other.Client, users)).ShouldBe(404);
        (await As(other.Client, $"{users}/{id}")).ShouldBe(404);
        (await As(other.Client, $"/scim/v2/{other.Organization}/Users/{id}")).ShouldBe(404);
        (await As(other.Client, "/scim/v2/no-such-organization/Users")).ShouldBe(404);
        using var nobody = portal.Client();
        (await As(nobody, users)).ShouldBe(401);
        (await As(nobody, $"/scim/v2/{world.Organization}/ServiceProviderConfig")).ShouldBe(401);
        using var admin = await portal.ClientAsync(world.Organization, "orgAdmin");
        (await As(admin, users)).ShouldBe(403);
        (await portal.GetAsync($"/api/v1/organizations/{world.Organization}/people", world.Client)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await As(world.Client, $"/scim/v2/{world.Organization}/ServiceProviderConfig")).ShouldBe(200);
        (await As(world.Client, $"/scim/v2/{world.Organization}/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")).ShouldBe(200);
        (await As(world.Client, $"/scim/v2/{world.Organization}/ResourceTypes")).ShouldBe(200);
    }

    [Fact]
    public async Task SameNameInTwoOrganizations_AreTwoPeople()
    {
        var (one, two) = (await ScimWorld.CreateAsync(portal), await ScimWorld.CreateAsync(portal));
        var (first, second) = (await one.AddUserAsync("admin"), await two.AddUserAsync("admin"));
        (await one.PatchAsync($"/Users/{first}", new { op = "replace", path = "active", value = false })).Status.ShouldBe(HttpStatusCode.OK);
        (await two.GetAsync($"/Users/{second}")).GetProperty("active").GetBoolean().ShouldBeTrue();
        (await one.SendAsync("DELETE", $"/Users/{second}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Bulk_ResolvesReferencesAndStopsAfterErrors()
    {
        var world = await ScimWorld.CreateAsync(portal);
        var answer = await world.SendAsync("POST", "/Bulk", new
        {
            schemas = new[] { "urn:ietf:params:scim:api:messages:2.0:BulkRequest" },
            failOnErrors = 1,
            Operations = new object[]
            {
                new { method = "POST", path = "/Groups", bulkId = "g", data = new { displayName = "Tour", members = new[] { new { value = "bulkId:u" } } } },
                new { method = "POST", path = "/Users", bulkId = "u", data = new { userName = "bulk@example.test" } },
                new { method = "POST", path = "/Users", bulkId = "twice", data = new { userName = "BULK@example.test" } },
                new { method = "POST", path = "/Users", bulkId = "never", data = new { userName = "never@example.test" } },
            },
        });
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        var operations = answer.Json.GetProperty("Operations").EnumerateArray().ToList();
        operations.Select(o => o.GetProperty("status").GetString()).ShouldBe(["201", "201", "409"], answer.Text);
        var group = await world.FindAsync("Groups", "displayName eq \"tour\"");
        group.GetProperty("Resources")[0].GetProperty("members").GetArrayLength().ShouldBe(1);
        (await world.FindAsync("Users", "userName eq \"never@example.test\"")).GetProperty("totalResults").GetInt32().ShouldBe(0);
        var tooMany = await world.SendAsync("POST", "/Bulk", new { Operations = Enumerable.Range(0, 1001).Select(i => new { method = "DELETE", path = $"/Users/{i}" }) });
        tooMany.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge, tooMany.Text);
    }
}
