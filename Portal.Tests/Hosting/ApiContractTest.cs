using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Hosting;

/// <summary>The conventions that hold for every route.</summary>
public sealed class ApiContractTest(WebPortal portal) : IClassFixture<WebPortal>
{
    private const string Organizations = "/api/v1/organizations";

    [Theory]
    [InlineData("GET", "/api/v1/nowhere", HttpStatusCode.NotFound, "route.notFound")]
    [InlineData("GET", "/api/v1/organizations/%FF", HttpStatusCode.NotFound, "organization.notFound")]
    [InlineData("GET", "/api/v1/jobs/not-an-id", HttpStatusCode.NotFound, "route.notFound")]
    [InlineData("GET", "/api/v1/organizations?limit=0", HttpStatusCode.BadRequest, "limit.range")]
    [InlineData("PUT", "/api/v1/organizations", HttpStatusCode.MethodNotAllowed, "method.notAllowed")]
    public async Task Refusal_IsAProblemDocument(string method, string path, HttpStatusCode status, string code)
    {
        var answer = await portal.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        answer.ShouldBeProblem(status, code);
        answer.Headers.ShouldContainKey("X-Request-Id");
    }

    [Fact]
    public async Task NulInThePath_IsAProblemDocument()
    {
        // HttpClient refuses to send it, so it goes over a socket.
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(portal.Address).Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /api/v1/organizations/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        text.ShouldStartWith("HTTP/1.1 400");
        text.ShouldContain("application/problem+json");
        text.ShouldContain("request.malformed");
    }

    [Fact]
    public async Task WithoutAToken_IsUnauthorized()
    {
        using var nobody = portal.Client();
        (await portal.GetAsync(Organizations, nobody)).ShouldBeProblem(HttpStatusCode.Unauthorized, "access.signIn");
        using var wrong = portal.Client("hxp_this-is-no-token-of-this-portal");
        (await portal.GetAsync(Organizations, wrong)).ShouldBeProblem(HttpStatusCode.Unauthorized, "access.signIn");
    }

    [Theory]
    [InlineData("{\"name\":1}", "json.wrongType", "name")]
    [InlineData("{\"nmae\":\"x\"}", "json.unknownMember", "nmae")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}", "json.duplicateMember", "name")]
    [InlineData("{\"regions\":[1]}", "json.wrongType", "regions[0]")]
    public async Task BadMember_IsNamed(string body, string code, string field)
    {
        var answer = await PostTextAsync(body);
        answer.ShouldBeProblem(HttpStatusCode.BadRequest, code);
        answer.Json.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task OtherMediaType_Is415_AndAnOversizedBody413()
    {
        (await PostTextAsync("{}", "text/plain")).ShouldBeProblem(HttpStatusCode.UnsupportedMediaType, "mediaType.unsupported");
        (await PostTextAsync($"{{\"name\":\"{new string('x', 1_100_000)}\"}}")).ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge, "body.tooLarge");
    }

    [Fact]
    public async Task EveryJsonVector_IsRefusedOrAccepted_NeverAFailure()
    {
        var file = Shared("vectors/json-parsing/jsontestsuite.json");
        using var vectors = JsonDocument.Parse(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        foreach (var vector in vectors.RootElement.EnumerateArray())
        {
            var name = vector.GetProperty("name").GetString();
            var answer = await PostBytesAsync(Body(vector));
            ((int)answer.Status).ShouldBeLessThan(500, name);
            if (vector.GetProperty("expect").GetString() == "reject") answer.Status.ShouldBeOneOf([HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge], $"{name}: {answer.Text}");
            if ((int)answer.Status >= 400) answer.MediaType.ShouldBe("application/problem+json", name);
        }
    }

    [Fact]
    public async Task NaughtyStrings_AreNamesOrRefused_NeverAFailure()
    {
        var file = Shared("vectors/naughty-strings/blns.base64.json");
        var strings = JsonSerializer.Deserialize<string[]>(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        foreach (var text in strings.Select(s => Encoding.UTF8.GetString(Convert.FromBase64String(s))))
        {
            var answer = await portal.PostAsync(Organizations, new { name = text, plan = "team", currency = "USD", timeZone = "UTC", fiscalYearStartMonth = 1 });
            answer.Status.ShouldBeOneOf([HttpStatusCode.Created, HttpStatusCode.UnprocessableEntity], $"{text}: {answer.Text}");
            if (answer.Status != HttpStatusCode.Created) continue;
            var read = await portal.GetAsync($"{Organizations}/{answer.Json.GetProperty("slug").GetString()}");
            read.Json.GetProperty("name").GetString().ShouldBe(answer.Json.GetProperty("name").GetString());
        }
    }

    [Fact]
    public async Task RequestId_IsEchoed_AndInTheAuditEntry()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Organizations) { Content = Json("{\"name\":\"Traced\",\"plan\":\"team\",\"currency\":\"USD\",\"timeZone\":\"UTC\",\"fiscalYearStartMonth\":1}") };
        request.Headers.Add("X-Request-Id", "trace-me-0001");
        var made = await portal.SendAsync(request);
        made.Headers["X-Request-Id"].ShouldBe("trace-me-0001");
        var audit = await portal.GetAsync($"{Organizations}/{made.Json.GetProperty("slug").GetString()}/audit");
        audit.Text.ShouldContain("trace-me-0001");
    }

    [Fact]
    public async Task IfMatch_RefusesAStaleChange()
    {
        var org = await portal.CreateOrganizationAsync("Versions");
        var tag = (await portal.GetAsync($"{Organizations}/{org}")).Headers["ETag"];
        tag.ShouldBe("\"v1\"");
        (await PatchAsync(org, "Versions two", tag)).Status.ShouldBe(HttpStatusCode.OK);
        (await PatchAsync(org, "Versions three", tag)).ShouldBeProblem(HttpStatusCode.PreconditionFailed, "version.stale");
        (await PatchAsync(org, "Versions four", "*")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task IdempotencyKey_CarriesARequestOutOnce()
    {
        var first = await KeyedAsync("key-1", "Once");
        var again = await KeyedAsync("key-1", "Once");
        again.Status.ShouldBe(HttpStatusCode.Created);
        again.Text.ShouldBe(first.Text);
        again.Headers["ETag"].ShouldBe(first.Headers["ETag"]);
        (await KeyedAsync("key-1", "Other")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency.otherRequest");

        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => KeyedAsync("key-2", "Together")));
        var slugs = together.Where(a => a.Status == HttpStatusCode.Created).Select(a => a.Json.GetProperty("slug").GetString()).Distinct(StringComparer.Ordinal);
        slugs.ShouldHaveSingleItem();
        together.ShouldAllBe(a => a.Status == HttpStatusCode.Created || a.Status == HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Answers_CarryTheSecurityHeaders()
    {
        var answer = await portal.GetAsync(Organizations);
        answer.Headers["Content-Security-Policy"].ShouldContain("script-src 'self'");
        answer.Headers["Content-Security-Policy"].ShouldContain("frame-ancestors 'none'");
        answer.Headers["X-Content-Type-Options"].ShouldBe("nosniff");
        answer.Headers.ShouldNotContainKey("Strict-Transport-Security");
        answer.Headers.ShouldNotContainKey("Server");
    }

    [Theory]
    [InlineData("/sign-in", true)]
    [InlineData("/api/v1/organizations", true)]
    [InlineData("/metrics", true)]
    [InlineData("/not/here", true)]
    [InlineData("/js/portal.js", false)]
    public async Task Answers_AreKeptByNobody_ExceptFiles(string path, bool isPrivate)
    {
        var answer = await portal.GetAsync(path);
        answer.Headers["Cache-Control"].Contains("no-store", StringComparison.Ordinal).ShouldBe(isPrivate, answer.Headers["Cache-Control"]);
        answer.Headers["Referrer-Policy"].ShouldBeOneOf("same-origin", "no-referrer");
        answer.Headers["Content-Security-Policy"].ShouldContain("connect-src 'self';");
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/api/v1/organizations")]
    [InlineData("/scim/v2/x/Users")]
    [InlineData("/js/portal.js")]
    public async Task Trace_EchoesNothing(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Trace, path);
        request.Headers.Add("X-Secret", "echoed-secret");
        var answer = await portal.SendAsync(request);
        ((int)answer.Status).ShouldBeInRange(400, 499);
        answer.Text.ShouldNotContain("echoed-secret");
    }

    [Fact]
    public async Task ReadyMetricsAndDocument_Answer()
    {
        using var nobody = portal.Client();
        (await portal.GetAsync("/ready", nobody)).Json.GetProperty("status").GetString().ShouldBe("ready");
        (await portal.GetAsync("/health", nobody)).Status.ShouldBe(HttpStatusCode.OK);
        await portal.GetAsync(Organizations);
        (await portal.GetAsync("/metrics", nobody)).Text.ShouldContain("portal_message_duration_seconds_count{");
        var document = await portal.GetAsync("/openapi/v1.json", nobody);
        document.Json.GetProperty("openapi").GetString().ShouldNotBeNull().ShouldStartWith("3.1");
        document.Json.GetProperty("paths").GetProperty("/api/v1/organizations").GetProperty("post").GetProperty("operationId").GetString().ShouldBe("createOrganization");
        (await portal.GetAsync("/api/index.html", nobody)).Text.ShouldContain("index.js");
    }

    private static string Shared(string path)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var file = Path.Combine(directory.FullName, "shared", path);
            if (File.Exists(file)) return file;
        }

        Assert.Skip($"The shared test data {path} is not beside this repository.");
        return "";
    }

    private static byte[] Body(JsonElement vector)
    {
        if (vector.TryGetProperty("body_b64", out var body)) return body.GetBytesFromBase64();
        var fragment = vector.GetProperty("repeat_b64").GetBytesFromBase64();
        return [.. Enumerable.Repeat(fragment, (vector.GetProperty("len").GetInt32() / fragment.Length) + 1).SelectMany(b => b).Take(vector.GetProperty("len").GetInt32())];
    }

    private static StringContent Json(string text, string type = "application/json") => new(text, Encoding.UTF8, type);

    private Task<Answer> PostTextAsync(string text, string type = "application/json") => portal.SendAsync(Patient(Json(text, type)));

    private Task<Answer> PostBytesAsync(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return portal.SendAsync(Patient(content));
    }

    /// <summary>Asks before it sends a body: one that is refused by its length would otherwise meet a closed connection before the answer is read.</summary>
    private static HttpRequestMessage Patient(HttpContent content) => new(HttpMethod.Post, Organizations) { Content = content, Headers = { ExpectContinue = true } };

    private Task<Answer> PatchAsync(string org, string name, string ifMatch)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, $"{Organizations}/{org}") { Content = Json(JsonSerializer.Serialize(new { name })) };
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return portal.SendAsync(request);
    }

    private Task<Answer> KeyedAsync(string key, string name)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Organizations) { Content = Json($"{{\"name\":\"{name}\",\"plan\":\"team\",\"currency\":\"USD\",\"timeZone\":\"UTC\",\"fiscalYearStartMonth\":1}}") };
        request.Headers.Add("Idempotency-Key", key);
        return portal.SendAsync(request);
    }
}
