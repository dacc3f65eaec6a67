using System.Net.Http.Json;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>Live changes: every topic × every role × own and foreign organization, and that nothing of one organization is told in another.</summary>
[Collection(nameof(IsolationWorld))]
public sealed class LiveIsolationTest(IsolationWorld world)
{
    [Fact]
    public async Task EveryTopic_FollowsTheTableOfRoles_AndAForeignOrganizationIsMissing()
    {
        foreach (var role in EstateBuilder.Roles)
        {
            await using var hub = await HubClient.ConnectAsync(world.Portal, world.A.Clients[role]);
            foreach (var topic in LiveTopic.All)
            {
                var allowed = BuiltInRoles.Find(role).ShouldNotBeNull().Allows(new Permission(topic, "read"));
                var own = await hub.WatchAsync(world.A.Id, topic);
                if (allowed) own.ShouldBeEmpty($"{role} watches {topic}");
                else own.ShouldContain($"needs the permission {topic}:read");
                var missing = await hub.WatchAsync("no-such-organization", topic);
                missing.ShouldContain("organization.notFound");
                (await hub.WatchAsync(world.B.Id, topic)).ShouldBe(missing);
                (await hub.WatchAsync(world.B.Slug.ToUpperInvariant(), topic)).ShouldBe(missing);
            }
        }
    }

    [Fact]
    public async Task Changes_OfTwoOrganizationsAtOnce_ReachTheirOwnWatchersAlone()
    {
        var random = new Random(20260101);
        await using var a = await HubClient.ConnectAsync(world.Portal, world.A.Clients["orgAdmin"]);
        await using var b = await HubClient.ConnectAsync(world.Portal, world.B.Clients["orgAdmin"]);
        (await a.WatchAsync(world.A.Id, [.. LiveTopic.All])).ShouldBeEmpty();
        (await b.WatchAsync(world.B.Id, [.. LiveTopic.All])).ShouldBeEmpty();
        for (var round = 0; round < 15; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ChangeAsync(random.Next(2) == 0 ? world.A : world.B, random.Next(4), random.Next())));
        }

        await Task.Delay(LiveUpdates.MinInterval * 4, TestContext.Current.CancellationToken);
        a.Changes.Count.ShouldBeGreaterThan(10);
        b.Changes.Count.ShouldBeGreaterThan(10);
        world.B.Betrayed(a.Told, "", world.A).ShouldBeNull();
        world.A.Betrayed(b.Told, "", world.B).ShouldBeNull();
        // A number that grows with everybody's entries would tell how much the others do.
        a.Changes.Concat(b.Changes).Where(c => c.GetProperty("topic").GetString() == LiveTopic.Audit).ShouldAllBe(c => c.GetProperty("version").GetInt64() == 0);
    }

    private async Task ChangeAsync(Estate estate, int what, int number)
    {
        var at = $"/api/v1/organizations/{estate.Id}";
        var request = what switch
        {
            0 => Post($"{at}/business-units", new { name = estate.Name($"live {number}") }),
            1 => Post($"{at}/workspaces/{estate.Places["workspaces/{workspace}"]}/projects", new { name = estate.Name($"live {number}") }),
            2 => Post($"{at}/saved-views", new { page = "workspaces", name = estate.Name($"live {number}"), queryString = "", isShared = true }),
            _ => Post($"{at}/quotas/readings", new { source = estate.Name("live"), readings = new[] { new { workspace = estate.Places["workspaces/{workspace}"], resource = "cpuMillicores", used = number % 1000 } } }),
        };
        var answer = await world.Portal.SendAsync(request, estate.Clients["orgAdmin"]);
        ((int)answer.Status).ShouldBeInRange(200, 299, answer.Text);
        estate.Note(answer.Text);
    }

    private static HttpRequestMessage Post(string path, object body) => new(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
}
