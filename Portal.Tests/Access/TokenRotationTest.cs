using System.Net;
using System.Net.Http.Json;
using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access;

public sealed class TokenRotationTest(WebPortal portal) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Rotation_GivesANewSecret_AndTheOldOneWorksForTheOverlap()
    {
        var org = await portal.CreateOrganizationAsync("Rotate");
        var root = $"/api/v1/organizations/{org}";
        var made = await portal.PostAsync($"{root}/tokens", new { name = "ci", role = "auditor", expiresInDays = 10 });
        var id = made.Json.GetProperty("id").GetGuid();
        using var old = portal.Client(made.Json.GetProperty("token").GetString());
        (await portal.PostAsync($"{root}/tokens/{id}/rotate", new { overlapHours = 73 })).Json.GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe("token.overlap");
        var rotated = await portal.PostAsync($"{root}/tokens/{id}/rotate", new { overlapHours = 2 });
        rotated.Status.ShouldBe(HttpStatusCode.OK, rotated.Text);
        rotated.Json.GetProperty("id").GetGuid().ShouldBe(id);
        var secret = rotated.Json.GetProperty("token").GetString().ShouldNotBeNull();
        TokenText.IsWellFormed(secret).ShouldBeTrue();
        using var fresh = portal.Client(secret);
        (await portal.GetAsync($"{root}/people", fresh)).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.GetAsync($"{root}/people", old)).Status.ShouldBe(HttpStatusCode.OK);

        var past = DateTime.UtcNow.AddMinutes(-1);
        await portal.ShiftAsync(db => db.Set<ApiToken>().Where(t => t.Id == id).ExecuteUpdateAsync(u => u.SetProperty(t => t.PreviousUntilUtc, past)));
        await Task.Delay(3500, TestContext.Current.CancellationToken);
        (await portal.GetAsync($"{root}/people", old)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var last = (await portal.PostAsync($"{root}/tokens/{id}/rotate", new { overlapHours = 0 })).Json.GetProperty("token").GetString();
        (await portal.GetAsync($"{root}/people", fresh)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        using var newest = portal.Client(last);
        (await portal.GetAsync($"{root}/people", newest)).Status.ShouldBe(HttpStatusCode.OK);
        var log = await portal.GetAsync($"{root}/audit?q=action%3Atoken.rotate");
        log.Json.GetProperty("items").EnumerateArray().Count(e => e.GetProperty("status").GetString() == "success").ShouldBe(2);
        log.Text.ShouldNotContain(secret);
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{root}/tokens/{id}"))).Status.ShouldBe(HttpStatusCode.NoContent);
        (await portal.PostAsync($"{root}/tokens/{id}/rotate", new { overlapHours = 0 })).ShouldBeProblem(HttpStatusCode.Conflict, "token.ended");
    }

    [Fact]
    public async Task NarrowToken_CannotRotateAWiderOne()
    {
        var org = await portal.CreateOrganizationAsync("Rotate wide");
        var made = await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "wide", role = "orgAdmin", expiresInDays = 1 });
        using var narrow = await portal.ClientAsync(org, "orgAdmin", "tokens:*");
        (await portal.PostAsync($"/api/v1/organizations/{org}/tokens/{made.Json.GetProperty("id").GetGuid()}/rotate", new { }, narrow)).ShouldBeProblem(HttpStatusCode.Forbidden, "scope.beyondOwn");
    }

    [Fact]
    public async Task HandedOverToken_OutlivesItsOwner_WhereTheNewOneHoldsAsMuch()
    {
        var org = await portal.CreateOrganizationAsync("Hand over");
        var leaver = await TestPeople.AddAsync(portal, "orgAdmin", org);
        var colleague = await TestPeople.AddAsync(portal, "orgAdmin", org);
        var junior = await TestPeople.AddAsync(portal, "orgUser", org);
        var token = await portal.DoAsync(await portal.ActorAsync(leaver), new CreateToken(org, new TokenInput("theirs", "auditor")));
        var admin = await portal.ActorAsync(colleague);
        (await portal.RefusedAsync(admin, new HandOverToken(org, token.Row.Id, junior.UserName))).Code.ShouldBe("token.ownerLacks");
        (await portal.RefusedAsync(admin, new HandOverToken(org, token.Row.Id, "nobody@example.test"))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("owner.unknown");
        (await portal.RefusedAsync(await portal.ActorAsync(junior), new HandOverToken(org, token.Row.Id, junior.UserName))).Code.ShouldBe("access.denied");
        var answer = await portal.SendAsync(new HttpRequestMessage(HttpMethod.Put, $"/api/v1/organizations/{org}/tokens/{token.Row.Id}/owner") { Content = JsonContent.Create(new { owner = colleague.UserName }) });
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Json.GetProperty("ownerUserId").GetGuid().ShouldBe(colleague.UserId);

        var member = (await portal.GetAsync($"/api/v1/organizations/{org}/people?filter={leaver.UserName}")).Json.GetProperty("items")[0].GetProperty("id").GetGuid();
        await portal.DoAsync(admin, new RemoveMember(org, member));
        using var client = portal.Client(token.Token);
        (await portal.GetAsync($"/api/v1/organizations/{org}/people", client)).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.GetAsync($"/api/v1/organizations/{org}/audit?q=action%3Atoken.handOver")).Json.GetProperty("items").EnumerateArray().ShouldContain(e => e.GetProperty("status").GetString() == "success");
    }

    [Fact]
    public async Task ScopedToken_ReachesNothingThatItsScopesDoNotName()
    {
        var org = await portal.CreateOrganizationAsync("Narrow");
        using var ingest = await portal.ClientAsync(org, "orgAdmin", "audit:ingest");
        foreach (var path in new[] { $"/api/v1/organizations/{org}", "/api/v1/organizations", $"/api/v1/organizations/{org}/home", $"/api/v1/organizations/{org}/audit" })
            (await portal.GetAsync(path, ingest)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");
        using var reader = await portal.ClientAsync(org, "orgAdmin", "organizations:read");
        (await portal.GetAsync($"/api/v1/organizations/{org}", reader)).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "x", role = "auditor", scopes = new[] { "nowhere:read" } })).Json.GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe("token.scopeArea");
        KnownPermissions.All.ShouldContain(new Permission("auditSinks", "read"));
    }

    [Fact]
    public async Task OwnTokens_AreListedAndEnded_ByTheirOwner()
    {
        var org = await portal.CreateOrganizationAsync("Own tokens");
        var person = await TestPeople.AddAsync(portal, "orgAdmin", org);
        var actor = await portal.ActorAsync(person);
        var token = await portal.DoAsync(actor, new CreateToken(org, new TokenInput("mine", "auditor")));
        (await portal.Portal.AskAsync(actor, new ListOwnTokens())).Value.ShouldHaveSingleItem().OrganizationSlug.ShouldBe(org);
        var other = await portal.ActorAsync(await TestPeople.AddAsync(portal, "orgAdmin", org));
        (await portal.RefusedAsync(other, new RevokeOwnToken(token.Row.Id))).Code.ShouldBe("token.notFound");
        await portal.DoAsync(actor, new RevokeOwnToken(token.Row.Id));
        (await portal.Services.GetRequiredService<TokenDirectory>().FindAsync(token.Token, CancellationToken.None)).ShouldBeNull();
    }
}
