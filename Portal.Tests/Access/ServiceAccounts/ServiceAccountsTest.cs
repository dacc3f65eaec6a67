using System.Net;
using System.Net.Http.Json;
using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.ServiceAccounts;

public sealed class ServiceAccountsTest(WebPortal portal) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Account_ActsWithItsRole_ByItsTokens()
    {
        var org = await portal.CreateOrganizationAsync("Accounts");
        var owner = await TestPeople.AddAsync(portal, "orgAdmin", org);
        var root = $"/api/v1/organizations/{org}";
        (await portal.PostAsync($"{root}/service-accounts", new { name = "import", role = "financeViewer" })).Json.GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe("owner.unknown", "the operator's token belongs to nobody");
        var made = await portal.PostAsync($"{root}/service-accounts", new { name = "import", role = "financeViewer", description = "Nightly bill", owner = owner.UserName });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        var id = made.Json.GetProperty("id").GetString().ShouldNotBeNull();
        (await portal.PostAsync($"{root}/service-accounts", new { name = "import", role = "financeViewer", owner = owner.UserName })).ShouldBeProblem(HttpStatusCode.Conflict, "serviceAccount.nameTaken");
        (await portal.PostAsync($"{root}/tokens", new { name = "t", role = "orgAdmin", serviceAccount = id })).Json.GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe("token.roleOfAccount");
        var token = await portal.PostAsync($"{root}/tokens", new { name = "t", serviceAccount = id, expiresInDays = 1 });
        token.Status.ShouldBe(HttpStatusCode.Created, token.Text);
        using var client = portal.Client(token.Json.GetProperty("token").GetString());
        (await portal.GetAsync($"{root}/budgets", client)).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.GetAsync($"{root}/people", client)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");

        // Its role changes: the same token can do more, at once. Every act is in the log as the account's.
        (await PatchAsync($"{root}/service-accounts/{id}", new { role = "orgAdmin" })).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.GetAsync($"{root}/people", client)).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.PostAsync($"{root}/business-units", new { name = "Made by a program" }, client)).Status.ShouldBe(HttpStatusCode.Created);
        (await portal.GetAsync($"{root}/audit?q=action%3AbusinessUnit.create")).Text.ShouldContain("serviceAccount");

        (await PatchAsync($"{root}/service-accounts/{id}", new { isActive = false })).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.GetAsync($"{root}/budgets", client)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await PatchAsync($"{root}/service-accounts/{id}", new { isActive = true })).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.GetAsync($"{root}/budgets", client)).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{root}/service-accounts/{id}"))).Status.ShouldBe(HttpStatusCode.NoContent);
        (await portal.GetAsync($"{root}/budgets", client)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var log = await portal.GetAsync($"{root}/audit?q=kind%3AserviceAccount");
        log.Text.ShouldContain("serviceAccount.create");
        log.Text.ShouldContain("serviceAccount.delete");
    }

    [Fact]
    public async Task Nobody_GivesOrTakesOverWhatTheyLack()
    {
        var org = await portal.CreateOrganizationAsync("Lacking");
        var foreign = await portal.CreateOrganizationAsync("Foreign accounts");
        var admin = await portal.ActorAsync(await TestPeople.AddAsync(portal, "orgAdmin", org));
        var account = await portal.DoAsync(admin, new CreateServiceAccount(org, "deploy", "orgAdmin"));
        // A token that may write tokens, but no more than that.
        using var narrow = await portal.ClientAsync(org, "orgAdmin", "tokens:*");
        (await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "t", serviceAccount = account.Id, expiresInDays = 1 }, narrow)).ShouldBeProblem(HttpStatusCode.Forbidden, "scope.beyondOwn");
        (await portal.PostAsync($"/api/v1/organizations/{org}/service-accounts", new { name = "more", role = "orgAdmin", owner = admin.Name }, narrow)).ShouldBeProblem(HttpStatusCode.Forbidden, "scope.beyondOwn");
        using var reader = await portal.ClientAsync(org, "auditor");
        (await portal.GetAsync($"/api/v1/organizations/{org}/service-accounts", reader)).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.PostAsync($"/api/v1/organizations/{org}/service-accounts", new { name = "x", role = "auditor" }, reader)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");
        (await portal.RefusedAsync(admin, new CreateServiceAccount(foreign, "x", "orgUser"))).ShouldBe(Problem.NotFound("organization"));
        (await portal.RefusedAsync(admin, new CreateServiceAccount(org, "y", "serviceAdmin"))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("role.unknown");
        (await portal.RefusedAsync(admin, new ChangeServiceAccount(org, account.Id, "z", ExpectedVersion: 9))).Code.ShouldBe("version.stale");
    }

    [Fact]
    public async Task OwnerWhoLeaves_StopsIt_UntilSomebodyTakesItOver()
    {
        var world = await Portal.Scim.ScimWorld.CreateAsync(portal);
        var org = world.Organization;
        var owner = await TestPeople.AddAsync(portal, "orgAdmin", org);
        var successor = await TestPeople.AddAsync(portal, "orgAdmin", org);
        var actor = await portal.ActorAsync(owner);
        var account = await portal.DoAsync(actor, new CreateServiceAccount(org, "deploy", "auditor"));
        var token = await portal.DoAsync(actor, new CreateToken(org, new TokenInput("t", null, ServiceAccount: account.Id)));
        using var client = portal.Client(token.Token);
        (await portal.GetAsync($"/api/v1/organizations/{org}/workspaces", client)).Status.ShouldBe(HttpStatusCode.OK);
        var id = await world.AddUserAsync(owner.UserName);
        (await world.PatchAsync($"/Users/{id}", new { op = "replace", path = "active", value = false })).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.GetAsync($"/api/v1/organizations/{org}/workspaces", client)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var receipt = await portal.GetAsync($"/api/v1/organizations/{org}/audit?q=action%3Aperson.offboard");
        receipt.Text.ShouldContain("serviceAccounts");

        var next = await portal.ActorAsync(successor);
        await portal.DoAsync(next, new ChangeServiceAccount(org, account.Id, Owner: successor.UserName, IsActive: true));
        (await portal.GetAsync($"/api/v1/organizations/{org}/workspaces", client)).Status.ShouldBe(HttpStatusCode.OK);
    }

    private Task<Answer> PatchAsync(string address, object body) => portal.SendAsync(new HttpRequestMessage(HttpMethod.Patch, address) { Content = JsonContent.Create(body) });
}
