using System.Net;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Scim;

public sealed class ScimGroupsTest(WebPortal portal) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task TwentyPatchesAtOnce_LoseNoMember()
    {
        var world = await ScimWorld.CreateAsync(portal);
        var users = new List<string>();
        foreach (var i in Enumerable.Range(0, 40)) users.Add(await world.AddUserAsync($"m{i}@example.test"));
        var group = await world.AddGroupAsync("Everybody", [.. users.Take(20)]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => world.PatchAsync($"/Groups/{group}",
            new { op = "Add", path = "members", value = new[] { new { value = users[20 + i] } } }, new { op = "Remove", path = $"members[value eq \"{users[i]}\"]" })));
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.NoContent);
        (await world.MembersAsync(group)).ShouldBe(users.Skip(20), ignoreOrder: true);
    }

    [Fact]
    public async Task RemovingByValue_NeverEmptiesTheGroup()
    {
        var world = await ScimWorld.CreateAsync(portal);
        var (one, two, three) = (await world.AddUserAsync("one@example.test"), await world.AddUserAsync("two@example.test"), await world.AddUserAsync("three@example.test"));
        var group = await world.AddGroupAsync("Three", one, two, three);
        (await world.PatchAsync($"/Groups/{group}", new { op = "Remove", path = "members", value = new[] { new { value = one } } })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await world.MembersAsync(group)).ShouldBe([two, three], ignoreOrder: true);
        (await world.PatchAsync($"/Groups/{group}", new { op = "Remove", path = "members", value = Array.Empty<object>() })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await world.MembersAsync(group)).Count.ShouldBe(2);
        (await world.SendAsync("PUT", $"/Groups/{group}", new { displayName = "Renamed" })).Json.GetProperty("members").GetArrayLength().ShouldBe(2);
        (await world.PatchAsync($"/Groups/{group}", new { op = "add", path = "members", value = new[] { new { value = group, type = "Group" } } })).Json.GetProperty("scimType").GetString().ShouldBe("invalidValue");
        (await world.PatchAsync($"/Groups/{group}", new { op = "replace", value = new { members = new[] { new { value = three } } } })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await world.MembersAsync(group)).ShouldBe([three]);
        (await world.FindAsync("Groups", $"id eq \"{group}\" and members eq \"{three}\"")).GetProperty("totalResults").GetInt32().ShouldBe(1);
        (await world.GetAsync($"/Users/{three}")).GetProperty("groups")[0].GetProperty("value").GetString().ShouldBe(group);
        (await world.PatchAsync($"/Groups/{group}", new { op = "remove", path = "members" })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await world.MembersAsync(group)).ShouldBeEmpty();
    }

    [Fact]
    public async Task GroupThatCarriesTheLastAdministrator_KeepsThem()
    {
        var world = await ScimWorld.CreateAsync(portal);
        var boss = await world.AddUserAsync("boss@example.test");
        var group = await world.AddGroupAsync("Administrators", boss);
        var bound = await portal.SendAsync(new HttpRequestMessage(HttpMethod.Put, $"/api/v1/organizations/{world.Organization}/groups/{group}/role") { Content = System.Net.Http.Json.JsonContent.Create(new { role = "orgAdmin" }) });
        bound.Status.ShouldBe(HttpStatusCode.OK, bound.Text);
        foreach (var answer in new[]
        {
            await world.PatchAsync($"/Groups/{group}", new { op = "remove", path = "members", value = new[] { new { value = boss } } }),
            await world.SendAsync("DELETE", $"/Groups/{group}"),
            await world.SendAsync("DELETE", $"/Users/{boss}"),
            await world.PatchAsync($"/Users/{boss}", new { op = "replace", path = "active", value = "False" }),
        })
        {
            answer.Status.ShouldBe(HttpStatusCode.Conflict, answer.Text);
            answer.Json.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("last administrator");
        }

        await world.PatchAsync($"/Groups/{group}", new { op = "add", path = "members", value = new[] { new { value = await world.AddUserAsync("second@example.test") } } });
        (await world.SendAsync("DELETE", $"/Users/{boss}")).Status.ShouldBe(HttpStatusCode.NoContent);
    }
}
