using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs;

public sealed class CostReportCacheTest(TestServer server) : IAsyncLifetime
{
    private readonly TestPortal portal = new(server);

    public async ValueTask InitializeAsync() => await portal.InitializeAsync();

    public async ValueTask DisposeAsync() => await portal.DisposeAsync();

    [Fact]
    public async Task SameReportAgain_IsTheFinishedOneUntilTheFactsChange()
    {
        var world = await CostWorld.CreateAsync(portal);
        await world.ImportAsync(CostWorld.Csv(new BillLine("1.25")));

        var first = await world.CostsAsync("service");
        var again = await world.CostsAsync("service");
        await world.ImportAsync(CostWorld.Csv(new BillLine("2.5")));
        var after = await world.CostsAsync("service");

        again.Rows.ShouldBeSameAs(first.Rows);
        first.Total.ShouldHaveSingleItem().Amount.ToString().ShouldBe("1.25");
        after.Total.ShouldHaveSingleItem().Amount.ToString().ShouldBe("3.75");
    }

    [Fact]
    public async Task AnotherOrganization_GetsItsOwn()
    {
        var world = await CostWorld.CreateAsync(portal);
        var other = await CostWorld.CreateAsync(portal, "Other");
        await world.ImportAsync(CostWorld.Csv(new BillLine("1.25")));
        await other.ImportAsync(CostWorld.Csv(new BillLine("7")));

        await world.CostsAsync("service");

        (await other.CostsAsync("service")).Total.ShouldHaveSingleItem().Amount.ToString().ShouldBe("7");
        portal.Services.GetRequiredService<CostReportCache>().ShouldBeSameAs(portal.Services.GetRequiredService<CostReportCache>());
    }

    [Fact]
    public void Rows_AreBounded_AndTheLeastUsedGoFirst()
    {
        var cache = new CostReportCache();
        for (var i = 0; i < 10; i++)
        {
            cache.Add($"{i}", Sums(10_000));
            cache.Find("0").ShouldNotBeNull();
        }

        cache.Find("1").ShouldBeNull();
        cache.Find("9").ShouldNotBeNull();
    }

    [Fact]
    public void HugeReport_IsNotKept()
    {
        var cache = new CostReportCache();
        cache.Add("huge", Sums(CostReportCache.MaxRows));
        cache.Find("huge").ShouldBeNull();
    }

    [Fact]
    public void Key_TellsApartWhatDiffers()
    {
        var organization = Ids.New();
        string Of(Guid org, long revision, string sql, string names, params (string, object?)[] values) => CostReportCache.KeyOf(org, revision, sql, values, names);

        string[] keys =
        [
            Of(organization, 1, "S", "", ("p0", "a"), ("p1", "b")), Of(organization, 2, "S", "", ("p0", "a"), ("p1", "b")), Of(Ids.New(), 1, "S", "", ("p0", "a"), ("p1", "b")),
            Of(organization, 1, "S", "n", ("p0", "a"), ("p1", "b")), Of(organization, 1, "S", "", ("p0", "a p1:1:b")), Of(organization, 1, "S", "", ("p0", new DateOnly(2026, 1, 2))), Of(organization, 1, "S", "", ("p0", new DateOnly(2026, 2, 1))),
        ];

        keys.Distinct(StringComparer.Ordinal).Count().ShouldBe(keys.Length);
    }

    private static CostSums Sums(int rows) => new(new CostReportRow[rows], []);
}
