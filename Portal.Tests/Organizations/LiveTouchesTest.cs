using System.Collections.Concurrent;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Hexabase.Portal.Workspaces.Quotas;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Organizations;

public sealed class LiveTouchesTest(TestServer server) : OrganizationWorld(server)
{
    [Fact]
    public async Task EveryKindOfChange_TellsItsTopic_WithTheVersionThatIsRead()
    {
        var heard = new ConcurrentDictionary<(string Topic, string Id), long>();
        await using var watch = World.Portal.Watch(Admin, Organization.Id, LiveTopic.All.Except([LiveTopic.Audit]).ToList(), changes =>
        {
            foreach (var change in changes) heard[(change.Topic, change.Id)] = change.Version;
            return Task.CompletedTask;
        });

        var unit = await UnitAsync("Finance");
        var workspace = await WorkspaceAsync("Desk", "finance");
        workspace = await DoAsync(new ChangeWorkspace(Org, "desk", new WorkspaceInput("Desk 2")));
        var quota = await DoAsync(new SetWorkspaceQuota(Org, "desk", new Dictionary<string, long?> { ["pods"] = 5 }));
        var budget = await DoAsync(new CreateBudget(Org, new BudgetInput("B", new BudgetScopeInput(Workspace: "desk"), new BudgetLimitsInput(Monthly: new Money(Amount.FromInteger(5), "USD")))));
        var organization = await DoAsync(new ChangeOrganization(Org, new OrganizationInput("New name", null, null, null, null)));

        var expected = new Dictionary<(string, string), long>
        {
            [(LiveTopic.BusinessUnits, unit.Id.ToString())] = (await AskAsync(new GetBusinessUnit(Org, "finance"))).Version,
            [(LiveTopic.Workspaces, workspace.Id.ToString())] = (await AskAsync(new GetWorkspace(Org, "desk"))).Version,
            [(LiveTopic.Quotas, workspace.Id.ToString())] = (await AskAsync(new GetWorkspaceQuota(Org, "desk"))).Version,
            [(LiveTopic.Budgets, budget.Id.ToString())] = (await AskAsync(new GetBudget(Org, "b"))).Version,
            [(LiveTopic.Organizations, organization.Id.ToString())] = (await AskAsync(new GetOrganization(Org))).Version,
        };
        quota.Version.ShouldBe(1);
        for (var i = 0; i < 50 && !expected.All(e => heard.GetValueOrDefault(e.Key) == e.Value); i++) await Task.Delay(50, TestContext.Current.CancellationToken);
        heard.ToDictionary().ShouldBe(expected, ignoreOrder: true);
    }
}
