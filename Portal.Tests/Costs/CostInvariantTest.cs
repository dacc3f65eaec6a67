using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs;

/// <summary>For any lines, rules, splits, moves, corrections and filters: every grouping adds up to the lines, to the last digit.</summary>
public sealed class CostInvariantTest(TestServer server) : IAsyncLifetime
{
    private static readonly string[] Dimensions =
        ["businessUnit", "workspace", "project", "costCenter", "provider", "service", "serviceCategory", "region", "subAccount", "chargeCategory", "tag:env", "label:team", "workspace+tag:env+service", "costCenter+label:team"];

    private readonly TestPortal portal = new(server);

    public async ValueTask InitializeAsync() => await portal.InitializeAsync();

    public async ValueTask DisposeAsync() => await portal.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task EveryGrouping_AddsUpToTheLines(int seed)
    {
        var random = new Random(seed);
        var world = await MakeWorldAsync(random);
        var first = Lines(random, 80, "A1");
        await SaveAsync(world, random, "2000-01-01");
        (await world.ImportAsync(CostWorld.Csv(first))).State.ShouldBe(JobState.Succeeded);
        await SaveAsync(world, random, "2024-09-15");
        var second = Lines(random, 60, "A2");
        (await world.ImportAsync(CostWorld.Csv(second))).State.ShouldBe(JobState.Succeeded);
        await SaveAsync(world, random, random.Next(2) == 0 ? "2024-09-15" : "2024-10-05");
        var lines = first.Concat(second).ToList();
        if (random.Next(2) == 0)
        {
            var corrected = Lines(random, 40, "A2").Select(l => l with { Period = "2024-09" }).ToList();
            (await world.ImportAsync(CostWorld.Csv(corrected), mode: "replace")).State.ShouldBe(JobState.Succeeded);
            lines = [.. lines.Where(l => !(l.Account == "A2" && l.Period == "2024-09")), .. corrected];
        }

        foreach (var (where, keep) in Filters(random))
        {
            foreach (var metric in Enum.GetValues<CostMetric>())
            {
                var expected = await TotalsAsync(world, "", metric, where);
                if (keep is not null)
                {
                    expected.ShouldBe(lines.Where(keep).GroupBy(l => l.Currency, StringComparer.Ordinal)
                        .ToDictionary(g => g.Key, g => g.Aggregate(WideAmount.Zero, (s, l) => s + Amount.Parse(Of(l, metric))).ToString()), ignoreOrder: true, $"seed {seed} {metric} where {string.Join('&', where)}");
                }

                foreach (var dimension in Dimensions) (await TotalsAsync(world, dimension, metric, where)).ShouldBe(expected, ignoreOrder: true, $"seed {seed} {metric} by {dimension} where {string.Join('&', where)}");
            }
        }

        await IncrementalEqualsFromScratchAsync(world);
    }

    [Fact]
    public void Parts_AddUpAndDifferFromTheirShareByLessThanOneUnit()
    {
        var amounts = Gen.Choose(-1_000_000_000, 1_000_000_000).Select(i => (System.Numerics.BigInteger)i * i * i);
        var weights = Gen.NonEmptyListOf(Gen.Choose(0, 1000)).Where(w => w.Sum() > 0);
        Prop.ForAll(amounts.Zip(weights).ToArbitrary(), pair =>
        {
            var (amount, list) = pair;
            var whole = list.Select(w => (System.Numerics.BigInteger)w).ToList();
            var parts = LargestRemainder.Divide(amount, whole);
            var sum = whole.Aggregate(System.Numerics.BigInteger.Zero, (s, w) => s + w);
            return parts.Aggregate(System.Numerics.BigInteger.Zero, (s, p) => s + p) == amount
                && parts.Zip(whole).All(p => System.Numerics.BigInteger.Abs((p.First * sum) - (amount * p.Second)) < sum);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Ties_GoToTheEarlierTarget() =>
        LargestRemainder.Divide(10, [1, 1, 1]).ShouldBe([(System.Numerics.BigInteger)4, 3, 3]);

    /// <summary>What imports and rules have built up step by step is what one allocation of everything builds.</summary>
    private async Task IncrementalEqualsFromScratchAsync(CostWorld world)
    {
        var before = await SnapshotAsync(world);
        await using (var open = await portal.Database.OpenAsync(DataScope.Of(world.Organization.Id), forWriting: true, CancellationToken.None))
        {
            await Reallocation.RunAsync(open.Db, new DateOnly(1970, 1, 1), CancellationToken.None);
            await open.CommitAsync(CancellationToken.None);
        }

        (await SnapshotAsync(world)).ShouldBe(before);
    }

    private static async Task<string> SnapshotAsync(CostWorld world)
    {
        var report = await world.CostsAsync(new CostQuery(CostWorld.Begin, CostWorld.End, CostMetric.List, ["workspace", "project", "businessUnit", "costCenter", "service", "tag:env"], CostGranularity.Day));
        return string.Join('\n', report.Rows.Select(r => $"{r.PeriodStart} {string.Join('|', r.Keys.Values)} {r.Amount.Amount} {r.Amount.Currency}"));
    }

    private static async Task<Dictionary<string, string>> TotalsAsync(CostWorld world, string dimension, CostMetric metric, string[] where) =>
        (await world.CostsAsync(dimension, metric, where)).Total.ToDictionary(t => t.Currency, t => t.Amount.ToString());

    private static async Task<CostWorld> MakeWorldAsyncCore(CostWorld world)
    {
        var group = await world.AddUnitAsync("Group", "CC-0");
        var bank = await world.AddUnitAsync("Bank", "CC-1", group);
        var cards = await world.AddUnitAsync("Cards", null, bank);
        var w0 = await world.AddWorkspaceAsync("w0", bank, """{"team":"blue"}""");
        var w1 = await world.AddWorkspaceAsync("w1", cards);
        await world.AddWorkspaceAsync("w2", group, """{"team":"red"}""");
        await world.AddProjectAsync("p0", w0, """{"team":"green"}""");
        await world.AddProjectAsync("p1", w1);
        await world.MoveWorkspaceAsync(w1, group, new DateOnly(2024, 9, 20));
        return world;
    }

    private async Task<CostWorld> MakeWorldAsync(Random random) =>
        await MakeWorldAsyncCore(await CostWorld.CreateAsync(portal, string.Create(CultureInfo.InvariantCulture, $"World {random.Next()}")));

    private async Task SaveAsync(CostWorld world, Random random, string from)
    {
        var rules = JsonSerializer.Serialize(Enumerable.Range(0, random.Next(1, 7)).Select(i => Rule(random, i)), JobJson.Options);
        var preview = await portal.Portal.AskAsync(world.Finance, new PreviewAllocationRules(world.Organization.Slug, CostWorld.Rules(rules, from)));
        var saved = await world.SaveRulesAsync(rules, from);
        saved.Problem.ShouldBeNull(rules);
        if (saved.Value.JobId is { } job) (await world.EndAsync(job)).State.ShouldBe(JobState.Succeeded);
        if (preview.Problem is { Code: "allocation.preview.lineCondition" }) return;
        preview.Problem.ShouldBeNull();
        var after = await world.CostsAsync(new CostQuery(preview.Value.From, CostWorld.End, GroupBy: ["businessUnit"]));
        preview.Value.BusinessUnits.Where(r => !r.After.IsZero).ToDictionary(r => (r.BusinessUnit ?? "-", r.Currency), r => r.After.ToString())
            .ShouldBe(after.Rows.Where(r => !r.Amount.Amount.IsZero).ToDictionary(r => (r.Keys["businessUnit"] ?? "-", r.Amount.Currency), r => r.Amount.Amount.ToString()), ignoreOrder: true);
    }

    private static object Rule(Random random, int number)
    {
        object Value(string[] from) => random.Next(3) switch { 0 => from[random.Next(from.Length)], 1 => new[] { from[0], from[^1] }, _ => new { prefix = from[random.Next(from.Length)][..1] } };
        var match = new Dictionary<string, object>();
        if (random.Next(2) == 0) match["ServiceName"] = Value(["Compute", "Storage", "Network"]);
        if (random.Next(3) == 0) match["tag:env"] = Value(["prod", "dev"]);
        if (random.Next(4) == 0) match["SubAccountId"] = Value(["S1", "S2"]);
        if (random.Next(5) == 0) match["ResourceId"] = Value(["r1", "r2", "q3"]);
        if (random.Next(6) == 0) match["x_Team"] = Value(["red", "blue"]);
        object[] targets = [new { workspace = "w0" }, new { workspace = "w1" }, new { workspace = "w2" }, new { project = "p0" }, new { project = "p1" }, new { businessUnit = "cards" }, new { costCenter = "CC-9" }];
        if (random.Next(2) == 0) return new { name = $"r{number}", match, target = targets[random.Next(targets.Length)], markupPercent = random.Next(3) == 0 ? 12.5m : (decimal?)null };
        var some = targets.OrderBy(_ => random.Next()).Take(random.Next(1, 5)).ToArray();
        var weights = Enumerable.Repeat(Math.Round(100m / some.Length, 3), some.Length).ToArray();
        weights[0] += 100 - weights.Sum();
        return random.Next(3) switch
        {
            0 => new { name = $"r{number}", match, split = new { kind = "even", targets = some } },
            1 => new { name = $"r{number}", match, split = (object)new { kind = "fixed", targets = some, weights } },
            _ => new { name = $"r{number}", match, split = (object)new { kind = "proportional", targets = some, basis = random.Next(2) == 0 ? "cost" : "usage" } },
        };
    }

    private static List<BillLine> Lines(Random random, int count, string account) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        string Number() => (random.Next(8) switch
        {
            0 => new Amount((Int128)random.NextInt64() * random.Next(1_000_000)),
            1 => -new Amount(random.NextInt64()),
            2 => Amount.Zero,
            3 => new Amount(random.Next(20)),
            _ => new Amount(random.NextInt64()),
        }).ToString();
        string Pick(params string[] from) => from[random.Next(from.Length)];
        var period = Pick("2024-09", "2024-10");
        return new BillLine(
            Number(), $"{period}-{random.Next(1, 29):00}", Pick("Compute", "Storage", "Network", "Néw"), account, Pick("S1", "S2", ""), Pick("", """{"env":"prod"}""", """{"env":"dev","x":"1"}""", """{"env":null}"""),
            Pick("r1", "r2", "q3"), Pick("USD", "USD", "JPY"), Number(), Number(), Number(), random.Next(50).ToString(CultureInfo.InvariantCulture), Pick("AWS", "Azure"), Pick("Tokyo", "Osaka", ""), Pick("", "red", "blue"), period);
    })];

    private static IEnumerable<(string[] Where, Func<BillLine, bool>? Keep)> Filters(Random random)
    {
        yield return ([], _ => true);
        yield return (["service=Compute"], l => l.Service == "Compute");
        var all = new (string[], Func<BillLine, bool>?)[]
        {
            (["service=Storage", "service=Néw", "tag:env=prod"], l => l.Service is "Storage" or "Néw" && l.Tags.Contains("prod", StringComparison.Ordinal)),
            (["subAccount="], l => l.Sub.Length == 0),
            (["region=", "provider=AWS"], l => l.Region.Length == 0 && l.Provider == "AWS"),
            (["tag:env="], l => !l.Tags.Contains("\"env\":\"", StringComparison.Ordinal)),
            (["workspace=w0"], null), (["workspace="], null), (["businessUnit=group", "service=Compute"], null), (["costCenter=CC-9"], null), (["costCenter=", "tag:env=dev"], null),
            (["project=p0"], null), (["label:team=blue"], null), (["label:team="], null), (["workspace=nowhere"], _ => false),
        };
        foreach (var i in Enumerable.Range(0, 3)) yield return all[random.Next(all.Length)];
    }

    private static string Of(BillLine line, CostMetric metric) => metric switch
    {
        CostMetric.Billed => line.Billed,
        CostMetric.Effective => line.Effective ?? line.Billed,
        CostMetric.Contracted => line.Contracted ?? line.Billed,
        _ => line.List ?? line.Billed,
    };
}
