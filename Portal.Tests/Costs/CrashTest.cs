using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Samples;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs;

/// <summary>Power goes and the database dies under a real portal process; nothing that was acknowledged is lost, and nothing counts by halves.</summary>
public sealed class CrashTest(PortalProcess portal) : IClassFixture<PortalProcess>
{
    private static readonly DateOnly LastDay = SampleReading.LastDay;

    [Fact]
    public async Task KilledInTheMiddleOfAnImport_IsCompleteAfterTheRestart()
    {
        var org = await CreateAsync("/api/v1/organizations", new { name = "Power cut", plan = "enterprise", currency = "USD", timeZone = "Asia/Tokyo", fiscalYearStartMonth = 4 });
        var (file, rows, billed) = await BillAsync(copies: 5);
        using var content = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("application/gzip") } };
        using var accepted = await portal.Api.PostAsync($"/api/v1/organizations/{org}/cost-imports?name=aws.csv.gz", content, Token);
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var job = (await accepted.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("jobId").GetGuid();
        (await JobAsync(job, j => j.GetProperty("progress").GetDouble() > 0.3 || Ended(j))).GetProperty("state").GetString().ShouldBe("running", "The import was over before it could be killed.");

        await portal.KillAsync();
        await portal.StartAsync();

        // Before the job has run again, nothing of the first half shows.
        var early = await JobAsync(job, _ => true);
        if (early.GetProperty("state").GetString() != "succeeded") (await BilledAsync(org)).ShouldBeNull();
        var ended = await JobAsync(job, Ended);
        ended.GetProperty("state").GetString().ShouldBe("succeeded", ended.ToString());
        ended.GetProperty("result").GetProperty("rowsImported").GetInt64().ShouldBe(rows);
        (await BilledAsync(org)).ShouldBe(billed);
    }

    [Fact]
    public async Task DatabaseKilled_RefusesForAMomentAndLosesNothing()
    {
        var acknowledged = new List<string>();
        var refused = new List<(HttpStatusCode Status, string? Code, TimeSpan? RetryAfter)>();
        var notReady = new List<JsonElement>();
        await CreateAsync("/api/v1/organizations", Organization("Before"));
        // Killed as often as it comes up, so that requests do meet the outage.
        using var killing = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var killer = Task.Run(async () =>
        {
            while (!killing.IsCancellationRequested)
            {
                portal.KillDatabase();
                await Task.Delay(TimeSpan.FromMilliseconds(400), Token);
            }
        }, Token);
        for (var i = 0; !killer.IsCompleted || acknowledged.Count == 0; i++)
        {
            i.ShouldBeLessThan(5000);
            using var answer = await portal.Api.PostAsJsonAsync("/api/v1/organizations", Organization($"Under fire {i}"), Token);
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
            if (answer.StatusCode == HttpStatusCode.Created) acknowledged.Add(body.GetProperty("slug").GetString().ShouldNotBeNull());
            else refused.Add((answer.StatusCode, body.GetProperty("code").GetString(), answer.Headers.RetryAfter?.Delta));
            using var ready = await portal.Api.GetAsync("/ready", Token);
            if (ready.StatusCode == HttpStatusCode.ServiceUnavailable) notReady.Add(await ready.Content.ReadFromJsonAsync<JsonElement>(Token));
            await Task.Delay(20, Token);
        }

        await killer;
        refused.ShouldNotBeEmpty();
        refused.ShouldAllBe(r => r.Status == HttpStatusCode.ServiceUnavailable && r.Code == "database.unavailable" && r.RetryAfter > TimeSpan.Zero, portal.Said);
        notReady.ShouldNotBeEmpty();
        notReady.ShouldAllBe(r => r.GetProperty("failed").EnumerateArray().Any(f => f.GetString() == "database"));
        await ReadyAsync();
        foreach (var slug in acknowledged) (await portal.Api.GetAsync($"/api/v1/organizations/{slug}", Token)).StatusCode.ShouldBe(HttpStatusCode.OK, slug);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static object Organization(string name) => new { name, plan = "team", currency = "USD", timeZone = "UTC", fiscalYearStartMonth = 1 };

    /// <summary>A month of the full sample bill of AWS, its lines several times over: gzip, number of rows, billed cost.</summary>
    private static async Task<(byte[] File, long Rows, string Billed)> BillAsync(int copies)
    {
        var month = SampleBill.Files(LastDay, SampleSize.Full).First(f => f.Provider == "AWS" && f.Name.Contains("-03", StringComparison.Ordinal));
        using var unpacked = new MemoryStream();
        await using (var gzip = new GZipStream(new MemoryStream(await SampleReading.BytesAsync(month)), CompressionMode.Decompress)) await gzip.CopyToAsync(unpacked, Token);
        var bytes = unpacked.ToArray();
        var header = Array.IndexOf(bytes, (byte)'\n') + 1;
        using var result = new MemoryStream();
        await using (var gzip = new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes.AsSpan(0, header));
            for (var i = 0; i < copies; i++) gzip.Write(bytes.AsSpan(header));
        }

        var lines = (await SampleReading.OfAsync([month])).Lines;
        var sum = lines.Aggregate(Amount.Zero, (s, l) => s + l.Billed);
        return (result.ToArray(), (long)lines.Count * copies, sum.MultiplyDivide(copies, 1).ToString());
    }

    private async Task<string> CreateAsync(string path, object body)
    {
        using var made = await portal.Api.PostAsJsonAsync(path, body, Token);
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync(Token));
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("slug").GetString().ShouldNotBeNull();
    }

    private async Task<JsonElement> JobAsync(Guid id, Func<JsonElement, bool> enough)
    {
        for (var i = 0; i < 1200; i++)
        {
            using var answer = await portal.Api.GetAsync($"/api/v1/jobs/{id}", Token);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, portal.Said);
            var job = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
            if (enough(job)) return job;
            await Task.Delay(50, Token);
        }

        throw new TimeoutException($"The job did not get on.\n{portal.Said}");
    }

    private static bool Ended(JsonElement job) => job.GetProperty("state").GetString() is "succeeded" or "failed" or "canceled";

    /// <summary>Null without any costs.</summary>
    private async Task<string?> BilledAsync(string org)
    {
        var report = await portal.Api.GetFromJsonAsync<JsonElement>($"/api/v1/organizations/{org}/costs?from=2020-01-01&to=2030-01-01&metric=billed", Token);
        return report.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("amount").GetProperty("amount").GetString()).SingleOrDefault();
    }

    private async Task ReadyAsync()
    {
        // What /ready says is up to a second old: it may still be of the moment before the last kill.
        await Task.Delay(TimeSpan.FromSeconds(1.5), Token);
        for (var i = 0; i < 300; i++)
        {
            using var ready = await portal.Api.GetAsync("/ready", Token);
            if (ready.IsSuccessStatusCode) return;
            await Task.Delay(100, Token);
        }

        throw new TimeoutException($"The portal did not come back.\n{portal.Said}");
    }
}
