using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs;

public sealed class CostAllocationTest(TestServer server) : IAsyncLifetime
{
    private readonly TestPortal portal = new(server);
    private CostWorld world = null!;

    public async ValueTask InitializeAsync()
    {
        await portal.InitializeAsync();
        world = await CostWorld.CreateAsync(portal);
        var bank = await world.AddUnitAsync("Bank", "CC-1");
        var cards = await world.AddUnitAsync("Cards", null, bank);
        await world.AddWorkspaceAsync("w0", bank, """{"team":"blue"}""");
        await world.AddProjectAsync("p1", await world.AddWorkspaceAsync("w1", cards), """{"team":"red"}""");
    }

    public async ValueTask DisposeAsync() => await portal.DisposeAsync();

    [Fact]
    public async Task FirstMatchWins_AndWhatIsLeftStaysVisible()
    {
        await world.ImportAsync(CostWorld.Csv(new BillLine("1"), new BillLine("2", Service: "Storage"), new BillLine("4", Service: "Network", Tags: """{"app":"x"}""")));

        var saved = await world.SaveRulesAsync("""[{"name":"a","match":{"ServiceName":"Compute"},"target":{"workspace":"w0"}},{"name":"b","match":{"ServiceName":["Compute","Storage"]},"target":{"project":"p1"}}]""");

        saved.Value.RuleSet.Version.ShouldBe(1);
        saved.Value.JobId.ShouldBeNull();
        (await world.ByAsync("workspace")).ShouldBe(new Dictionary<string, string> { ["w0"] = "1", ["w1"] = "2", ["-"] = "4" }, ignoreOrder: true);
        (await world.ByAsync("businessUnit")).ShouldBe(new Dictionary<string, string> { ["bank"] = "1", ["cards"] = "2", ["-"] = "4" }, ignoreOrder: true);
        (await world.ByAsync("costCenter")).ShouldBe(new Dictionary<string, string> { ["CC-1"] = "3", ["-"] = "4" }, ignoreOrder: true);
        (await world.ByAsync("label:team")).ShouldBe(new Dictionary<string, string> { ["blue"] = "1", ["red"] = "2", ["-"] = "4" }, ignoreOrder: true);
        var unallocated = (await portal.Portal.AskAsync(world.Finance, new ListUnallocated(world.Organization.Slug, CostWorld.Begin, CostWorld.End))).Value.ShouldHaveSingleItem();
        (unallocated.Service, unallocated.Amount.Amount.ToString(), unallocated.Reason).ShouldBe(("Network", "4", "noRule"));
        (await world.CostsAsync("")).RuleVersion.ShouldBe(1);
    }

    [Fact]
    public async Task EvenSplit_GivesTheRestToTheEarlierTargets()
    {
        await world.ImportAsync(CostWorld.Csv(new BillLine("0.00000000000000001")));

        await world.SaveRulesAsync("""[{"name":"a","match":{},"split":{"kind":"even","targets":[{"workspace":"w1"},{"workspace":"w0"},{"costCenter":"z"}]}}]""");

        (await world.ByAsync("workspace")).ShouldBe(new Dictionary<string, string> { ["w0"] = "0.000000000000000004", ["w1"] = "0.000000000000000003", ["-"] = "0.000000000000000003" }, ignoreOrder: true);
    }

    [Fact]
    public async Task ProportionalSplit_FollowsTheMonthsDirectCostOfAllImports()
    {
        await world.SaveRulesAsync("""[{"name":"a","match":{"tag:app":"a"},"target":{"workspace":"w0"}},{"name":"b","match":{"tag:app":"b"},"target":{"workspace":"w1"}},{"name":"s","match":{},"split":{"kind":"proportional","targets":[{"workspace":"w0"},{"workspace":"w1"}]}}]""");
        await world.ImportAsync(CostWorld.Csv(new BillLine("10", Tags: """{"app":"a"}"""), new BillLine("100", Service: "Shared")));
        (await world.ByAsync("workspace", where: "service=Shared")).ShouldBe(new Dictionary<string, string> { ["w0"] = "100" });

        await world.ImportAsync(CostWorld.Csv(new BillLine("30", Tags: """{"app":"b"}""", Account: "A2", Day: "2024-09-25")));

        (await world.ByAsync("workspace", where: "service=Shared")).ShouldBe(new Dictionary<string, string> { ["w0"] = "25", ["w1"] = "75" }, ignoreOrder: true);
    }

    [Fact]
    public async Task ProportionalSplit_WithoutABase_StaysUnallocatedWithTheReason()
    {
        await world.ImportAsync(CostWorld.Csv(new BillLine("10")));

        await world.SaveRulesAsync("""[{"name":"s","match":{},"split":{"kind":"proportional","targets":[{"workspace":"w0"}]}}]""");

        (await world.ByAsync("workspace")).ShouldBe(new Dictionary<string, string> { ["-"] = "10" });
        (await portal.Portal.AskAsync(world.Finance, new ListUnallocated(world.Organization.Slug, CostWorld.Begin, CostWorld.End))).Value.Single().Reason.ShouldBe("splitBaseZero");
    }

    [Fact]
    public async Task RulesOnLineColumns_ReachLinesThatAreThereAndLinesToCome()
    {
        await world.ImportAsync(CostWorld.Csv(new BillLine("1", Resource: "vm-1"), new BillLine("2", Resource: "db-1"), new BillLine("4", Resource: "db-2", Team: "red")));

        await world.SaveRulesAsync("""[{"name":"t","match":{"x_Team":"red"},"target":{"costCenter":"RED"}},{"name":"a","match":{"ResourceId":{"prefix":"db-"}},"target":{"workspace":"w0"}}]""");
        await world.ImportAsync(CostWorld.Csv(new BillLine("8", Resource: "db-9", Account: "A2")));

        (await world.ByAsync("workspace")).ShouldBe(new Dictionary<string, string> { ["w0"] = "10", ["-"] = "5" }, ignoreOrder: true);
        (await world.ByAsync("costCenter"))["RED"].ShouldBe("4");
    }

    [Fact]
    public async Task AMove_CountsFromItsDayOn()
    {
        await world.SaveRulesAsync("""[{"name":"a","match":{},"target":{"workspace":"w0"}}]""");
        await world.ImportAsync(CostWorld.Csv(new BillLine("1", Day: "2024-09-10"), new BillLine("2", Day: "2024-09-11")));
        var places = await ListAsync();
        await world.MoveWorkspaceAsync(places.Workspace, places.Cards, new DateOnly(2024, 9, 11));
        await using (var open = await portal.Database.OpenAsync(DataScope.Of(world.Organization.Id), forWriting: true, CancellationToken.None))
        {
            await Reallocation.RunAsync(open.Db, new DateOnly(2024, 9, 11), CancellationToken.None);
            await open.CommitAsync(CancellationToken.None);
        }

        (await world.ByAsync("businessUnit")).ShouldBe(new Dictionary<string, string> { ["bank"] = "1", ["cards"] = "2" }, ignoreOrder: true);
        var days = await portal.Portal.AskAsync(world.Finance, new ReadDays(world.Organization.Slug, new CostFilter(BusinessUnitId: places.Bank)));
        days.Value.Select(d => $"{d.Day:yyyy-MM-dd} {d.Amount}").ShouldBe(["2024-09-10 1 USD", "2024-09-11 2 USD"]);
        (await portal.Portal.AskAsync(world.Finance, new ReadDays(world.Organization.Slug, new CostFilter(Label: ("team", "blue"), Environment: "production")))).Value.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("""[{"name":"a","match":{"Nonsense":"x"},"target":{"workspace":"w0"}}]""", "rules[0].match.Nonsense")]
    [InlineData("""[{"name":"a","match":{},"target":{"workspace":"nowhere"}}]""", "rules[0].target.workspace")]
    [InlineData("""[{"name":"a","match":{}}]""", "rules[0]")]
    [InlineData("""[{"name":"a","match":{},"target":{"workspace":"w0","project":"p1"}}]""", "rules[0].target")]
    [InlineData("""[{"name":"a","match":{},"target":{"workspace":"w0"}},{"name":"b","match":{},"split":{"kind":"fixed","targets":[{"workspace":"w0"},{"workspace":"w1"}],"weights":[50,49]}}]""", "rules[1].split.weights")]
    [InlineData("""[{"name":"","match":{"ServiceName":5},"target":{"workspace":"w0"}}]""", "rules[0].match.ServiceName")]
    public async Task BentRules_AreRefusedAtTheirField(string rules, string field)
    {
        var saved = await world.SaveRulesAsync(rules);

        saved.Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Refused);
        saved.Problem.Errors.ShouldNotBeNull().ShouldContain(e => e.Field == field);
    }

    [Theory]
    [InlineData("nothing", null)]
    [InlineData("service", "nothing=1")]
    [InlineData("tag:", null)]
    public async Task UnknownDimensions_AreRefused(string groupBy, string? where)
    {
        var result = await portal.Portal.AskAsync(world.Finance, new GetCosts(world.Organization.Slug, new CostQuery(CostWorld.Begin, CostWorld.End, GroupBy: [groupBy], Where: where is null ? null : [where])));

        result.Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Refused);
    }

    [Fact]
    public void SqlServer_GetsItsOwnWords()
    {
        var sql = CostSql.Of(postgreSql: false);
        var parameters = new CostParameters();
        var conditions = CostConditions.Read(["tag:env=prod", "costCenter="]).Value;
        var text = CostStatement.Report(sql, new CostQuery(CostWorld.Begin, CostWorld.End, Granularity: CostGranularity.FiscalYear), [new CostDimension("tag:app", CostDimensionKind.Tag, Focus.FocusColumn.Tags, "app"), new CostDimension("workspace", CostDimensionKind.Workspace)], conditions, parameters, (_, _) => null, 4);

        text.ShouldContain("JSON_VALUE(k.tags, N'$.\"' + REPLACE");
        text.ShouldContain("DATEFROMPARTS(YEAR(DATEADD(month, -3, f.day)), 4, 1)");
        text.ShouldContain("CONVERT(varchar(60), y.amount)");
        text.ShouldContain("COLLATE Latin1_General_100_BIN2");
        foreach (var foreign in new[] { "::", "MATERIALIZED", "trim_scale", "->>", "LIMIT" }) text.ShouldNotContain(foreign);
        Imports.SqlServerLineWriter.ToSqlDecimal(Amount.Parse("-99999999999999999999.999999999999999999")).ToString().ShouldBe("-99999999999999999999.999999999999999999");
        sql.Rows("@rows", "n", "id bigint", "text text").ShouldBe("OPENJSON(@rows) WITH (id bigint '$.id', text nvarchar(max) '$.text') AS n");
    }

    private async Task<(Guid Workspace, Guid Bank, Guid Cards)> ListAsync()
    {
        await using var open = await portal.Database.OpenAsync(DataScope.Of(world.Organization.Id), forWriting: false, CancellationToken.None);
        var places = await AllocationPlaces.LoadAsync(open.Db, CancellationToken.None);
        Guid Id(AllocationTargetKind kind, string key) => places.Find(kind, key).ShouldNotBeNull().Id.ShouldNotBeNull();
        return (Id(AllocationTargetKind.Workspace, "w0"), Id(AllocationTargetKind.BusinessUnit, "bank"), Id(AllocationTargetKind.BusinessUnit, "cards"));
    }

    private sealed record ReadDays(string Org, CostFilter Filter) : Query<IReadOnlyList<DailyCost>>
    {
        public override string OrganizationKey => Org;

        public override Permission? Permission => CostsPermissions.Read;

        public override async Task<Result<IReadOnlyList<DailyCost>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
            (await DailyCosts.ReadAsync(scope, Filter, CostMetric.Billed, new UtcRange(CostWorld.Begin, CostWorld.End), cancellationToken)).ToList();
    }
}
