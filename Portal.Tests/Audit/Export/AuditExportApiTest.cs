using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Hexabase.Portal.Cli;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Exports over HTTP, and the command line that verifies them.</summary>
public sealed class AuditExportApiTest(WebPortal portal) : IClassFixture<WebPortal>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DownloadedBundle_VerifiesOnTheCommandLine_AndAChangedOneDoesNot()
    {
        var org = await portal.CreateOrganizationAsync("Evidence");
        (await portal.PostAsync($"/api/v1/organizations/{org}/business-units", new { name = "Just before the export" })).Status.ShouldBe(HttpStatusCode.Created);
        using var response = await portal.Api.GetAsync($"/api/v1/organizations/{org}/audit/export", Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/jsonl");
        response.Content.Headers.ContentDisposition?.FileName.ShouldNotBeNull().ShouldContain(".jsonl");
        var text = await response.Content.ReadAsStringAsync(Stop);
        text.ShouldContain("Just before the export");

        var directory = Directory.CreateTempSubdirectory("portal-export-");
        try
        {
            var keys = Path.Combine(directory.FullName, "keys.json");
            await File.WriteAllTextAsync(keys, await portal.Api.GetStringAsync($"/api/v1/organizations/{org}/audit/keys", Stop), Stop);
            var checkpoint = Path.Combine(directory.FullName, "checkpoint");
            await File.WriteAllTextAsync(checkpoint, await portal.Api.GetStringAsync($"/api/v1/organizations/{org}/audit/checkpoint", Stop), Stop);
            var file = Path.Combine(directory.FullName, "bundle.jsonl");
            await File.WriteAllTextAsync(file, text, Stop);
            (await CommandLine.TryRunAsync(["verify-audit", file, "--key", keys, "--json"], Stop)).ShouldBe(0);

            var packed = Path.Combine(directory.FullName, "bundle.jsonl.gz");
            await using (var stream = await portal.Api.GetStreamAsync($"/api/v1/organizations/{org}/audit/export?gzip=true", Stop))
            await using (var target = File.Create(packed))
                await stream.CopyToAsync(target, Stop);
            (await CommandLine.TryRunAsync(["verify-audit", packed, "--key", keys, "--checkpoint", checkpoint], Stop)).ShouldBe(0);

            await File.WriteAllTextAsync(file, text.Replace("Just before", "Never before", StringComparison.Ordinal), Stop);
            (await CommandLine.TryRunAsync(["verify-audit", file, "--key", keys], Stop)).ShouldBe(1);
            (await CommandLine.TryRunAsync(["verify-audit", Path.Combine(directory.FullName, "missing")], Stop)).ShouldBe(2);
            (await CommandLine.TryRunAsync(["verify-audit", keys], Stop)).ShouldBe(2);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Job_MakesAFileToFetch()
    {
        var org = await portal.CreateOrganizationAsync("Evidence by job");
        var started = await portal.PostAsync($"/api/v1/organizations/{org}/audit/exports?format=csv", new { });
        started.Status.ShouldBe(HttpStatusCode.Accepted, started.Text);
        var id = started.Json.GetProperty("jobId").GetString();
        JsonElement job;
        do
        {
            await Task.Delay(100, Stop);
            job = (await portal.GetAsync($"/api/v1/jobs/{id}")).Json;
        }
        while (job.GetProperty("state").GetString() is "queued" or "running");

        job.GetProperty("state").GetString().ShouldBe("succeeded", job.ToString());
        var csv = await portal.Api.GetStringAsync($"/api/v1/organizations/{org}/audit/exports/{id}/file", Stop);
        csv.ShouldContain("organization.create");
        using var reader = await portal.ClientAsync(org, "financeViewer");
        (await portal.GetAsync($"/api/v1/organizations/{org}/audit/exports/{id}/file", reader)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");
        (await portal.GetAsync($"/api/v1/organizations/{org}/audit/export", reader)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");
    }

    [Theory]
    [InlineData("format=pdf", "audit.export.format")]
    [InlineData("after=yesterday", "time.malformed")]
    [InlineData("q=nosuch:x", "")]
    public async Task BadParameter_IsAProblem(string query, string code)
    {
        var org = await portal.CreateOrganizationAsync("Evidence refused");
        var answer = await portal.GetAsync($"/api/v1/organizations/{org}/audit/export?{query}");
        ((int)answer.Status).ShouldBeInRange(400, 422);
        if (code.Length > 0) answer.ShouldBeProblem(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Xlsx_IsStreamedAsAWorkbook()
    {
        var org = await portal.CreateOrganizationAsync("Evidence in a sheet");
        using var response = await portal.Api.GetAsync($"/api/v1/organizations/{org}/audit/export?format=xlsx", Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        response.Content.Headers.ContentDisposition?.FileName.ShouldNotBeNull().ShouldContain(".xlsx");
        using var file = new MemoryStream(await response.Content.ReadAsByteArrayAsync(Stop));
        await using var zip = new ZipArchive(file);
        using var sheet = new StreamReader(await zip.GetEntry("xl/worksheets/sheet1.xml").ShouldNotBeNull().OpenAsync(Stop));
        var text = await sheet.ReadToEndAsync(Stop);
        text.ShouldContain("organization.create");
        text.ShouldEndWith("</sheetData></worksheet>");
    }

    [Fact]
    public async Task PackedStream_IsGzip()
    {
        var org = await portal.CreateOrganizationAsync("Evidence packed");
        await using var stream = await portal.Api.GetStreamAsync($"/api/v1/organizations/{org}/audit/export?gzip=true", Stop);
        await using var plain = new GZipStream(stream, CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        (await reader.ReadLineAsync(Stop)).ShouldNotBeNull().ShouldStartWith("{\"type\":\"header\"");
    }
}
