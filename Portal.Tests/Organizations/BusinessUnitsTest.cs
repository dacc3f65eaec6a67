using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Organizations;

public sealed class BusinessUnitsTest(TestServer server) : OrganizationWorld(server)
{
    private static readonly DateOnly March = new(2026, 3, 1);

    [Fact]
    public async Task Tree_ShowsDepthInheritedCostCentersAndCounts()
    {
        var finance = await UnitAsync("Finance", costCenter: "CC-1");
        await UnitAsync("Trading", "finance");
        await WorkspaceAsync("Desk", "trading");

        var rows = (await AskAsync(new ListBusinessUnits(Org, new PageRequest()))).Items;
        rows.Select(r => r.Name).ShouldBe(["Finance", "Trading"]);
        rows[0].Children.ShouldBe(1);
        rows[1].ShouldSatisfyAllConditions(r => r.Depth.ShouldBe(2), r => r.CostCenter.ShouldBeNull(), r => r.EffectiveCostCenter.ShouldBe("CC-1"), r => r.Workspaces.ShouldBe(1), r => r.ParentId.ShouldBe(finance.Id));
        var entry = await AuditOfAsync("businessUnit.create");
        entry.NewValue.ShouldNotBeNull().ShouldContain("\"name\":\"Trading\"");
        entry.OldValue.ShouldBeNull();
        (await AskAsync(new ListBusinessUnits(Org, new PageRequest(1)))).NextCursor.ShouldNotBeNull();
    }

    [Fact]
    public async Task Move_HoldsFromItsDayOn_AndThePastStays()
    {
        await UnitAsync("Finance", costCenter: "CC-1");
        await UnitAsync("Retail", costCenter: "CC-2");
        var team = await UnitAsync("Team", "finance");

        await DoAsync(new ChangeBusinessUnit(Org, team.Slug, Parent: "retail", EffectiveFrom: March, ExpectedVersion: 1));

        (await AskAsync(new GetBusinessUnit(Org, "team", March.AddDays(-1)))).ShouldSatisfyAllConditions(u => u.ParentSlug.ShouldBe("finance"), u => u.EffectiveCostCenter.ShouldBe("CC-1"));
        (await AskAsync(new GetBusinessUnit(Org, "team", March))).ShouldSatisfyAllConditions(u => u.ParentSlug.ShouldBe("retail"), u => u.EffectiveCostCenter.ShouldBe("CC-2"), u => u.Version.ShouldBe(2));
        (await AskAsync(new GetBusinessUnit(Org, team.Id.ToString()))).ParentSlug.ShouldBe("retail");
        (await RefusedAsync(new ChangeBusinessUnit(Org, "team", Parent: "", ExpectedVersion: 1))).Code.ShouldBe("version.stale");
    }

    [Fact]
    public async Task CyclesAndTooDeepTrees_AreRefused_OnAnyDate()
    {
        await UnitAsync("U1");
        for (var i = 2; i <= BusinessUnitTree.MaxDepth; i++) await UnitAsync($"U{i}", $"u{i - 1}");
        (await RefusedAsync(new CreateBusinessUnit(Org, "Deeper", Parent: "u10"))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("businessUnit.tooDeep");
        (await RefusedAsync(new ChangeBusinessUnit(Org, "u1", Parent: "u3", EffectiveFrom: March))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("businessUnit.cycle");
        (await RefusedAsync(new ChangeBusinessUnit(Org, "u1", Parent: "u1"))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("businessUnit.cycle");
    }

    [Fact]
    public async Task ArchivingAndPuttingAWorkspaceIn_AtTheSameMoment_LeaveNoWorkspaceInAnArchivedUnit()
    {
        for (var round = 0; round < 12; round++)
        {
            var unit = (await UnitAsync($"Round {round}")).Slug;
            var home = await WorkspaceAsync($"Mover {round}", (await UnitAsync($"Home {round}")).Slug);
            var archive = World.Portal.SendAsync(Admin, new ArchiveBusinessUnit(Org, unit));
            var create = World.Portal.SendAsync(Admin, new CreateWorkspace(Org, new WorkspaceInput($"New {round}", unit, "production")));
            var move = World.Portal.SendAsync(Admin, new ChangeWorkspace(Org, home.Slug, new WorkspaceInput(BusinessUnit: unit)));
            var (archived, created, moved) = (await archive, await create, await move);
            if (archived.Succeeded)
            {
                created.Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Code.ShouldBe("businessUnit.archived");
                moved.Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Code.ShouldBe("businessUnit.archived");
            }
            else
            {
                archived.Problem.Code.ShouldBe("businessUnit.hasWorkspaces");
            }
        }
    }

    [Fact]
    public async Task TwoMovesThatTogetherMakeACycle_DoNotBothSucceed()
    {
        await UnitAsync("A");
        await UnitAsync("B");
        var both = await Task.WhenAll(
            World.Portal.SendAsync(Admin, new ChangeBusinessUnit(Org, "a", Parent: "b")), World.Portal.SendAsync(Admin, new ChangeBusinessUnit(Org, "b", Parent: "a")));
        both.Count(r => r.Succeeded).ShouldBe(1);
    }

    [Fact]
    public async Task Archive_WaitsForChildrenAndWorkspaces()
    {
        await UnitAsync("Finance");
        await UnitAsync("Trading", "finance");
        await WorkspaceAsync("Desk", "trading");
        (await RefusedAsync(new ArchiveBusinessUnit(Org, "finance"))).Code.ShouldBe("businessUnit.hasChildren");
        (await RefusedAsync(new ArchiveBusinessUnit(Org, "trading"))).Code.ShouldBe("businessUnit.hasWorkspaces");
        await DoAsync(new Workspaces.ArchiveWorkspace(Org, "desk"));
        (await DoAsync(new ArchiveBusinessUnit(Org, "trading"))).IsArchived.ShouldBeTrue();
        (await AuditOfAsync("businessUnit.archive")).NewValue.ShouldBe("""{"isArchived":true}""");
    }

    [Fact]
    public async Task RolesStrangersAndBadInput_AreRefused()
    {
        await UnitAsync("Finance");
        await GuardedAsync(new CreateBusinessUnit(Org, "X"));
        await GuardedAsync(new ChangeBusinessUnit(Org, "finance", "X"));
        await GuardedAsync(new ArchiveBusinessUnit(Org, "finance"));
        (await RefusedAsync(new CreateBusinessUnit(Org, " ", Parent: "nowhere"))).Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(["name", "parent"]);
        (await RefusedAsync(new ChangeBusinessUnit(Org, "nowhere", "X"))).Kind.ShouldBe(ProblemKind.NotFound);
    }
}
