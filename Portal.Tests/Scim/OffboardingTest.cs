using System.Net;
using System.Net.Http.Json;
using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Scim;

public sealed class OffboardingTest(WebPortal portal) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task AdoptedPersonWhoIsDeactivated_LosesSessionsTokensAndInvitations_AndLeavesAReceipt()
    {
        var world = await ScimWorld.CreateAsync(portal);
        var person = await TestPeople.AddAsync(portal, "orgAdmin", world.Organization);
        var tenant = (await portal.Services.GetRequiredService<OrganizationDirectory>().FindAsync(world.Organization, CancellationToken.None)).ShouldNotBeNull();
        var actor = new Actor { Kind = ActorKind.Person, Id = person.UserId, Name = person.UserName, Grants = [new Grant("orgAdmin", GrantScope.Organization, tenant.Id)] };
        var token = (await portal.Portal.SendAsync(actor, new CreateToken(world.Organization, new TokenInput("theirs", "orgAdmin")))).Value.Token;
        (await portal.Portal.SendAsync(actor, new InviteMember(world.Organization, "later@example.test", "orgUser"))).Succeeded.ShouldBeTrue();
        (await world.FindAsync("Users", $"userName eq \"{person.UserName}\"")).GetProperty("totalResults").GetInt32().ShouldBe(0);
        var id = await world.AddUserAsync(person.UserName);

        // The only administrator stays.
        var last = await world.PatchAsync($"/Users/{id}", new { op = "replace", path = "active", value = false });
        last.Status.ShouldBe(HttpStatusCode.Conflict, last.Text);
        await TestPeople.AddAsync(portal, "orgAdmin", world.Organization);
        (await world.PatchAsync($"/Users/{id}", new { op = "Replace", path = "active", value = "False" })).Status.ShouldBe(HttpStatusCode.OK);

        using var theirs = portal.Client(token);
        (await portal.GetAsync($"/api/v1/organizations/{world.Organization}", theirs)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await portal.Services.GetRequiredService<SessionDirectory>().FindAsync(person.SessionId, CancellationToken.None)).ShouldBeNull();
        (await portal.GetAsync($"/api/v1/organizations/{world.Organization}/invitations")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
        await using var open = await portal.Services.GetRequiredService<PortalDatabase>().OpenAsync(DataScope.Of(tenant.Id), forWriting: false, CancellationToken.None);
        var receipt = await open.Db.Set<Audit.AuditEntry>().SingleAsync(e => e.Action == "person.offboard", TestContext.Current.CancellationToken);
        receipt.NewValue.ShouldNotBeNull().ShouldContain("\"sessions\":1");
        receipt.NewValue.ShouldContain("\"tokens\":1");
        receipt.NewValue.ShouldContain("\"invitations\":1");
    }

    [Fact]
    public async Task MassDeactivation_IsHeldAndDecidedByAPerson()
    {
        var world = await ScimWorld.CreateAsync(portal);
        foreach (var i in Enumerable.Range(0, 30)) await world.AddUserAsync($"inactive{i}@example.test", active: false);
        var ids = new List<string>();
        foreach (var i in Enumerable.Range(0, 13)) ids.Add(await world.AddUserAsync($"p{i}@example.test"));
        foreach (var id in ids.Take(10)) (await world.SendAsync("DELETE", $"/Users/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        var held = await world.PatchAsync($"/Users/{ids[10]}", new { op = "replace", path = "active", value = false });
        held.Status.ShouldBe(HttpStatusCode.Conflict, held.Text);
        held.Json.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("approval");
        (await world.SendAsync("DELETE", $"/Users/{ids[11]}")).Status.ShouldBe(HttpStatusCode.Conflict);
        await world.PatchAsync($"/Users/{ids[10]}", new { op = "replace", path = "active", value = false });
        await world.AddUserAsync("new-inactive@example.test", active: false);

        var provisioning = $"/api/v1/organizations/{world.Organization}/provisioning";
        var waiting = (await portal.GetAsync($"{provisioning}/held-changes")).Json.GetProperty("items").EnumerateArray().ToList();
        waiting.Count.ShouldBe(2);
        (await portal.PostAsync($"{provisioning}/held-changes/{waiting[1].GetProperty("id")}/approve", new { })).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.PostAsync($"{provisioning}/held-changes/{waiting[0].GetProperty("id")}/reject", new { })).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.PostAsync($"{provisioning}/held-changes/{waiting[0].GetProperty("id")}/approve", new { })).Status.ShouldBe(HttpStatusCode.Conflict);
        (await world.GetAsync($"/Users/{ids[10]}")).GetProperty("active").GetBoolean().ShouldBeFalse();
        (await world.GetAsync($"/Users/{ids[11]}")).GetProperty("active").GetBoolean().ShouldBeTrue();
        (await world.SendAsync("DELETE", $"/Users/{ids[11]}")).Json.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("rejected");
    }

    [Fact]
    public async Task TwentyWhoLeaveAtOnce_AreCountedExactly_AndThoseWhoAreHeldKeepEverything()
    {
        var world = await ScimWorld.CreateAsync(portal);
        var ids = new List<string>();
        foreach (var i in Enumerable.Range(0, 20)) ids.Add(await world.AddUserAsync($"many{i}@example.test"));
        var group = await world.AddGroupAsync("Everybody", [.. ids]);
        var answers = await Task.WhenAll(ids.Select(async (id, i) => (Id: id, Answer: i % 2 == 0 ? await world.SendAsync("DELETE", $"/Users/{id}") : await world.PatchAsync($"/Users/{id}", new { op = "replace", path = "active", value = false }))));
        var held = answers.Where(a => a.Answer.Status == HttpStatusCode.Conflict).ToList();
        held.Count.ShouldBe(10, string.Join('\n', answers.Select(a => $"{a.Answer.Status} {a.Answer.Text}")));
        held.ShouldAllBe(a => a.Answer.Text.Contains("approval", StringComparison.Ordinal));
        answers.Except(held).ShouldAllBe(a => a.Answer.Status == HttpStatusCode.OK || a.Answer.Status == HttpStatusCode.NoContent);

        var tenant = (await portal.Services.GetRequiredService<OrganizationDirectory>().FindAsync(world.Organization, CancellationToken.None)).ShouldNotBeNull();
        await using var open = await portal.Services.GetRequiredService<PortalDatabase>().OpenAsync(DataScope.Of(tenant.Id), forWriting: false, CancellationToken.None);
        var receipts = await open.Db.Set<Audit.AuditEntry>().Where(e => e.Action == "person.offboard").Select(e => e.ResourceId).ToListAsync(TestContext.Current.CancellationToken);
        receipts.ShouldBe(answers.Except(held).Select(a => a.Id), ignoreOrder: true, "each departure left its receipt, and nothing else did");
        (await open.Db.Set<ScimDeparture>().CountAsync(TestContext.Current.CancellationToken)).ShouldBe(10);
        (await open.Db.Set<HeldChange>().CountAsync(h => h.State == HeldChangeState.Pending, TestContext.Current.CancellationToken)).ShouldBe(10);
        foreach (var (id, _) in held) (await world.GetAsync($"/Users/{id}")).GetProperty("active").GetBoolean().ShouldBeTrue();
        var members = await world.MembersAsync(group);
        held.ShouldAllBe(h => members.Contains(h.Id));
    }

    [Fact]
    public async Task TwoLastAdministratorsWhoLeaveAtOnce_LeaveOneBehind()
    {
        var world = await ScimWorld.CreateAsync(portal);
        var admins = new List<string>();
        foreach (var _ in Enumerable.Range(0, 2)) admins.Add(await world.AddUserAsync((await TestPeople.AddAsync(portal, "orgAdmin", world.Organization)).UserName));
        var answers = await Task.WhenAll(admins.Select(id => world.PatchAsync($"/Users/{id}", new { op = "replace", path = "active", value = false })));
        answers.Select(a => a.Status).ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict], ignoreOrder: true);
        var active = await Task.WhenAll(admins.Select(async id => (await world.GetAsync($"/Users/{id}")).GetProperty("active").GetBoolean()));
        active.Count(a => a).ShouldBe(1);
    }

    [Fact]
    public async Task LoggedRequest_IsRedactedAndReplaysWithoutEffect()
    {
        var world = await ScimWorld.CreateAsync(portal);
        var id = await world.AddUserAsync("log@example.test");
        await world.PatchAsync($"/Users/{id}", new { op = "replace", value = new { title = "Boss", password = "very-secret", phoneNumbers = new[] { new { value = "+81-3-0000", type = "work" } } } });
        await world.PatchAsync($"/Users/{id}", new { op = "replace", path = "title", value = "Clerk" });
        var log = await portal.GetAsync($"/api/v1/organizations/{world.Organization}/provisioning/requests");
        log.Text.ShouldNotContain("very-secret");
        log.Text.ShouldNotContain("+81-3");
        var entry = log.Json.GetProperty("items").EnumerateArray().First(r => r.GetProperty("body").GetString()?.Contains("Boss", StringComparison.Ordinal) == true);
        var replay = await portal.PostAsync($"/api/v1/organizations/{world.Organization}/provisioning/requests/{entry.GetProperty("id")}/replay", new { });
        replay.Status.ShouldBe(HttpStatusCode.OK, replay.Text);
        replay.Json.GetProperty("status").GetInt32().ShouldBe(200);
        replay.Json.GetProperty("changes")[0].GetProperty("newValue").GetString().ShouldNotBeNull().ShouldContain("Boss");
        (await world.GetAsync($"/Users/{id}")).GetProperty("title").GetString().ShouldBe("Clerk");
    }
}
