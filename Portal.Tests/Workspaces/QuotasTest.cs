using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces.Quotas;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Workspaces;

public sealed class QuotasTest(TestServer server) : OrganizationWorld(server)
{
    private static Dictionary<string, long?> Limit(string resource, long? value) => new() { [resource] = value };

    private async Task WorkspacesAsync(params string[] names)
    {
        await UnitAsync("Finance");
        foreach (var name in names) await WorkspaceAsync(name, "finance");
    }

    [Fact]
    public async Task Figures_AreUnknownUntilASourceTellsThem()
    {
        await WorkspacesAsync("A");
        var unknown = await AskAsync(new GetWorkspaceQuota(Org, "a"));
        unknown.Resources["cpuMillicores"].ShouldBe(new QuotaFigures(null, null, null, null));
        unknown.Version.ShouldBe(0);

        await DoAsync(new SetWorkspaceQuota(Org, "a", new Dictionary<string, long?> { ["cpuMillicores"] = 4000, ["nvidia.com/mig-1g.5gb"] = 2 }, 0));
        await DoAsync(new RecordQuotaReadings(Org, "import", [new("a", "cpuMillicores", 5000, 3000)]));

        var read = await AskAsync(new GetWorkspaceQuota(Org, "a"));
        read.Resources["cpuMillicores"].ShouldSatisfyAllConditions(f => f.Used.ShouldBe(5000), f => f.Requested.ShouldBe(3000), f => f.Reserved.ShouldBeNull(), f => f.Limit.ShouldBe(4000), f => f.Source.ShouldBe("import"));
        read.Warnings.ShouldHaveSingleItem().Code.ShouldBe("quota.belowUsed");
        (await AskAsync(new GetWorkspaceQuota(Org, "a", DateOnly.FromDateTime(DateTimeOffset.UnixEpoch.UtcDateTime)))).Resources["cpuMillicores"].Limit.ShouldBeNull();
        (await AuditOfAsync("quota.set")).ShouldSatisfyAllConditions(e => e.OldValue.ShouldBeNull(), e => e.NewValue.ShouldBe("""{"cpuMillicores":4000,"nvidia.com/mig-1g.5gb":2}"""));
        var total = (await AskAsync(new SummarizeQuotas(Org))).Single(t => t.Resource == "cpuMillicores");
        total.ShouldSatisfyAllConditions(t => t.Used.ShouldBe(5000), t => t.ReservedUnknown.ShouldBe(1), t => t.Reserved.ShouldBeNull());
    }

    [Fact]
    public async Task Put_ReplacesAll_AndStaleVersionsAreRefused()
    {
        await WorkspacesAsync("A");
        await DoAsync(new SetWorkspaceQuota(Org, "a", Limit("pods", 10)));
        var second = await DoAsync(new SetWorkspaceQuota(Org, "a", Limit("gpus", 1), 1));
        second.Version.ShouldBe(2);
        (await AskAsync(new GetWorkspaceQuota(Org, "a"))).Resources["pods"].Limit.ShouldBeNull();
        (await RefusedAsync(new SetWorkspaceQuota(Org, "a", Limit("gpus", 2), 1))).Code.ShouldBe("version.stale");
    }

    [Fact]
    public async Task NegativeAbsurdAndUnknownResources_AreFieldErrors()
    {
        await WorkspacesAsync("A");
        var problem = await RefusedAsync(new SetWorkspaceQuota(Org, "a", new Dictionary<string, long?> { ["gpus"] = -1, ["memoryBytes"] = long.MaxValue, ["not a name"] = 1 }));
        problem.Kind.ShouldBe(ProblemKind.Refused);
        problem.Errors.ShouldNotBeNull().Select(e => (e.Field, e.Code)).ShouldBe([("gpus", "quota.negative"), ("memoryBytes", "quota.absurd"), ("not a name", "quota.resource")]);
        await GuardedAsync(new SetWorkspaceQuota(Org, "a", Limit("gpus", 1)));
        await GuardedAsync(new SetOrganizationQuota(Org, new Dictionary<string, long> { ["gpus"] = 1 }));
        await GuardedAsync(new RecordQuotaReadings(Org, "x", [new("a", "gpus", 1)]));
        (await RefusedAsync(new RecordQuotaReadings(Org, "x", [new("nowhere", "gpus", -1)]))).Errors.ShouldNotBeNull().ShouldAllBe(e => e.Row == 1);
    }

    [Fact]
    public async Task OversubscriptionNeedsAFactor()
    {
        await WorkspacesAsync("A", "B");
        await DoAsync(new SetOrganizationQuota(Org, new Dictionary<string, long> { ["gpus"] = 8 }));
        await DoAsync(new SetWorkspaceQuota(Org, "a", Limit("gpus", 6)));
        (await RefusedAsync(new SetWorkspaceQuota(Org, "b", Limit("gpus", 3)))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("quota.exhausted");
        await DoAsync(new SetOrganizationQuota(Org, new Dictionary<string, long> { ["gpus"] = 8 }, 1.5m));
        await DoAsync(new SetWorkspaceQuota(Org, "b", Limit("gpus", 3)));
        (await RefusedAsync(new SetOrganizationQuota(Org, new Dictionary<string, long> { ["gpus"] = 8 }))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("quota.belowSum");
        (await AskAsync(new ListQuotas(Org, new PageRequest()))).Items.Select(q => q.Resources["gpus"].Limit).ShouldBe([6, 3]);
    }

    [Fact]
    public async Task OrganizationQuota_HasOneVersion_ThatWorkspacesDrawsDoNotRaise()
    {
        await WorkspacesAsync("A");
        (await AskAsync(new GetOrganizationQuota(Org))).ShouldSatisfyAllConditions(q => q.Version.ShouldBe(0), q => q.Limits.ShouldBeEmpty());
        (await DoAsync(new SetOrganizationQuota(Org, new Dictionary<string, long> { ["gpus"] = 8 }, ExpectedVersion: 0))).Version.ShouldBe(1);
        await DoAsync(new SetWorkspaceQuota(Org, "a", Limit("gpus", 6)));
        (await DoAsync(new SetOrganizationQuota(Org, new Dictionary<string, long> { ["gpus"] = 9 }, ExpectedVersion: 1))).Version.ShouldBe(2);
        (await RefusedAsync(new SetOrganizationQuota(Org, new Dictionary<string, long> { ["gpus"] = 10 }, ExpectedVersion: 1))).Code.ShouldBe("version.stale");
        (await AskAsync(new GetOrganizationQuota(Org))).ShouldSatisfyAllConditions(q => q.Version.ShouldBe(2), q => q.Limits.ShouldHaveSingleItem().Limit.ShouldBe(9));
        var both = await Task.WhenAll(Enumerable.Range(11, 2).Select(n => World.Portal.SendAsync(Admin, new SetOrganizationQuota(Org, new Dictionary<string, long> { ["gpus"] = n }, ExpectedVersion: 2))));
        both.Count(r => r.Succeeded).ShouldBe(1);
    }

    [Fact]
    public async Task TwoRequestsForTheLastUnit_ExactlyOneWins()
    {
        await WorkspacesAsync("A", "B", "C");
        for (var round = 1; round <= 5; round++)
        {
            foreach (var name in new[] { "a", "b", "c" }) await DoAsync(new SetWorkspaceQuota(Org, name, Limit("gpus", null)));
            await DoAsync(new SetOrganizationQuota(Org, new Dictionary<string, long> { ["gpus"] = 1 }));
            var results = await Task.WhenAll(new[] { "a", "b", "c" }.Select(name => World.Portal.SendAsync(Admin, new SetWorkspaceQuota(Org, name, Limit("gpus", 1)))));
            results.Count(r => r.Succeeded).ShouldBe(1);
            results.Where(r => !r.Succeeded).ShouldAllBe(r => r.Problem!.Code == "input.invalid");
        }
    }
}
