using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>Retention, holds, expiry, archives and erasure over HTTP.</summary>
public sealed class AuditRetentionApiTest(TestServer server) : IAsyncLifetime
{
    private readonly ArchivePortal _archive = new(server);

    private WebPortal Portal => _archive.Web;

    public ValueTask InitializeAsync() => _archive.InitializeAsync();

    public ValueTask DisposeAsync() => _archive.DisposeAsync();

    [Fact]
    public async Task Expiry_FromTheDryRunToTheProof_AndTheArchiveToRead()
    {
        var org = await Portal.CreateOrganizationAsync("Expiring");
        var path = $"/api/v1/organizations/{org}/audit";
        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin, OldEntries.LongAgo.AddDays(2), 7, "test.old");
        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin, OldEntries.LongAgo.AddDays(20), 3, "test.held");
        var hold = await Portal.PostAsync($"{path}/holds", new { name = "Case 4711", reason = "Court order", from = OldEntries.LongAgo.AddDays(19), to = OldEntries.LongAgo.AddDays(21) });
        hold.Status.ShouldBe(HttpStatusCode.Created, hold.Text);

        var preview = (await Portal.GetAsync($"{path}/retention/preview")).Json;
        preview.GetProperty("entries").GetInt64().ShouldBe(7);
        preview.GetProperty("held").GetInt64().ShouldBe(3);
        var part = preview.GetProperty("parts").EnumerateArray().ShouldHaveSingleItem();
        part.GetProperty("retentionDays").GetInt32().ShouldBe(90);
        preview.GetProperty("newEntriesKeptDays").GetInt32().ShouldBe(2557);
        await _archive.SucceededAsync(await Portal.PostAsync($"{path}/retention/expire", null));

        var receipt = (await Portal.GetAsync($"{path}/expiries")).Json.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        receipt.GetProperty("entries").GetInt64().ShouldBe(7);
        receipt.GetProperty("held").GetInt64().ShouldBe(3);
        File.Exists(Path.Combine(_archive.Folder, receipt.GetProperty("archiveFile").GetString()!)).ShouldBeTrue();
        var one = $"{path}/expiries/{receipt.GetProperty("id").GetString()}";
        var proof = (await Portal.GetAsync($"{one}/proof")).Json;
        var (before, now) = (Root(proof, "checkpointBefore"), Root(proof, "checkpointNow"));
        MerkleTree.VerifyConsistency((ulong)proof.GetProperty("fromSize").GetInt64(), (ulong)proof.GetProperty("toSize").GetInt64(), before, now, [.. proof.GetProperty("path").EnumerateArray().Select(h => h.GetBytesFromBase64())]).ShouldBeTrue();

        (await Portal.GetAsync($"{one}/entries")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
        await _archive.SucceededAsync(await Portal.PostAsync($"{one}/restore", null));
        var page = (await Portal.GetAsync($"{one}/entries?contains=TEST.OLD&limit=5")).Json;
        page.GetProperty("items").GetArrayLength().ShouldBe(5);
        var rest = (await Portal.GetAsync($"{one}/entries?contains=test.old&after={page.GetProperty("nextCursor").GetString()}")).Json;
        rest.GetProperty("items").GetArrayLength().ShouldBe(2);
        rest.TryGetProperty("nextCursor", out var more).ShouldBe(more.ValueKind == JsonValueKind.Null);
        (await Portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{one}/entries"))).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{one}/entries"))).ShouldBeProblem(HttpStatusCode.NotFound, "auditExpiry.notFound");

        var released = await Portal.PostAsync($"{path}/holds/{hold.Json.GetProperty("id").GetString()}/release", new { reason = "Closed" });
        released.Json.GetProperty("releasedAt").ValueKind.ShouldBe(JsonValueKind.String, released.Text);
        (await Portal.PostAsync($"{path}/holds/{hold.Json.GetProperty("id").GetString()}/release", new { reason = "Again" })).ShouldBeProblem(HttpStatusCode.Conflict, "audit.hold.released");
        (await Portal.GetAsync($"{path}/retention/preview")).Json.GetProperty("entries").GetInt64().ShouldBe(3);
    }

    [Fact]
    public async Task OverlappingArchives_AreRestoredSideBySide()
    {
        var org = await Portal.CreateOrganizationAsync("Overlapping");
        var path = $"/api/v1/organizations/{org}/audit";
        // One of another class lies between two of the first; it goes in the next expiry.
        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin, OldEntries.LongAgo.AddYears(-2), 1, "test.short");
        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin, OldEntries.LongAgo.AddYears(-2).AddDays(1), 1, "test.long", 366);
        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin, OldEntries.LongAgo.AddYears(-2).AddDays(2), 1, "test.short");
        await _archive.SucceededAsync(await Portal.PostAsync($"{path}/retention/expire", null));
        var receipts = (await Portal.GetAsync($"{path}/expiries")).Json.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("id").GetString()).ToList();
        receipts.Count.ShouldBe(2);
        foreach (var receipt in receipts) await _archive.SucceededAsync(await Portal.PostAsync($"{path}/expiries/{receipt}/restore", null));
        var found = new List<int>();
        foreach (var receipt in receipts) found.Add((await Portal.GetAsync($"{path}/expiries/{receipt}/entries?contains=test.long")).Json.GetProperty("items").GetArrayLength());
        found.ShouldBe([1, 1]);
    }

    [Fact]
    public async Task Retention_IsChangedOnce_AndRefusesWhatIsStaleOrSenseless()
    {
        var org = await Portal.CreateOrganizationAsync("Keeping");
        var path = $"/api/v1/organizations/{org}/audit";
        var changed = await PutAsync($"{path}/retention", new { keepDays = 90, floorDays = 366, floorRule = "PCI DSS 10.5.1" });
        changed.Json.GetProperty("effectiveDays").GetInt32().ShouldBe(366, changed.Text);
        (await PutAsync($"{path}/retention", new { keepDays = 0 }, "\"v0\"")).ShouldBeProblem(HttpStatusCode.PreconditionFailed, "version.stale");
        (await PutAsync($"{path}/retention", new { keepDays = -1, floorDays = 366 })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "input.invalid");
        (await PutAsync($"{path}/retention", new { keepDays = 4000 })).Text.ShouldContain("audit.retention.days");
        (await Portal.GetAsync($"{path}/retention")).Json.GetProperty("floorRule").GetString().ShouldBe("PCI DSS 10.5.1");

        var bad = await Portal.PostAsync($"{path}/holds", new { name = "", reason = " ", from = "2026-02-02T00:00:00Z", to = "2026-02-01T00:00:00Z", workspace = "nowhere" });
        bad.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "input.invalid");
        bad.Json.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()).ShouldBe(["name", "reason", "to", "workspace"]);
        (await Portal.PostAsync($"{path}/holds/{Guid.Empty}/release", new { reason = "x" })).ShouldBeProblem(HttpStatusCode.NotFound, "auditHold.notFound");
        (await Portal.GetAsync($"{path}/expiries/{Guid.Empty}/proof")).ShouldBeProblem(HttpStatusCode.NotFound, "auditExpiry.notFound");
        (await Portal.PostAsync($"{path}/expiries/{Guid.Empty}/restore", null)).ShouldBeProblem(HttpStatusCode.NotFound, "auditExpiry.notFound");
        (await Portal.GetAsync($"{path}/expiries/{Guid.Empty}/entries?limit=0")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "input.invalid");
        (await Portal.PostAsync($"{path}/erasures", new { reason = "Request 17" })).Text.ShouldContain("audit.erase.whom");
        (await Portal.PostAsync($"{path}/erasures", new { name = "nobody@example.test", reason = "Request 17" })).ShouldBeProblem(HttpStatusCode.NotFound, "auditPerson.notFound");
    }

    [Fact]
    public async Task Erasure_TakesThePersonOutOfWhatIsRead_AndOfArchives()
    {
        var org = await Portal.CreateOrganizationAsync("Erasing");
        var path = $"/api/v1/organizations/{org}/audit";
        var person = await TestPeople.AddAsync(Portal, "orgUser", org, "Sato Hanako");
        var actor = TestPortal.Admin with { Id = person.UserId, Name = person.UserName };
        await OldEntries.WriteAsync(Portal, org, actor, OldEntries.LongAgo, 2, "test.old");
        await _archive.SucceededAsync(await Portal.PostAsync($"{path}/retention/expire", null));
        var one = $"{path}/expiries/{(await Portal.GetAsync($"{path}/expiries")).Json.GetProperty("items")[0].GetProperty("id").GetString()}";
        await _archive.SucceededAsync(await Portal.PostAsync($"{one}/restore", null));
        (await Portal.GetAsync($"{one}/entries")).Text.ShouldContain(person.UserName);

        var erased = await Portal.PostAsync($"{path}/erasures", new { userId = person.UserId, reason = "Request 17" });
        erased.Json.GetProperty("keysErased").GetInt32().ShouldBeGreaterThanOrEqualTo(1, erased.Text);
        var after = await Portal.GetAsync($"{one}/entries?contains=test.old");
        after.Text.ShouldNotContain(person.UserName);
        after.Json.GetProperty("items").EnumerateArray().ShouldAllBe(e => e.GetProperty("personErased").GetBoolean());
    }

    [Fact]
    public async Task Roles_ReadersOnlyRead_OthersSeeNothing_AndOrganizationsStayApart()
    {
        var org = await Portal.CreateOrganizationAsync("Roles");
        var other = await Portal.CreateOrganizationAsync("Other");
        var path = $"/api/v1/organizations/{org}/audit";
        using var auditor = await Portal.ClientAsync(org, "auditor");
        using var finance = await Portal.ClientAsync(org, "financeViewer");
        using var stranger = await Portal.ClientAsync(other, "orgAdmin");
        foreach (var list in new[] { "retention", "retention/preview", "holds", "expiries" })
        {
            (await Portal.GetAsync($"{path}/{list}", auditor)).Status.ShouldBe(HttpStatusCode.OK, list);
            (await Portal.GetAsync($"{path}/{list}", finance)).Status.ShouldBe(HttpStatusCode.Forbidden, list);
            (await Portal.GetAsync($"{path}/{list}", stranger)).ShouldBeProblem(HttpStatusCode.NotFound, "organization.notFound");
        }

        foreach (var (client, status) in new[] { (auditor, HttpStatusCode.Forbidden), (stranger, HttpStatusCode.NotFound) })
        {
            (await PutAsync($"{path}/retention", new { keepDays = 0 }, null, client)).Status.ShouldBe(status);
            (await Portal.PostAsync($"{path}/holds", new { name = "x", reason = "x" }, client)).Status.ShouldBe(status);
            (await Portal.PostAsync($"{path}/retention/expire", null, client)).Status.ShouldBe(status);
            (await Portal.PostAsync($"{path}/erasures", new { name = "x", reason = "x" }, client)).Status.ShouldBe(status);
        }

        await OldEntries.WriteAsync(Portal, org, TestPortal.Admin, OldEntries.LongAgo, 1, "test.old");
        await _archive.SucceededAsync(await Portal.PostAsync($"{path}/retention/expire", null));
        var id = (await Portal.GetAsync($"{path}/expiries")).Json.GetProperty("items")[0].GetProperty("id").GetString();
        (await Portal.GetAsync($"{path}/expiries/{id}/proof", auditor)).Status.ShouldBe(HttpStatusCode.OK);
        (await Portal.PostAsync($"{path}/expiries/{id}/restore", null, auditor)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Portal.GetAsync($"/api/v1/organizations/{other}/audit/expiries/{id}/proof")).ShouldBeProblem(HttpStatusCode.NotFound, "auditExpiry.notFound");
        (await Portal.PostAsync($"/api/v1/organizations/{other}/audit/expiries/{id}/restore", null)).ShouldBeProblem(HttpStatusCode.NotFound, "auditExpiry.notFound");
    }

    private static byte[] Root(JsonElement proof, string name) => Checkpoint.Parse(SignedNote.Parse(proof.GetProperty(name).GetString()!)).Root;

    private Task<Answer> PutAsync(string path, object body, string? ifMatch = null, HttpClient? client = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body) };
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return Portal.SendAsync(request, client);
    }
}
