using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs;

public sealed class CostImportTest(TestServer server) : IAsyncLifetime
{
    private static readonly string[] Dimensions = ["service", "provider", "region", "subAccount", "workspace", "project", "businessUnit", "costCenter", "serviceCategory", "chargeCategory", "tag:environment", "label:team"];
    private readonly TestPortal portal = new(server);

    public async ValueTask InitializeAsync() => await portal.InitializeAsync();

    public async ValueTask DisposeAsync() => await portal.DisposeAsync();

    [Fact]
    public async Task RealSample_SumsToTheFileUnderEveryGroupingAndMetric()
    {
        var world = await CostWorld.CreateAsync(portal);
        var sample = CostWorld.Sample();

        var job = await world.ImportAsync(sample);

        job.State.ShouldBe(JobState.Succeeded, job.Errors);
        foreach (var (metric, column) in new[] { (CostMetric.Billed, "BilledCost"), (CostMetric.Effective, "EffectiveCost"), (CostMetric.Contracted, "ContractedCost"), (CostMetric.List, "ListCost") })
        {
            var expected = SumOf(sample, column);
            foreach (var dimension in Dimensions)
            {
                var report = await world.CostsAsync(dimension, metric);
                report.Rows.Aggregate(WideAmount.Zero, (sum, row) => sum + row.Amount.Amount).ToString().ShouldBe(expected, $"{metric} by {dimension}");
                report.Total.ShouldHaveSingleItem().Amount.ToString().ShouldBe(expected);
            }
        }

        var result = JsonSerializer.Deserialize<JsonElement>(job.Result.ShouldNotBeNull());
        result.GetProperty("rowsImported").GetInt64().ShouldBe(500);
        result.GetProperty("billed")[0].GetProperty("amount").GetString().ShouldBe(SumOf(sample, "BilledCost"));
    }

    [Fact]
    public async Task SameContentAgain_IsRecognizedAndNothingDoubles()
    {
        var world = await CostWorld.CreateAsync(portal);
        var csv = CostWorld.Csv(new BillLine("1.25"));
        var first = await world.ImportAsync(csv);

        var second = await world.ImportAsync(csv);

        second.State.ShouldBe(JobState.Succeeded);
        JsonSerializer.Deserialize<JsonElement>(second.Result.ShouldNotBeNull()).GetProperty("duplicateOf").GetGuid()
            .ShouldBe(JsonSerializer.Deserialize<JsonElement>(first.Result.ShouldNotBeNull()).GetProperty("importId").GetGuid());
        (await world.ByAsync("service")).ShouldBe(new() { ["Compute"] = "1.25" });
        (await CountAsync("cost_lines")).ShouldBe(1);
        (await CountAsync("cost_daily")).ShouldBe(1);
    }

    [Fact]
    public async Task TwoUploadsOfOneFileAtTheSameTime_CountOnce()
    {
        var world = await CostWorld.CreateAsync(portal);
        var csv = System.Text.Encoding.UTF8.GetBytes(CostWorld.Csv(Enumerable.Range(0, 2000).Select(i => new BillLine("0.001", Resource: $"r{i}"))));

        var jobs = await Task.WhenAll(world.StartAsync(csv), world.StartAsync(csv));
        foreach (var job in jobs) (await world.EndAsync(job)).State.ShouldBe(JobState.Succeeded);

        (await world.ByAsync("service")).ShouldBe(new() { ["Compute"] = "2" });
    }

    [Fact]
    public async Task TwoDifferentFilesAtTheSameTime_BothCount()
    {
        var world = await CostWorld.CreateAsync(portal);
        byte[] Make(string service) => System.Text.Encoding.UTF8.GetBytes(CostWorld.Csv(Enumerable.Range(0, 3000).Select(i => new BillLine("0.001", Service: service, Sub: $"s{i % 50}"))));

        var jobs = await Task.WhenAll(world.StartAsync(Make("A")), world.StartAsync(Make("B")));
        foreach (var job in jobs) (await world.EndAsync(job)).State.ShouldBe(JobState.Succeeded);

        (await world.ByAsync("service")).ShouldBe(new() { ["A"] = "3", ["B"] = "3" });
    }

    [Fact]
    public async Task Replace_SupersedesTheSamePeriodAndKeepsItForComparison()
    {
        var world = await CostWorld.CreateAsync(portal);
        await world.ImportAsync(CostWorld.Csv(new BillLine("10"), new BillLine("7", Account: "A2"), new BillLine("5", Period: "2024-10", Day: "2024-10-03")));

        var job = await world.ImportAsync(CostWorld.Csv(new BillLine("11", Service: "Corrected")), mode: "replace");

        job.State.ShouldBe(JobState.Succeeded, job.Errors);
        (await world.ByAsync("service")).ShouldBe(new() { ["Compute"] = "12", ["Corrected"] = "11" });
        var slices = (await portal.Portal.AskAsync(world.Finance, new ListImportSlices(world.Organization.Slug))).Value;
        slices.Count(s => s.IsActive).ShouldBe(3);
        slices.Single(s => !s.IsActive).Billed.ShouldHaveSingleItem().Amount.ToString().ShouldBe("10");
        (await CountAsync("cost_lines")).ShouldBe(4);
    }

    [Fact]
    public async Task Reject_WithABadRow_LoadsNothingAndNamesRowAndColumn()
    {
        var world = await CostWorld.CreateAsync(portal);

        var job = await world.ImportAsync(CostWorld.Csv(new BillLine("1"), new BillLine("2"), new BillLine("NaN"), new BillLine("4")));

        job.State.ShouldBe(JobState.Failed);
        var error = JsonSerializer.Deserialize<JsonElement>(job.Errors.ShouldNotBeNull())[0];
        error.GetProperty("row").GetInt64().ShouldBe(3);
        error.GetProperty("column").GetString().ShouldBe("BilledCost");
        (await world.CostsAsync("service")).Rows.ShouldBeEmpty();
        (await CountAsync("cost_lines")).ShouldBe(0);
        (await CountAsync("cost_daily")).ShouldBe(0);
    }

    [Fact]
    public async Task Reject_StopsAtAThousandErrors()
    {
        var world = await CostWorld.CreateAsync(portal);

        var job = await world.ImportAsync(CostWorld.Csv(Enumerable.Range(0, 3000).Select(_ => new BillLine("Infinity"))));

        job.State.ShouldBe(JobState.Failed);
        JsonSerializer.Deserialize<JsonElement>(job.Errors.ShouldNotBeNull()).GetArrayLength().ShouldBe(1000);
    }

    [Fact]
    public async Task Skip_LoadsTheGoodRowsAndOffersTheBadOnes()
    {
        var world = await CostWorld.CreateAsync(portal);

        var job = await world.ImportAsync(CostWorld.Csv(new BillLine("1"), new BillLine("NaN"), new BillLine("4"), new BillLine("x")), onError: "skip");

        job.State.ShouldBe(JobState.Succeeded, job.Errors);
        (await world.ByAsync("service")).ShouldBe(new() { ["Compute"] = "5" });
        var import = JsonSerializer.Deserialize<JsonElement>(job.Result.ShouldNotBeNull()).GetProperty("importId").GetGuid();
        var file = (await portal.Portal.AskAsync(world.Finance, new GetRejectedRows(world.Organization.Slug, import))).Value;
        var lines = await File.ReadAllLinesAsync(file.Path, TestContext.Current.CancellationToken);
        lines.Length.ShouldBe(3);
        lines[0].ShouldEndWith("x_PortalRow,x_PortalReason");
        lines[1].ShouldContain(",2,\"BilledCost is");
    }

    [Fact]
    public async Task Cancel_LeavesNothing()
    {
        var world = await CostWorld.CreateAsync(portal);
        var content = System.Text.Encoding.UTF8.GetBytes(CostWorld.Csv(Enumerable.Range(0, 120_000).Select(i => new BillLine("0.01", Resource: $"r{i}", Tags: $"{{\"n\":\"{i % 9000}\"}}"))));
        var job = await world.StartAsync(content);
        while ((await portal.Portal.AskAsync(TestPortal.Admin, new GetJob(job))).Value is { State: JobState.Queued } or { Progress: 0, EndedAtUtc: null }) await Task.Delay(10, TestContext.Current.CancellationToken);

        await portal.Portal.SendAsync(world.Finance, new CancelJob(job));
        var ended = await world.EndAsync(job);

        if (ended.State == JobState.Succeeded) Assert.Skip("The machine was faster than the cancel.");
        ended.State.ShouldBe(JobState.Canceled, ended.Errors);
        (await CountAsync("cost_lines")).ShouldBe(0);
        (await CountAsync("cost_daily")).ShouldBe(0);
        (await world.CostsAsync("service")).Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task Crash_BetweenBulkCommitAndJobEnd_ShowsNothingAndTheRestartCompletesOnce()
    {
        var world = await CostWorld.CreateAsync(portal);
        // The runner is stopped, so that the handler can be run by hand and "die" before the job's end is written.
        await portal.Services.GetRequiredService<JobRunner>().StopAsync(CancellationToken.None);
        var id = await world.StartAsync(System.Text.Encoding.UTF8.GetBytes(CostWorld.Csv(Enumerable.Range(0, 5000).Select(i => new BillLine("0.1", Resource: $"r{i}")))));
        Job job;
        await using (var open = await portal.Database.OpenAsync(DataScope.Platform, forWriting: false, CancellationToken.None))
            job = await open.Db.Set<Job>().SingleAsync(j => j.Id == id, TestContext.Current.CancellationToken);
        var handler = ActivatorUtilities.CreateInstance<CostImportJob>(portal.Services);
        var outcome = await handler.RunAsync(new JobContext(job, null, (_, _) => Task.CompletedTask), CancellationToken.None);
        outcome.State.ShouldBe(JobState.Succeeded);
        (await CountAsync("cost_lines")).ShouldBe(5000);
        (await world.CostsAsync("service")).Rows.ShouldBeEmpty();

        await using var second = portal.Build(portal.ConnectionString);
        await second.GetRequiredService<JobRunner>().StartAsync(CancellationToken.None);
        (await world.EndAsync(id)).State.ShouldBe(JobState.Succeeded);
        await second.GetRequiredService<JobRunner>().StopAsync(CancellationToken.None);

        (await world.ByAsync("service")).ShouldBe(new() { ["Compute"] = "500" });
        (await CountAsync("cost_lines")).ShouldBe(5000);
        (await CountAsync("cost_daily")).ShouldBe(1);
    }

    [Fact]
    public async Task BulkRole_CanReadNothingAndNameNoOrganization()
    {
        var mine = await CostWorld.CreateAsync(portal, "Mine");
        var theirs = await CostWorld.CreateAsync(portal, "Theirs");
        await using var connection = await ((PostgreSqlEngine)portal.Database.Engine).OpenBulkAsync(mine.Organization.Id, CancellationToken.None);
        foreach (var sql in new[]
        {
            "SELECT * FROM cost_lines", "SELECT count(*) FROM cost_keys", "SELECT * FROM organizations", "UPDATE cost_lines SET extra = NULL", "DELETE FROM cost_lines", "INSERT INTO cost_facts DEFAULT VALUES",
            $"INSERT INTO cost_lines (organization_id, id, key_id, slice_id, charge_period_start, charge_period_end, billed_cost, effective_cost, contracted_cost, list_cost) VALUES ('{theirs.Organization.Id}', 1, 1, 1, now(), now(), 1, 1, 1, 1)",
            "COPY cost_lines (organization_id, id) FROM STDIN", "COPY cost_lines TO STDOUT",
        })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync(), sql)).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, sql);
        }
    }

    [Fact]
    public async Task SumsBeyondAnAmount_AreNeitherRoundedNorFailed()
    {
        var world = await CostWorld.CreateAsync(portal);
        var most = "99999999999999999999.999999999999999999";

        var job = await world.ImportAsync(CostWorld.Csv(Enumerable.Range(0, 5).Select(i => new BillLine(most, Resource: $"r{i}"))));

        job.State.ShouldBe(JobState.Succeeded, job.Errors);
        (await world.ByAsync("service"))["Compute"].ShouldBe("499999999999999999999.999999999999999995");
        (await world.CostsAsync("")).Total.Single().Amount.ToString().ShouldBe("499999999999999999999.999999999999999995");
    }

    [Fact]
    public async Task EveryColumnOfALine_IsShownAgain()
    {
        var world = await CostWorld.CreateAsync(portal);
        var sample = CostWorld.Sample();
        await world.ImportAsync(sample);
        var rows = FocusFile.Rows(System.Text.Encoding.UTF8.GetString(sample));

        var page = (await portal.Portal.AskAsync(world.Finance, new ListCostLines(world.Organization.Slug, new CostLineFilter(CostWorld.Begin, CostWorld.End), new PageRequest(1000)))).Value;

        page.Items.Count.ShouldBe(500);
        foreach (var (line, row) in page.Items.Zip(rows))
        {
            foreach (var (name, text) in row)
            {
                if (text is "" or "NULL") continue;
                var shown = line.Columns.GetValueOrDefault(name).ShouldNotBeNull($"{name} of row {line.Row}");
                if (name is "Tags") JsonSerializer.Deserialize<Dictionary<string, string>>(shown).ShouldBe(JsonSerializer.Deserialize<Dictionary<string, string>>(text), ignoreOrder: true);
                else if (name.EndsWith("PeriodStart", StringComparison.Ordinal) || name.EndsWith("PeriodEnd", StringComparison.Ordinal)) shown.ShouldBe(text.Replace(' ', 'T') + "Z");
                else if (Amount.TryParse(text, out var amount) && name.EndsWith("Cost", StringComparison.Ordinal)) shown.ShouldBe(amount.ToString());
                else if (name is not ("ChargeFrequency" or "ServiceCategory" or "ConsumedQuantity" or "PricingQuantity" or "ListUnitPrice" or "ContractedUnitPrice" or "ChargeCategory")) shown.ShouldBe(text, name);
            }
        }
    }

    private async Task<long> CountAsync(string table)
    {
        await using var connection = new NpgsqlConnection(portal.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection);
        return (long)(await command.ExecuteScalarAsync()).ShouldNotBeNull();
    }

    private static string SumOf(byte[] csv, string column) =>
        FocusFile.Rows(System.Text.Encoding.UTF8.GetString(csv)).Aggregate(WideAmount.Zero, (sum, row) => sum + (row[column] is "" or "NULL" ? Amount.Zero : Amount.Parse(row[column]))).ToString();
}
