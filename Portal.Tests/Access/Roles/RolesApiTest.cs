using System.Net;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Roles;

public sealed class RolesApiTest(WebPortal portal) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task RolesBindingsAndRules_ReadAsTheyWereSent()
    {
        var org = await portal.CreateOrganizationAsync("Roles");
        var sato = await TestPeople.AddAsync(portal, "orgUser", org, "Sato");
        var path = $"/api/v1/organizations/{org}";
        var role = await portal.PostAsync($"{path}/roles", new { name = "Cost reader", permissions = new[] { "costs:read" } });
        role.Status.ShouldBe(HttpStatusCode.Created, role.Text);
        role.Headers["Location"].ShouldBe($"{path}/roles/cost-reader");
        (await portal.GetAsync($"{path}/roles")).Json.GetProperty("items").GetArrayLength().ShouldBe(14);
        (await portal.GetAsync($"{path}/permissions")).Json.GetProperty("items").EnumerateArray().ShouldContain(p => p.GetProperty("permission").GetString() == "costs:read" && p.GetProperty("usedBy").GetArrayLength() > 0);

        var binding = await portal.PostAsync($"{path}/role-bindings", new { principal = sato.UserName, role = "cost-reader", condition = "MFA and (weekday in mon-fri Asia/Tokyo)" });
        binding.Status.ShouldBe(HttpStatusCode.Created, binding.Text);
        binding.Json.GetProperty("condition").GetString().ShouldBe("mfa and weekday in mon-fri Asia/Tokyo");
        (await portal.GetAsync($"{path}/role-bindings?principalId={sato.UserId}")).Json.GetProperty("items").GetArrayLength().ShouldBe(2);
        (await portal.GetAsync($"{path}/role-bindings?format=csv")).Text.ShouldContain("cost-reader");
        var wrong = await portal.PostAsync($"{path}/role-bindings", new { principal = sato.UserName, role = "cost-reader", condition = "mfaa" });
        wrong.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "input.invalid");
        wrong.Json.GetProperty("errors")[0].GetProperty("message").GetString().ShouldNotBeNull().ShouldContain("'mfa'");
        (await portal.PostAsync($"{path}/access-rules/check-condition", new { condition = "environment in production" })).Json.GetProperty("holdsNow").GetString().ShouldBe("notApplicable");

        var rule = await portal.PostAsync($"{path}/access-rules", new { name = "Office", kind = "allowOnlyIf", permission = "costs:read", condition = "ip in 10.0.0.0/8" });
        rule.Status.ShouldBe(HttpStatusCode.Created, rule.Text);
        var why = await portal.GetAsync($"{path}/access/why?principal={sato.UserName}&permission=costs:read&mfa=true");
        why.Status.ShouldBe(HttpStatusCode.OK, why.Text);
        why.Json.GetProperty("allowed").GetBoolean().ShouldBeFalse();
        why.Json.GetProperty("paths").GetArrayLength().ShouldBe(2);
        (await portal.GetAsync($"{path}/access/who?permission=workspaces:read")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        using var reader = await portal.ClientAsync(org, "financeViewer");
        (await portal.GetAsync($"{path}/costs?from=2026-01-01&to=2026-02-01", reader)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.rule");
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{path}/access-rules/{rule.Json.GetProperty("id").GetString()}"))).Status.ShouldBe(HttpStatusCode.NoContent);
        (await portal.GetAsync($"{path}/costs?from=2026-01-01&to=2026-02-01", reader)).Status.ShouldBe(HttpStatusCode.OK);

        foreach (var format in new[] { "csv", "xlsx", "jsonl" }) (await portal.GetAsync($"{path}/access/matrix?format={format}")).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.GetAsync($"{path}/access/matrix?format=csv")).Text.ShouldContain(sato.UserName);
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{path}/role-bindings/{binding.Json.GetProperty("id").GetString()}"))).Status.ShouldBe(HttpStatusCode.NoContent);
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{path}/roles/cost-reader"))).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Reader_SeesRoles_NotWhoHoldsThem()
    {
        var org = await portal.CreateOrganizationAsync("Readers");
        var path = $"/api/v1/organizations/{org}";
        using var reader = await portal.ClientAsync(org, "orgUser");
        (await portal.GetAsync($"{path}/roles", reader)).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var hidden in new[] { "role-bindings", "access-rules", "access-rules/conflicts", "access/matrix", "access/who?permission=costs:read", "access/why?principal=x&permission=costs:read" })
            (await portal.GetAsync($"{path}/{hidden}", reader)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");
        (await portal.PostAsync($"{path}/roles", new { name = "X", permissions = new[] { "costs:read" } }, reader)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }
}
