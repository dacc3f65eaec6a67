using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Roles;

/// <summary>What the gateway and pages know of an organization's rules: looked up once, until its own rules change, here or on another replica.</summary>
public sealed class AccessRuleDirectoryTest(TestServer server) : OrganizationWorld(server)
{
    [Fact]
    public async Task Rules_AreLookedUpOnce_UntilTheOrganizationsOwnChange()
    {
        var live = World.Services.GetRequiredService<LiveUpdates>();
        await using var directory = new AccessRuleDirectory(World.Database, live, new StoppedClock());
        var first = await FindAsync(directory);
        (await FindAsync(directory)).ShouldBeSameAs(first);
        (await directory.StandAsync(Admin, Organization.Id, CancellationToken.None)).Rules.ShouldBeSameAs(first);

        var other = Stranger.Grants[0].OrganizationId.ShouldNotBeNull();
        (await World.Portal.SendAsync(Stranger, new CreateAccessRule(other.ToString(), new AccessRuleInput("Theirs", "deny", "budgets:write")))).Problem.ShouldBeNull();
        (await FindAsync(directory)).ShouldBeSameAs(first, "another organization's rules are not its own");
        await DoAsync(new CreateAccessRule(Org, new AccessRuleInput("Freeze", "deny", "budgets:write")));
        var changed = await FindAsync(directory);
        changed.All.ShouldHaveSingleItem().Name.ShouldBe("Freeze");
        live.Deliver([new LiveChange(Organization.Id, LiveTopic.Roles, Ids.New().ToString(), 2, TimeProvider.System.GetUtcNow().UtcDateTime)]);
        (await FindAsync(directory)).ShouldNotBeSameAs(changed, "another replica's change counts at once, too");
        (await directory.StandAsync(Admin, Guid.Empty, CancellationToken.None)).Rules.ShouldBeNull("the platform has none");
    }

    private ValueTask<RuleSet> FindAsync(AccessRuleDirectory directory) => directory.FindAsync(Organization.Id, CancellationToken.None);

    /// <summary>No moment passes, so that nothing is forgotten by age.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}
