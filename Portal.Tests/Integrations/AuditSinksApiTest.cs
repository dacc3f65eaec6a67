using System.Net;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Integrations;

/// <summary>The whole way over HTTP: the portal's own log into a file, the statement under the log's keys.</summary>
public sealed class AuditSinksApiTest(TestServer server)
{
    private static readonly string Files = Directory.CreateTempSubdirectory("portal-sinks-").FullName;

    private static string Month => TimeProvider.System.GetUtcNow().ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task Statement_CountsTheLog_AndItsSignatureHolds()
    {
        await using var portal = await StartAsync();
        var org = await portal.CreateOrganizationAsync("Sinks");
        var path = $"/api/v1/organizations/{org}/audit-sinks";
        var made = await portal.PostAsync(path, new { name = "Evidence file", kind = "file", address = "audit.jsonl", from = "2020-01-01T00:00:00Z" });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        var sink = made.Json.GetProperty("slug").GetString();
        for (var i = 0; i < 20; i++) (await portal.PostAsync($"/api/v1/organizations/{org}/business-units", new { name = $"Unit {i}" })).Status.ShouldBe(HttpStatusCode.Created);

        var test = await portal.PostAsync($"{path}/{sink}/test", null);
        test.Json.GetProperty("succeeded").GetBoolean().ShouldBeTrue(test.Text);
        JsonElement standing = default;
        for (var i = 0; i < 200; i++)
        {
            standing = (await portal.GetAsync($"{path}/{sink}")).Json.GetProperty("standing");
            if (standing.GetProperty("nextIndex").GetInt64() >= 21 && standing.GetProperty("lagEntries").GetInt64() == 0) break;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        standing.GetProperty("delivered").GetInt64().ShouldBeGreaterThanOrEqualTo(21, standing.ToString());
        var lines = Directory.GetFiles(Files, "audit-*.jsonl", SearchOption.AllDirectories).SelectMany(File.ReadAllLines).Select(l => JsonElement.Parse(l)).Where(l => l.GetProperty("stream").GetString() == "live").ToList();
        lines.Select(l => l.GetProperty("sequence").GetInt64()).ShouldBe(Enumerable.Range(1, lines.Count).Select(n => (long)n));
        lines.Select(l => l.GetProperty("index").GetInt64()).ShouldBe(Enumerable.Range(0, lines.Count).Select(n => (long)n));

        var statement = (await portal.GetAsync($"{path}/{sink}/statements/{Month}")).Json;
        statement.GetProperty("gaps").GetArrayLength().ShouldBe(0, statement.ToString());
        statement.GetProperty("streams")[0].GetProperty("sequenceGaps").GetInt64().ShouldBe(0);
        var note = await portal.GetAsync($"{path}/{sink}/statements/{Month}/note");
        note.MediaType.ShouldBe("text/plain");
        var keys = (await portal.GetAsync($"/api/v1/organizations/{org}/audit/keys")).Json.GetProperty("keys").EnumerateArray()
            .Select(k => AuditVerifierKey.FromPem(k.GetProperty("name").GetString()!, k.GetProperty("publicKeyPem").GetString()!)).ToList();
        var signed = SignedNote.Parse(Encoding.UTF8.GetBytes(note.Text));
        signed.SignedBy(keys).ShouldNotBeEmpty();
        signed.Text.ShouldContain("stream live: events 1 to ");
        signed.Text.ShouldContain("gaps: 0\n");
        Should.Throw<FormatException>(() => SignedNote.Parse(Encoding.UTF8.GetBytes(note.Text.Replace("gaps: 0", "gaps: 1", StringComparison.Ordinal))).SignedBy(keys));
    }

    [Fact]
    public async Task Roles_ReadersReadAndStrangersSeeNothing()
    {
        await using var portal = await StartAsync();
        var org = await portal.CreateOrganizationAsync("Readers");
        var path = $"/api/v1/organizations/{org}/audit-sinks";
        using var finance = await portal.ClientAsync(org, "financeViewer");
        using var admin = await portal.ClientAsync(org, "orgAdmin");
        (await portal.GetAsync(path, finance)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await portal.GetAsync(path, admin)).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.PostAsync(path, new { name = "Inside", kind = "https", address = "https://10.0.0.1/" }, admin)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "input.invalid");
        (await portal.GetAsync($"{path}/nothing", admin)).ShouldBeProblem(HttpStatusCode.NotFound, "auditSink.notFound");
        var made = await portal.PostAsync(path, new { name = "Hook", kind = "https", address = "https://siem.example.com/hook" }, admin);
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        made.Json.GetProperty("secret").GetString().ShouldStartWith("whsec_");
        (await portal.GetAsync($"{path}/hook", admin)).Text.ShouldNotContain("whsec_");
    }

    private async Task<WebPortal> StartAsync()
    {
        var portal = new WebPortal(server);
        portal.Settings["Siem:FileDirectory"] = Files;
        await portal.InitializeAsync();
        return portal;
    }
}
