using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces.Quotas;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Home;

public sealed class GetHomeTest(TestServer server) : OrganizationWorld(server)
{
    [Fact]
    public async Task Onboarding_FollowsTheData()
    {
        (await AskAsync(new GetHome(Org))).Onboarding.ShouldAllBe(s => !s.IsDone);
        await UnitAsync("Finance");
        await WorkspaceAsync("Desk", "finance");
        await DoAsync(new CreateBudget(Org, new BudgetInput("B", new BudgetScopeInput(Organization: Org), new BudgetLimitsInput(Monthly: new Money(Amount.FromInteger(5), "USD")))));
        (await AskAsync(new GetHome(Org))).Onboarding.Where(s => s.IsDone).Select(s => s.Step).ShouldBe(["businessUnit", "workspace", "budget"]);
    }

    [Fact]
    public async Task WorkspaceWithoutQuota_WaitsUntilItHasOne()
    {
        await UnitAsync("Finance");
        await WorkspaceAsync("Desk", "finance");
        (await AskAsync(new GetHome(Org))).Items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(i => i.Kind.ShouldBe("workspaceWithoutQuota"), i => i.Route.ShouldBe($"/o/{Org}/workspaces/desk"));
        await DoAsync(new SetWorkspaceQuota(Org, "desk", new Dictionary<string, long?> { ["pods"] = 5 }));
        (await AskAsync(new GetHome(Org))).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Roles_SeeTheirOwnPart()
    {
        (await World.Portal.AskAsync(User, new GetHome(Org))).Value.Onboarding.Select(s => s.Step).ShouldBe(["businessUnit", "workspace"]);
        (await World.Portal.AskAsync(Stranger, new GetHome(Org))).Problem.ShouldBe(Problem.NotFound("organization"));
    }
}
