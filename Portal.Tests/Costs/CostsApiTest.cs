using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs;

/// <summary>Costs over REST with a real bill: what comes out equals the file to the last digit.</summary>
public sealed class CostsApiTest(WebPortal portal) : IClassFixture<WebPortal>
{
    internal const string Sample = "data/finops/focus-1.0-sample-a.csv.gz";

    [Fact]
    public async Task RealBill_EveryMetricAndGrouping_EqualsTheFile()
    {
        var path = SharedData.PathOrSkip(Sample);
        var rows = FocusFile.Read(path);
        var org = await portal.CreateOrganizationAsync("Real bill");
        var job = await FinishAsync(await ImportAsync(portal, org, await File.ReadAllBytesAsync(path), gzip: true));
        job.GetProperty("state").GetString().ShouldBe("succeeded", job.ToString());
        job.GetProperty("result").GetProperty("rowsImported").GetInt64().ShouldBe(rows.Count);

        foreach (var (metric, column) in new[] { ("billed", "BilledCost"), ("effective", "EffectiveCost"), ("contracted", "ContractedCost"), ("list", "ListCost") })
        {
            var expected = FocusFile.Sum(rows, column);
            foreach (var group in new[] { "service", "serviceCategory", "provider", "region", "subAccount", "chargeCategory", "workspace", "project", "businessUnit", "costCenter" })
            {
                var answer = await portal.GetAsync($"/api/v1/organizations/{org}/costs?from=2000-01-01&to=2100-01-01&groupBy={group}&metric={metric}");
                answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
                var sum = answer.Json.GetProperty("rows").EnumerateArray().Aggregate(BigInteger.Zero, (s, r) => s + FocusFile.Atto(r.GetProperty("amount").GetProperty("amount").GetString()));
                sum.ShouldBe(expected, $"{metric} by {group}");
            }
        }

        var invoice = await portal.GetAsync($"/api/v1/organizations/{org}/costs/invoices?from=2000-01-01&to=2100-01-01");
        invoice.Json.GetProperty("totals").EnumerateArray().Aggregate(BigInteger.Zero, (s, r) => s + FocusFile.Atto(r.GetProperty("amount").GetString())).ShouldBe(FocusFile.Sum(rows, "BilledCost"));
    }

    [Fact]
    public async Task SameContentAgain_IsRecognised_AndNothingDoubles()
    {
        var bytes = await File.ReadAllBytesAsync(SharedData.PathOrSkip(Sample));
        var org = await portal.CreateOrganizationAsync("Twice");
        var first = await FinishAsync(await ImportAsync(portal, org, bytes, gzip: true));
        var before = (await portal.GetAsync($"/api/v1/organizations/{org}/costs?from=2000-01-01&to=2100-01-01")).Json.GetProperty("total").ToString();
        var second = await FinishAsync(await ImportAsync(portal, org, bytes, gzip: true));
        second.GetProperty("result").GetProperty("duplicateOf").GetGuid().ShouldBe(first.GetProperty("result").GetProperty("importId").GetGuid());
        (await portal.GetAsync($"/api/v1/organizations/{org}/costs?from=2000-01-01&to=2100-01-01")).Json.GetProperty("total").ToString().ShouldBe(before);
    }

    [Fact]
    public async Task BadRow_Rejected_NamesRowAndColumn_AndSkippedRowsCanBeFetched()
    {
        var all = Unpacked(SharedData.PathOrSkip(Sample)).Split('\n');
        var columns = Cells(all[0]).Select(h => h.Trim().Trim('"')).ToList();
        // A record that goes on in the next line has fewer cells here and is left out.
        var lines = all.Where(l => Cells(l).Count == columns.Count).Take(12).ToList();
        lines.Count.ShouldBe(12);
        lines[0].ShouldBe(all[0]);
        var column = columns.IndexOf("BilledCost");
        var cells = Cells(lines[3]);
        cells[column] = "NaN";
        lines[3] = string.Join(',', cells);
        var bent = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
        var org = await portal.CreateOrganizationAsync("Bent");

        var failed = await FinishAsync(await ImportAsync(portal, org, bent));
        failed.GetProperty("state").GetString().ShouldBe("failed");
        failed.GetProperty("errors").EnumerateArray().ShouldContain(e => e.GetProperty("row").GetInt64() == 3 && e.GetProperty("column").GetString() == "BilledCost");
        (await portal.GetAsync($"/api/v1/organizations/{org}/costs?from=2000-01-01&to=2100-01-01")).Json.GetProperty("rows").GetArrayLength().ShouldBe(0);

        var started = await ImportAsync(portal, org, bent, query: "onError=skip");
        var skipped = await FinishAsync(started);
        skipped.GetProperty("state").GetString().ShouldBe("succeeded", skipped.ToString());
        skipped.GetProperty("result").GetProperty("rowsRejected").GetInt64().ShouldBe(1);
        var rejected = await portal.GetAsync($"/api/v1/organizations/{org}/cost-imports/{started.GetProperty("importId").GetString()}/rejected-rows");
        rejected.Status.ShouldBe(HttpStatusCode.OK, rejected.Text);
        rejected.Text.ShouldContain("NaN");
        rejected.Text.ShouldContain("x_PortalReason");
    }

    [Theory]
    [InlineData("onError=maybe", "onError")]
    [InlineData("mode=guess", "mode")]
    public async Task Import_BadOption_IsRefusedBeforeTheFile(string query, string field)
    {
        var org = await portal.CreateOrganizationAsync("Options");
        var answer = await SendAsync(portal, org, "a,b\n1,2\n"u8.ToArray(), query: query);
        answer.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "input.invalid");
        answer.Json.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task Import_WrongMediaType_OrReader_IsRefused()
    {
        var org = await portal.CreateOrganizationAsync("Media");
        (await SendAsync(portal, org, "x"u8.ToArray(), type: "application/pdf")).ShouldBeProblem(HttpStatusCode.UnsupportedMediaType, "mediaType.unsupported");
        using var reader = await portal.ClientAsync(org, "financeViewer");
        (await SendAsync(portal, org, "x"u8.ToArray(), client: reader)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(portal, "no-such-one", "x"u8.ToArray())).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("", "from")]
    [InlineData("from=2024-01-01", "to")]
    [InlineData("from=yesterday&to=2024-01-01", "from")]
    [InlineData("from=2024-01-01&to=2024-02-01&metric=money", "metric")]
    [InlineData("from=2024-01-01&to=2024-02-01&granularity=hour", "granularity")]
    public async Task Costs_UnreadableQuery_NamesTheParameter(string query, string field)
    {
        var org = await portal.CreateOrganizationAsync("Queries");
        var answer = await portal.GetAsync($"/api/v1/organizations/{org}/costs?{query}");
        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        answer.Json.GetProperty("errors").EnumerateArray().ShouldContain(e => e.GetProperty("field").GetString() == field);
    }

    [Theory]
    [InlineData("groupBy=moon")]
    [InlineData("where=moon%3D1")]
    [InlineData("where=service")]
    [InlineData("currency=XXL")]
    public async Task Costs_UnknownNames_AreRefused(string query)
    {
        var org = await portal.CreateOrganizationAsync("Names");
        (await portal.GetAsync($"/api/v1/organizations/{org}/costs?from=2024-01-01&to=2024-02-01&{query}")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "input.invalid");
    }

    [Fact]
    public async Task Exports_HaveTheSameSumInEachFormat()
    {
        var path = SharedData.PathOrSkip(Sample);
        var org = await portal.CreateOrganizationAsync("Exports");
        await FinishAsync(await ImportAsync(portal, org, await File.ReadAllBytesAsync(path), gzip: true));
        var expected = FocusFile.Sum(FocusFile.Read(path), "BilledCost");
        var query = "from=2000-01-01&to=2100-01-01&groupBy=service&groupBy=region&granularity=month";
        var jsonl = await portal.GetAsync($"/api/v1/organizations/{org}/costs/export?{query}&format=jsonl");
        jsonl.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Aggregate(BigInteger.Zero, (s, l) => s + FocusFile.Atto(JsonElement.Parse(l).GetProperty("amount").GetString())).ShouldBe(expected);
        var csv = await portal.GetAsync($"/api/v1/organizations/{org}/costs/export?{query}&format=csv");
        csv.Headers["Content-Disposition"].ShouldContain("costs-2000-01-01-to-2099-12-31.csv");
        csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Aggregate(BigInteger.Zero, (s, l) => s + FocusFile.Atto(l[(l.LastIndexOf(',') + 1)..])).ShouldBe(expected);
        (await portal.GetAsync($"/api/v1/organizations/{org}/costs/export?{query}&format=xlsx")).MediaType.ShouldBe("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        (await portal.GetAsync($"/api/v1/organizations/{org}/costs/export?{query}&format=pdf")).Status.ShouldBe(HttpStatusCode.BadRequest);
        var report = await portal.GetAsync($"/api/v1/organizations/{org}/cost-report?from=2000-01-01&to=2100-01-01");
        report.Json.GetProperty("equalsBills").GetBoolean().ShouldBeTrue(report.Text);
    }

    [Fact]
    public async Task Rules_MoveTheirLines_ThePreviewSaysSo_AndMarkupHasItsPlace()
    {
        var path = SharedData.PathOrSkip(Sample);
        var rows = FocusFile.Read(path);
        var org = await portal.CreateOrganizationAsync("Rules");
        await FinishAsync(await ImportAsync(portal, org, await File.ReadAllBytesAsync(path), gzip: true));
        (await portal.PostAsync($"/api/v1/organizations/{org}/business-units", new { name = "Retail", costCenter = "CC-1" })).Status.ShouldBe(HttpStatusCode.Created);
        (await portal.PostAsync($"/api/v1/organizations/{org}/workspaces", new { name = "Shop", businessUnit = "retail", environment = "production" })).Status.ShouldBe(HttpStatusCode.Created);
        var service = rows[0]["ServiceName"];
        var expected = rows.Where(r => r["ServiceName"] == service).Aggregate(BigInteger.Zero, (s, r) => s + FocusFile.Atto(r["BilledCost"]));
        var rules = new { effectiveFrom = "2000-01-01", rules = new[] { new { name = "shop", match = new Dictionary<string, string> { ["ServiceName"] = service }, target = new { workspace = "shop" }, markupPercent = 10 } } };

        var preview = await portal.PostAsync($"/api/v1/organizations/{org}/allocation-rules/preview", rules);
        preview.Status.ShouldBe(HttpStatusCode.OK, preview.Text);
        var retail = preview.Json.GetProperty("businessUnits").EnumerateArray().Where(u => u.GetProperty("businessUnit").ToString() == "retail").ToList();
        retail.Aggregate(BigInteger.Zero, (s, u) => s + FocusFile.Atto(u.GetProperty("difference").GetProperty("amount").GetString())).ShouldBe(expected);

        var saved = await portal.PostAsync($"/api/v1/organizations/{org}/allocation-rules", rules);
        saved.Status.ShouldBe(HttpStatusCode.Created, saved.Text);
        var costs = await portal.GetAsync($"/api/v1/organizations/{org}/costs?from=2000-01-01&to=2100-01-01&where=workspace%3Dshop");
        costs.Json.GetProperty("rows").EnumerateArray().Aggregate(BigInteger.Zero, (s, r) => s + FocusFile.Atto(r.GetProperty("amount").GetProperty("amount").GetString())).ShouldBe(expected);
        costs.Json.GetProperty("ruleVersion").GetInt32().ShouldBe(1);
        var report = (await portal.GetAsync($"/api/v1/organizations/{org}/cost-report?from=2000-01-01&to=2100-01-01")).Json;
        report.GetProperty("equalsBills").GetBoolean().ShouldBeTrue();
        var wrong = await portal.PostAsync($"/api/v1/organizations/{org}/allocation-rules", new { effectiveFrom = "2000-01-01", rules = new[] { new { name = "x", match = new { Moon = "1" }, target = new { workspace = "nowhere" } } } });
        wrong.Status.ShouldBe(HttpStatusCode.UnprocessableEntity, wrong.Text);
        wrong.Json.GetProperty("errors").EnumerateArray().ShouldAllBe(e => e.GetProperty("field").GetString()!.StartsWith("rules[0].", StringComparison.Ordinal));
    }

    internal static async Task<JsonElement> ImportAsync(WebPortal portal, string org, byte[] body, bool gzip = false, string query = "")
    {
        var answer = await SendAsync(portal, org, body, gzip, query);
        answer.Status.ShouldBe(HttpStatusCode.Accepted, answer.Text);
        return answer.Json;
    }

    private Task<JsonElement> FinishAsync(JsonElement started) => FinishAsync(portal, started);

    internal static Task<JsonElement> FinishAsync(WebPortal portal, JsonElement started) => portal.EndedAsync($"/api/v1/jobs/{started.GetProperty("jobId").GetString()}");

    private static Task<Answer> SendAsync(WebPortal portal, string org, byte[] body, bool gzip = false, string query = "", string type = "text/csv", HttpClient? client = null)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (gzip) content.Headers.ContentEncoding.Add("gzip");
        return portal.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/organizations/{org}/cost-imports?name=bill.csv&{query}") { Content = content }, client);
    }

    // As they are written, quotes included.
    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var (start, quoted) = (0, false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"') quoted = !quoted;
            if (line[i] != ',' || quoted) continue;
            cells.Add(line[start..i]);
            start = i + 1;
        }

        cells.Add(line[start..]);
        return cells;
    }

    private static string Unpacked(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
