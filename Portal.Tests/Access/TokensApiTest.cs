using System.Net;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access;

public sealed class TokensApiTest(WebPortal portal) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Token_IsShownOnce_WorksAndEnds()
    {
        var org = await portal.CreateOrganizationAsync("Tokens");
        var made = await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "ci", role = "orgAdmin", expiresInDays = 1 });
        made.Status.ShouldBe(HttpStatusCode.Created);
        var text = made.Json.GetProperty("token").GetString().ShouldNotBeNull();
        TokenText.IsWellFormed(text).ShouldBeTrue();
        using var client = portal.Client(text);

        var list = await portal.GetAsync($"/api/v1/organizations/{org}/tokens", client);
        list.Status.ShouldBe(HttpStatusCode.OK, list.Text);
        list.Text.ShouldNotContain(text);
        list.Json.GetProperty("items").GetArrayLength().ShouldBe(1);

        var id = made.Json.GetProperty("id").GetString();
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/organizations/{org}/tokens/{id}"), client)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await portal.GetAsync($"/api/v1/organizations/{org}/tokens", client)).ShouldBeProblem(HttpStatusCode.Unauthorized, "access.signIn");
    }

    [Theory]
    [InlineData("serviceAdmin")]
    [InlineData("system")]
    public async Task OrgAdmin_CannotGrantMoreThanItHas(string role)
    {
        var org = await portal.CreateOrganizationAsync("Grants");
        using var admin = await portal.ClientAsync(org, "orgAdmin");
        var answer = await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "more", role, expiresInDays = 1 }, admin);
        answer.Status.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task ScopedToken_CannotMakeAWiderOne()
    {
        var org = await portal.CreateOrganizationAsync("Scopes");
        using var narrow = await portal.ClientAsync(org, "orgAdmin", "tokens:*");
        (await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "wide", role = "orgAdmin" }, narrow)).ShouldBeProblem(HttpStatusCode.Forbidden, "scope.beyondOwn");
        (await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "same", role = "orgAdmin", scopes = new[] { "tokens:read" } }, narrow)).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task ForeignOrganization_LooksExactlyLikeAMissingOne()
    {
        var own = await portal.CreateOrganizationAsync("Own");
        var foreign = await portal.CreateOrganizationAsync("Foreign");
        using var client = await portal.ClientAsync(own, "orgAdmin");
        var reached = await portal.GetAsync($"/api/v1/organizations/{foreign}/tokens", client);
        var missing = await portal.GetAsync("/api/v1/organizations/no-such-one/tokens", client);
        reached.ShouldBeProblem(HttpStatusCode.NotFound, "organization.notFound");
        reached.Text.ShouldBe(missing.Text);
    }
}
