using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Scim;

/// <summary>One organization with a person and a group, for requests that must change nothing.</summary>
public sealed class ScimVictim(TestServer server) : IAsyncLifetime
{
    internal ScimWorld World { get; private set; } = null!;

    internal string User { get; private set; } = "";

    internal string Group { get; private set; } = "";

    internal WebPortal Portal { get; } = new(server);

    public async ValueTask InitializeAsync()
    {
        await Portal.InitializeAsync();
        World = await ScimWorld.CreateAsync(Portal);
        User = await World.AddUserAsync("target@example.test");
        Group = await World.AddGroupAsync("Targets", User);
    }

    public ValueTask DisposeAsync() => Portal.DisposeAsync();
}

/// <summary>Requests that no well-meaning client sends: refused by the error schema, with an audit entry of the organization, and nothing is changed.</summary>
public sealed class ScimAttackTest(ScimVictim target) : IClassFixture<ScimVictim>
{
    private const string Patch = "PATCH";

    /// <summary>Path with its query (U, G = the person and the group), status, scimType.</summary>
    public static TheoryData<string, int, string?> Reads => new()
    {
        { "/Users?filter=" + new string('(', 900) + "userName pr" + new string(')', 900), 400, "invalidFilter" },
        { "/Users?filter=" + string.Concat(Enumerable.Repeat("not (", 30)) + "userName pr" + new string(')', 30), 400, "invalidFilter" },
        { "/Users?filter=userName eq \"" + new string('x', 4_500) + "\"", 400, "invalidFilter" },
        { "/Users?filter=" + string.Join(" or ", Enumerable.Repeat("active eq true", 101)), 400, "invalidFilter" },
        { "/Users?filter=userName eq \"a", 400, "invalidFilter" },
        { "/Users?filter=userName eq 'a'", 400, "invalidFilter" },
        { "/Users?filter=userName eq \"a\" or 1=1", 400, "invalidFilter" },
        { "/Users?filter=userName eq \"a\"; DROP TABLE users", 400, "invalidFilter" },
        { "/Users?filter=userName eq \"\\ud83d\"", 400, "invalidFilter" },
        { "/Users?filter=userName eq \"\\udc00\\ud800\"", 400, "invalidFilter" },
        { "/Users?filter=userName eq \"\\u00\"", 400, "invalidFilter" },
        { "/Users?filter=userName eq \"\\x41\"", 400, "invalidFilter" },
        { "/Users?filter=userName eq \"a\u0001b\"", 400, "invalidFilter" },
        { "/Users?filter=userName eq \"a\0b\"", 400, "invalidFilter" },
        { "/Users?filter=userName\teq \"a\"", 400, "invalidFilter" },
        { "/Users?filter=userName eq \"a\"\r\nX: y", 400, "invalidFilter" },
        { "/Users?filter=userName eq {\"a\":1}", 400, "invalidFilter" },
        { "/Users?filter=userName eq [\"a\"]", 400, "invalidFilter" },
        { "/Users?filter=userName gt null", 400, "invalidFilter" },
        { "/Users?filter=emails gt 5", 400, "invalidFilter" },
        { "/Users?filter=name co \"a\"", 400, "invalidFilter" },
        { "/Users?filter=password sw \"a\"", 400, "invalidFilter" },
        { "/Users?filter=userName.value eq \"a\"", 400, "invalidFilter" },
        { "/Users?filter=emails.value.value eq \"a\"", 400, "invalidFilter" },
        { "/Users?filter=emails[value eq \"a\" and emails[type pr]]", 400, "invalidFilter" },
        { "/Users?filter=emails[]", 400, "invalidFilter" },
        { "/Users?filter=[userName eq \"a\"]", 400, "invalidFilter" },
        { "/Users?filter=userName[value eq \"a\"]", 400, "invalidFilter" },
        { "/Users?filter=urn:evil:User:userName eq \"a\"", 400, "invalidFilter" },
        { "/Users?filter=urn:ietf:params:scim:schemas:core:2.0:Userx:userName eq \"a\"", 400, "invalidFilter" },
        { "/Users?filter=OrganizationId eq \"a\"", 400, "invalidFilter" },
        { "/Users?filter=and", 400, "invalidFilter" },
        { "/Users?filter=not userName pr", 400, "invalidFilter" },
        { "/Users?filter=userName eq \"a\"&filter=userName eq \"b\"", 400, "invalidFilter" },
        { "/Users?filter=%20", 400, "invalidFilter" },
        { "/Users?filter=active eq \"False\"", 400, "invalidFilter" },
        { "/Users?filter=active eq 0", 400, "invalidFilter" },
        { "/Users?filter=meta.created gt \"2026-13-45T00:00:00Z\"", 400, "invalidFilter" },
        { "/Groups?filter=members[value eq \"a\"", 400, "invalidFilter" },
        { "/Users?startIndex=1e9", 400, "invalidValue" },
        { "/Users?startIndex=99999999999999999999", 400, "invalidValue" },
        { "/Users?count=1.5", 400, "invalidValue" },
        { "/Users?count=１", 400, "invalidValue" },
        { "/Users?count=1&count=2", 400, "invalidValue" },
        { "/Users?sortOrder=sideways", 400, "invalidValue" },
        { "/Users?sortBy=userName;drop", 400, "invalidPath" },
        { "/Users?sortBy=OrganizationId", 400, "invalidPath" },
        { "/Users?cursor=%00", 400, "invalidCursor" },
        { "/Users?cursor=AB", 400, "invalidCursor" },
        { "/Users?cursor=" + new string('A', 500), 400, "invalidCursor" },
        { "/Users/../Groups/x", 404, null },
        { "/Users/not-an-id", 404, null },
        { "/Users/0190a000-0000-7000-8000-00000000dead", 404, null },
        { "/Users/0190A000-0000-7000-8000-00000000DEAD", 404, null },
        { "/Users/U/Groups", 404, null },
        { "/users", 404, null },
        { "/Bulk", 405, null },
        { "/Nowhere", 404, null },
        { "/Me", 404, null },
    };

    /// <summary>Method, path, body, status, scimType.</summary>
    public static TheoryData<string, string, string, int, string?> Writes => new()
    {
        { "POST", "/Users", """{"userName":"a@x.test","userName":"b@x.test"}""", 400, "invalidSyntax" },
        { "POST", "/Users", """{"userName":"a@x.test","USERNAME":"b@x.test"}""", 400, "invalidSyntax" },
        { "POST", "/Users", """{"userName":"a@x.test","name":{"givenName":"a","GivenName":"b"}}""", 400, "invalidSyntax" },
        { "POST", "/Users", """{"userName":"a@x.test","emails":[{"value":"a","Value":"b"}]}""", 400, "invalidSyntax" },
        { "POST", "/Users", "\uFEFF\uFEFF{}", 400, "invalidSyntax" },
        { "POST", "/Users", "{\"userName\":\"a\"}\0", 400, "invalidSyntax" },
        { "POST", "/Users", "{\"userName\":\"a\"}{}", 400, "invalidSyntax" },
        { "POST", "/Users", "{\"userName\":\"a\",}", 400, "invalidSyntax" },
        { "POST", "/Users", "// x\n{\"userName\":\"a\"}", 400, "invalidSyntax" },
        { "POST", "/Users", "", 400, "invalidSyntax" },
        { "POST", "/Users", "null", 400, "invalidSyntax" },
        { "POST", "/Users", "\"a\"", 400, "invalidSyntax" },
        { "POST", "/Users", "DEEP", 400, "invalidSyntax" },
        { "POST", "/Users", """{"userName":""}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"   "}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":["a"]}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":{"value":"a"}}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a\r\nBcc: b@x.test"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a\u202Eb@x.test"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"tar\u200Bget@example.test"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"target@example.test\uFEFF"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"target\u00AD@example.test"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"LONG"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"TARGET@EXAMPLE.TEST"}""", 409, "uniqueness" },
        { "POST", "/Users", """{"userName":" target@example.test "}""", 409, "uniqueness" },
        { "POST", "/Users", """{"userName":"a@x.test","active":0}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a@x.test","active":"no"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a@x.test","active":[true]}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a@x.test","emails":"x\r\ny"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a@x.test","emails":[["a"]]}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a@x.test","name":"Ann"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a@x.test","externalId":{"a":1}}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a@x.test","displayName":"a\u0000"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"userName":"a@x.test"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"schemas":"urn:ietf:params:scim:schemas:core:2.0:User","userName":"a@x.test"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a@x.test","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":"x"}""", 400, "invalidValue" },
        { "PUT", "/Users/U", """{"displayName":"x"}""", 400, "invalidValue" },
        { "PUT", "/Users/0190a000-0000-7000-8000-00000000dead", """{"userName":"a@x.test"}""", 404, null },
        { "POST", "/Users/U", """{"userName":"a@x.test"}""", 405, null },
        { "PUT", "/Users", """{"userName":"a@x.test"}""", 405, null },
        { "POST", "/Groups", """{"displayName":"g","members":[{"value":"G","type":"Group"}]}""", 400, "invalidValue" },
        { "POST", "/Groups", """{"displayName":"g","members":[{"value":"G"}]}""", 400, "invalidValue" },
        { "POST", "/Groups", """{"displayName":"g","members":[{"value":5}]}""", 400, "invalidValue" },
        { "POST", "/Groups", """{"displayName":"g","members":{"value":"../Users/U"}}""", 400, "invalidValue" },
        { "POST", "/Groups", """{"displayName":"\u0007"}""", 400, "invalidValue" },
        { "POST", "/Groups", """{"members":[]}""", 400, "invalidValue" },
        { Patch, "/Users/U", """{"Operations":[]}""", 400, "invalidSyntax" },
        { Patch, "/Users/U", """{"Operations":{"op":"add"}}""", 400, "invalidSyntax" },
        { Patch, "/Users/U", """{"Operations":[{"op":"move","path":"userName","value":"x"}]}""", 400, "invalidSyntax" },
        { Patch, "/Users/U", """{"Operations":[{"op":"add","OP":"remove","path":"title","value":"x"}]}""", 400, "invalidSyntax" },
        { Patch, "/Users/U", """{"Operations":[{"path":"title","value":"x"}]}""", 400, "invalidSyntax" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":["title"],"value":"x"}]}""", 400, "invalidPath" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"/userName","value":"x"}]}""", 400, "invalidPath" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"title[value eq \"x\"]","value":"x"}]}""", 400, "invalidPath" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"emails[type eq \"work\"","value":"x"}]}""", 400, "invalidPath" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"emails[type eq \"work\"].nowhere","value":"x"}]}""", 400, "invalidPath" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"organizationId","value":"x"}]}""", 400, "invalidPath" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"id","value":"x"}]}""", 400, "mutability" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"ID","value":"x"}]}""", 400, "mutability" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:user:id","value":"x"}]}""", 400, "mutability" },
        { Patch, "/Users/U", """{"Operations":[{"op":"remove","path":"meta.version"}]}""", 400, "mutability" },
        { Patch, "/Users/U", """{"Operations":[{"op":"add","path":"groups","value":[{"value":"G"}]}]}""", 400, "mutability" },
        { Patch, "/Users/U", """{"Operations":[{"op":"remove","path":"groups[value eq \"G\"]"}]}""", 400, "mutability" },
        { Patch, "/Users/U", """{"Operations":[{"op":"remove","path":"schemas"}]}""", 400, "mutability" },
        { Patch, "/Users/U", """{"Operations":[{"op":"remove","path":"userName"}]}""", 400, "mutability" },
        { Patch, "/Users/U", """{"Operations":[{"op":"remove"}]}""", 400, "noTarget" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"emails[type eq \"none\"].value","value":"x"}]}""", 400, "noTarget" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"userName"}]}""", 400, "invalidValue" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"userName","value":null}]}""", 400, "invalidValue" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","value":"x"}]}""", 400, "invalidValue" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":"True"}]}]}""", 400, "invalidValue" },
        { Patch, "/Users/U", """{"Operations":[{"op":"add","path":"emails[type eq \"home\" and value eq \"a\\r\\nBcc: b\"].display","value":"x"}]}""", 400, "invalidValue" },
        { Patch, "/Users/U", """{"Operations":[{"op":"add","path":"emails[type eq \"\\u0007\"].value","value":"x@x.test"}]}""", 400, "invalidValue" },
        { Patch, "/Users/U", """{"Operations":[{"op":"replace","path":"title","value":"kept?"},{"op":"replace","path":"id","value":"x"}]}""", 400, "mutability" },
        { Patch, "/Groups/G", """{"Operations":[{"op":"replace","path":"members[value eq \"U\"].value","value":"x"}]}""", 400, "mutability" },
        { Patch, "/Groups/G", """{"Operations":[{"op":"add","path":"members","value":[{"value":"0190a000-0000-7000-8000-00000000dead"}]}]}""", 400, "invalidValue" },
        { Patch, "/Groups/G", """{"Operations":[{"op":"remove","path":"displayName"}]}""", 400, "invalidValue" },
        { Patch, "/Groups/G", """{"Operations":[{"op":"add","path":"members","value":[{"value":"G"}]}]}""", 400, "invalidValue" },
        { Patch, "/Groups/G", "MANY", 400, "tooMany" },
        { "POST", "/Users/.search", """{"filter":"userName eq"}""", 400, "invalidFilter" },
        { "POST", "/Users/.search", """{"filter":"userName pr","FILTER":"active eq true"}""", 400, "invalidSyntax" },
        { "POST", "/Users/.search", """{"startIndex":{"a":1},"count":true}""", 400, "invalidValue" },
        { "POST", "/Bulk", """{"Operations":"x"}""", 400, "invalidSyntax" },
        { "POST", "/Bulk", """{"Operations":[{"method":"POST","path":"/Users","data":{"userName":"a@x.test"}}]}""", 400, "invalidSyntax" },
        { "POST", "/Bulk", """{"Operations":[{"method":"POST","path":"/Users","bulkId":"a","data":{}},{"method":"POST","path":"/Users","bulkId":"a","data":{}}]}""", 400, "invalidValue" },
        { "POST", "/Bulk", """{"Operations":[{"path":"/Users"}]}""", 400, "invalidSyntax" },
    };

    [Theory]
    [MemberData(nameof(Reads))]
    public Task HostileRead_IsRefused(string path, int status, string? type) => RefusedAsync("GET", path, null, status, type);

    [Theory]
    [MemberData(nameof(Writes))]
    public Task HostileWrite_IsRefused(string method, string path, string body, int status, string? type) => RefusedAsync(method, path, body switch
    {
        "DEEP" => string.Concat(Enumerable.Repeat("{\"a\":", 500)) + "1" + new string('}', 500),
        "MANY" => "{\"Operations\":[" + string.Join(',', Enumerable.Repeat("""{"op":"remove","path":"externalId"}""", 1_001)) + "]}",
        _ => body.Replace("LONG", new string('x', 300), StringComparison.Ordinal),
    }, status, type);

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json-patch+json", 415)]
    [InlineData("multipart/form-data; boundary=a", 415)]
    public Task BodyOfAnotherKind_IsRefused(string mediaType, int status) => RefusedAsync("POST", "/Users", """{"userName":"a@x.test"}""", status, null, r => r.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType));

    [Theory]
    [InlineData("W/\"99\"")]
    [InlineData("\"\"")]
    [InlineData("W/\"-1\"")]
    [InlineData("garbage")]
    [InlineData("W/\"1")]
    [InlineData("1")]
    public Task OtherVersion_IsRefused(string ifMatch) => RefusedAsync("PUT", "/Users/U", """{"userName":"target@example.test","title":"x"}""", 412, null, r => r.Headers.TryAddWithoutValidation("If-Match", ifMatch));

    [Theory]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("X-HTTP-Method")]
    [InlineData("X-Method-Override")]
    [InlineData("X-Original-URL")]
    public async Task HeaderThatNamesAnotherMethod_DoesNotCount(string header)
    {
        using var request = Request("GET", "/Users/U", null);
        request.Headers.TryAddWithoutValidation(header, "DELETE");
        (await target.Portal.SendAsync(request, target.World.Client)).Status.ShouldBe(HttpStatusCode.OK);
        (await target.World.GetAsync($"/Users/{target.User}")).GetProperty("active").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public Task BodyBeyondTheLimit_IsRefused() => RefusedAsync("POST", "/Users", "{\"userName\":\"" + new string('a', 2_000_000) + "\"}", 413, null, r => r.Headers.ExpectContinue = true);

    [Fact]
    public async Task BulkOperations_ThatCannotBe_AreRefusedOneByOne()
    {
        var body = """
            {"Operations":[
              {"method":"POST","path":"/Groups","bulkId":"a","data":{"displayName":"A","members":[{"value":"bulkId:b"}]}},
              {"method":"POST","path":"/Groups","bulkId":"b","data":{"displayName":"B","members":[{"value":"bulkId:a"}]}},
              {"method":"DELETE","path":"/Users/bulkId:never"},
              {"method":"GET","path":"/Users/U"},
              {"method":"POST","path":"/Bulk","bulkId":"c","data":{"Operations":[]}},
              {"method":"DELETE","path":"/../../api/v1/organizations/x"},
              {"method":"PATCH","path":"/Users/U","data":{"Operations":[{"op":"replace","path":"id","value":"x"}]}},
              {"method":"PUT","path":"/Users/U","version":"W/\"77\"","data":{"userName":"target@example.test"}}
            ]}
            """;
        var answer = await target.World.SendAsync("POST", "/Bulk", Fill(body));
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Json.GetProperty("Operations").EnumerateArray().Select(o => o.GetProperty("status").GetString()).ShouldAllBe(s => s!.StartsWith('4'), answer.Text);
        (await EntriesAsync(answer)).Count.ShouldBe(8, "each refusal leaves an entry");
    }

    private async Task RefusedAsync(string method, string path, string? body, int status, string? type, Action<HttpRequestMessage>? change = null)
    {
        var before = (await target.World.GetAsync($"/Users/{target.User}")).GetRawText() + (await target.World.GetAsync($"/Groups/{target.Group}")).GetRawText();
        using var request = Request(method, path, body);
        change?.Invoke(request);
        var answer = await target.Portal.SendAsync(request, target.World.Client);
        ((int)answer.Status).ShouldBe(status, answer.Text);
        answer.Json.GetProperty("schemas")[0].GetString().ShouldBe("urn:ietf:params:scim:api:messages:2.0:Error");
        answer.Json.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        (answer.Json.TryGetProperty("scimType", out var found) ? found.GetString() : null).ShouldBe(type, answer.Text);
        var entry = (await EntriesAsync(answer)).ShouldHaveSingleItem();
        entry.GetProperty("status").GetString().ShouldBe("failure");
        entry.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
        ((await target.World.GetAsync($"/Users/{target.User}")).GetRawText() + (await target.World.GetAsync($"/Groups/{target.Group}")).GetRawText()).ShouldBe(before, "nothing is changed");
    }

    /// <summary>The audit entries of a request.</summary>
    private async Task<List<JsonElement>> EntriesAsync(Answer answer) =>
        [.. (await target.Portal.GetAsync($"/api/v1/organizations/{target.World.Organization}/audit?limit=20")).Json.GetProperty("items").EnumerateArray().Where(e => e.GetProperty("requestId").GetString() == answer.Headers["X-Request-Id"])];

    private HttpRequestMessage Request(string method, string path, string? body)
    {
        var question = path.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : "?" + string.Join('&', path[(question + 1)..].Split('&').Select(p => p.Split('=', 2)).Select(p => p[1].StartsWith('%') ? $"{p[0]}={p[1]}" : $"{p[0]}={Uri.EscapeDataString(p[1])}"));
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"{target.Portal.Address}/scim/v2/{target.World.Organization}{Fill(question < 0 ? path : path[..question])}{query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (body is not null) request.Content = new StringContent(Fill(body), Encoding.UTF8, "application/scim+json");
        return request;
    }

    private string Fill(string text) => text.Replace("\"U\"", $"\"{target.User}\"", StringComparison.Ordinal).Replace("\\\"U\\\"", $"\\\"{target.User}\\\"", StringComparison.Ordinal).Replace("/U", "/" + target.User, StringComparison.Ordinal)
        .Replace("/" + target.User + "sers", "/Users", StringComparison.Ordinal).Replace("\"G\"", $"\"{target.Group}\"", StringComparison.Ordinal).Replace("\\\"G\\\"", $"\\\"{target.Group}\\\"", StringComparison.Ordinal).Replace("/Groups/G", $"/Groups/{target.Group}", StringComparison.Ordinal);
}
