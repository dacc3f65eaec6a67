using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Ingest;

public sealed class IngestApiTest(WebPortal portal) : IClassFixture<WebPortal>
{
    private static int _number;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Task<string> OrganizationAsync() => portal.CreateOrganizationAsync($"Ingest {Interlocked.Increment(ref _number)}");

    private async Task<Answer> IngestAsync(string org, string source, byte[] body, HttpClient? client = null, bool gzip = false, string? path = null)
    {
        var content = new ByteArrayContent(gzip ? Pack(body) : body);
        if (gzip) content.Headers.ContentEncoding.Add("gzip");
        content.Headers.ContentType = new MediaTypeHeaderValue("application/jsonl");
        return await portal.SendAsync(new HttpRequestMessage(HttpMethod.Post, path ?? $"/api/v1/organizations/{org}/audit/ingest?source={source}") { Content = content }, client);
    }

    private Task<Answer> IngestAsync(string org, string source, string body, HttpClient? client = null) => IngestAsync(org, source, Encoding.UTF8.GetBytes(body), client);

    private static byte[] Pack(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(body);
        return packed.ToArray();
    }

    private static (long Accepted, long Duplicates, long Rejected) Counts(Answer answer)
    {
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return (answer.Json.GetProperty("accepted").GetInt64(), answer.Json.GetProperty("duplicates").GetInt64(), answer.Json.GetProperty("rejected").GetInt64());
    }

    private static string Event(int id, string more = "") => $$"""{"timestamp":"2026-01-02T03:04:05.123456Z","source_id":"{{id}}","action":"door.open","actor":"ann@example.test"{{more}}}""";

    private async Task<List<JsonElement>> SearchAsync(string org, string q)
    {
        var answer = await portal.GetAsync($"/api/v1/organizations/{org}/audit?limit=1000&q={Uri.EscapeDataString(q)}");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return [.. answer.Json.GetProperty("items").EnumerateArray()];
    }

    private async Task<List<JsonElement>> SearchUntilAsync(string org, string q, int count)
    {
        for (var i = 0; ; i++)
        {
            var found = await SearchAsync(org, q);
            if (found.Count == count || i == 50) return found;
            await Task.Delay(100, Cancelled);
        }
    }

    [Fact]
    public async Task TheSample_IsTakenWhole_ItsFirstTenAgainAreDuplicates_AndACheckpointCoversIt()
    {
        var lines = OutsideSamples.CloudTrail();
        var org = await OrganizationAsync();
        Counts(await IngestAsync(org, "cloudtrail", [.. lines.SelectMany(l => l.Append((byte)'\n'))])).ShouldBe((1450, 0, 0));
        Counts(await IngestAsync(org, "cloudtrail", [.. lines.Take(10).SelectMany(l => l.Append((byte)'\n'))])).ShouldBe((0, 10, 0));
        var failed = lines.Count(l => JsonElement.Parse(l).TryGetProperty("errorCode", out var code) && code.GetString() is { Length: > 0 });
        (await SearchUntilAsync(org, "source:cloudtrail status:failure", Math.Min(failed, 1000))).Count.ShouldBe(Math.Min(failed, 1000));
        for (var i = 0; ; i++)
        {
            var note = (await portal.GetAsync($"/api/v1/organizations/{org}/audit/checkpoint")).Text.Split('\n');
            if (note.Length > 3 && long.Parse(note[1], System.Globalization.CultureInfo.InvariantCulture) >= 1450) break;
            i.ShouldBeLessThan(100, string.Join('\n', note));
            await Task.Delay(100, Cancelled);
        }

        var entry = (await SearchAsync(org, "source:portal action:audit.ingest"))[^1];
        entry.GetProperty("newValue").GetProperty("accepted").GetInt64().ShouldBe(1450);
        var sources = (await portal.GetAsync($"/api/v1/organizations/{org}/audit/sources")).Json.GetProperty("items").EnumerateArray().Single(s => s.GetProperty("source").GetString() == "cloudtrail");
        (sources.GetProperty("accepted").GetInt64(), sources.GetProperty("duplicates").GetInt64()).ShouldBe((1450, 10));
    }

    [Fact]
    public async Task LinesArraysEnvelopesAndGzip_AreTheSameEvents()
    {
        var org = await OrganizationAsync();
        Counts(await IngestAsync(org, "generic", $"{Event(1)}\n{Event(2)}\n{Event(1)}")).ShouldBe((2, 1, 0));
        Counts(await IngestAsync(org, "generic", $"[{Event(2)},{Event(3)}]")).ShouldBe((1, 1, 0));
        Counts(await IngestAsync(org, "generic", Encoding.UTF8.GetBytes($"{Event(3)}\n{Event(4)}"), gzip: true)).ShouldBe((1, 1, 0));
        Counts(await IngestAsync(org, "generic", "")).ShouldBe((0, 0, 0));
        const string EventList = """{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{"level":"Metadata","auditID":"a","stage":"ResponseComplete","verb":"get","requestURI":"/x","user":{"username":"ann"},"stageTimestamp":"2026-01-02T03:04:05.000000Z"}]}""";
        Counts(await IngestAsync(org, "", Encoding.UTF8.GetBytes(EventList), path: $"/api/v1/organizations/{org}/audit/ingest/kubernetes?timeout=30s")).ShouldBe((1, 0, 0));
        Counts(await IngestAsync(org, "kubernetes", EventList)).ShouldBe((0, 1, 0));
        // The same id of another source is another event.
        Counts(await IngestAsync(org, "generic", Event(5).Replace("\"5\"", "\"a/ResponseComplete\"", StringComparison.Ordinal))).ShouldBe((1, 0, 0));
        // And of another organization.
        Counts(await IngestAsync(await OrganizationAsync(), "generic", Event(1))).ShouldBe((1, 0, 0));
    }

    [Fact]
    public async Task WrongLines_AreNamed_AndTheOthersTaken()
    {
        var org = await OrganizationAsync();
        var answer = await IngestAsync(org, "generic", $"{Event(1)}\nnonsense\n\n{Event(2, ",\"a\":1,\"a\":2")}\n{Event(3).Replace("2026-", "1926-", StringComparison.Ordinal)}\n{{}}\n{Event(4)}");
        Counts(answer).ShouldBe((2, 0, 4));
        answer.Json.GetProperty("errors").EnumerateArray().Select(e => (e.GetProperty("line").GetInt64(), e.GetProperty("code").GetString()))
            .ShouldBe([(2, "json.malformed"), (4, "json.duplicateKey"), (5, "event.time.range"), (6, "event.action.missing")]);
        answer = await IngestAsync(org, "generic", string.Join('\n', Enumerable.Repeat("x", 5000)));
        Counts(answer).ShouldBe((0, 0, 5000));
        answer.Json.GetProperty("errors").GetArrayLength().ShouldBe(EventIngest.MaxErrors);
    }

    [Fact]
    public async Task BadRequests_AreRefused()
    {
        var org = await OrganizationAsync();
        (await IngestAsync(org, "splunk", Event(1))).ShouldBeProblem(HttpStatusCode.BadRequest, "ingest.source");
        (await IngestAsync(org, "", Event(1), null)).ShouldBeProblem(HttpStatusCode.BadRequest, "ingest.source");
        (await IngestAsync("no-such-one", "generic", Event(1))).Status.ShouldBe(HttpStatusCode.NotFound);
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes("not gzip"));
        content.Headers.ContentEncoding.Add("gzip");
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/organizations/{org}/audit/ingest?source=generic") { Content = content })).ShouldBeProblem(HttpStatusCode.BadRequest, "body.notUnpackable");
    }

    [Fact]
    public async Task ATokenOfTheScope_MayIngestAndNothingElse_OthersMayNot()
    {
        var org = await OrganizationAsync();
        using var sender = await portal.ClientAsync(org, "orgAdmin", "audit:ingest");
        Counts(await IngestAsync(org, "generic", Event(1), sender)).ShouldBe((1, 0, 0));
        (await portal.GetAsync($"/api/v1/organizations/{org}/audit", sender)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await portal.GetAsync($"/api/v1/organizations/{org}/audit/sources", sender)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await portal.GetAsync($"/api/v1/organizations/{org}/workspaces", sender)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "x", role = "orgAdmin" }, sender)).Status.ShouldBe(HttpStatusCode.Forbidden);
        using var reader = await portal.ClientAsync(org, "financeViewer");
        (await IngestAsync(org, "generic", Event(2), reader)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");
        (await IngestAsync(await OrganizationAsync(), "generic", Event(2), sender)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task TheSameEvents_FromManyAtOnce_AreTakenOnce()
    {
        var org = await OrganizationAsync();
        var body = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 6000).Select(i => Event(i))));
        var taken = 0L;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (true)
            {
                var answer = await IngestAsync(org, "generic", body);
                if (answer.Status == HttpStatusCode.TooManyRequests)
                {
                    answer.Headers.ShouldContainKey("Retry-After");
                    await Task.Delay(100, Cancelled);
                    continue;
                }

                var (accepted, duplicates, rejected) = Counts(answer);
                (accepted + duplicates, rejected).ShouldBe((6000, 0));
                Interlocked.Add(ref taken, accepted);
                return;
            }
        }));
        taken.ShouldBe(6000);
        var state = (await portal.GetAsync($"/api/v1/organizations/{org}/audit/sources")).Json.GetProperty("items").EnumerateArray().Single(s => s.GetProperty("source").GetString() == "generic");
        (state.GetProperty("accepted").GetInt64(), state.GetProperty("duplicates").GetInt64()).ShouldBe((6000, 18000));
    }

    [Fact]
    public async Task AnEntry_TellsTheEvent_AndKeepsItsOriginal()
    {
        var org = await OrganizationAsync();
        var original = Event(1, """,   "reason":"denied to Ann@example.test", "status":"failure","ip":"192.0.2.9","new_value":{"mail":"ann@example.test"},"resource":"door/7" """);
        Counts(await IngestAsync(org, "generic", original)).ShouldBe((1, 0, 0));
        var entry = (await SearchUntilAsync(org, "source:generic", 1)).ShouldHaveSingleItem();
        entry.GetProperty("actorName").GetString().ShouldBe("ann@example.test");
        entry.GetProperty("ipAddress").GetString().ShouldBe("192.0.2.9");
        entry.GetProperty("timestamp").GetString().ShouldBe("2026-01-02T03:04:05.123456Z");
        entry.GetProperty("resource").GetString().ShouldBe("door/7");
        entry.GetProperty("status").GetString().ShouldBe("failure");
        entry.GetProperty("reason").GetString().ShouldBe("denied to (actor)");
        entry.GetProperty("newValue").GetProperty("mail").GetString().ShouldBe("ann@example.test");
        entry.GetProperty("sourceId").GetString().ShouldBe("1");
    }

    [Fact]
    public async Task AMapping_IsTriedSavedAndUsed()
    {
        var org = await OrganizationAsync();
        const string Sample = """{"at":1767323045,"what":"open","who":{"mail":"ann@example.test"}}""";
        var fields = new Dictionary<string, string> { ["timestamp"] = "at", ["action"] = "what", ["actor_name"] = "who.mail" };
        Counts(await IngestAsync(org, "generic", Sample)).ShouldBe((0, 0, 1));
        var preview = await portal.PostAsync($"/api/v1/organizations/{org}/audit/ingest-preview", new { source = "generic", sample = Sample + "\nx", fields });
        preview.Status.ShouldBe(HttpStatusCode.OK, preview.Text);
        preview.Json.GetProperty("events")[0].GetProperty("actorName").GetString().ShouldBe("ann@example.test");
        preview.Json.GetProperty("errors")[0].GetProperty("line").GetInt64().ShouldBe(2);
        var saved = await portal.SendAsync(new HttpRequestMessage(HttpMethod.Put, $"/api/v1/organizations/{org}/audit/mapping") { Content = System.Net.Http.Json.JsonContent.Create(new { fields }) });
        saved.Status.ShouldBe(HttpStatusCode.OK, saved.Text);
        Counts(await IngestAsync(org, "generic", Sample)).ShouldBe((1, 0, 0));
        (await SearchAsync(org, "action:auditMapping.change")).ShouldHaveSingleItem();
        var wrong = await portal.SendAsync(new HttpRequestMessage(HttpMethod.Put, $"/api/v1/organizations/{org}/audit/mapping") { Content = System.Net.Http.Json.JsonContent.Create(new { fields = new Dictionary<string, string> { ["action"] = "a[" } }) });
        wrong.Status.ShouldBe(HttpStatusCode.UnprocessableEntity, wrong.Text);
    }
}
