using System.Net;
using System.Net.Http.Json;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Budgets;

public sealed class BudgetsApiTest(WebPortal portal) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Budget_ReadsAsItWasSent_ChangesUnderItsVersion_AndGoes()
    {
        var org = await portal.CreateOrganizationAsync("Budgets");
        var made = await portal.PostAsync($"/api/v1/organizations/{org}/budgets", Input(org, "100.10"));
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        made.Json.GetProperty("scope").GetProperty("organization").GetString().ShouldBe(org);
        made.Json.GetProperty("limits").GetProperty("monthly").GetProperty("amount").GetString().ShouldBe("100.1");
        var path = $"/api/v1/organizations/{org}/budgets/{made.Json.GetProperty("slug").GetString()}";

        (await PutAsync(path, Input(org, "200"), "\"v99\"")).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        var changed = await PutAsync(path, Input(org, "200"), made.Headers["ETag"]);
        changed.Status.ShouldBe(HttpStatusCode.OK, changed.Text);
        (await portal.GetAsync(path + "/revisions")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        var status = (await portal.GetAsync(path + "/status")).Json;
        status.GetProperty("state").GetString().ShouldBe("noData");
        var burn = await portal.GetAsync(path + "/burn?period=monthly");
        burn.Status.ShouldBe(HttpStatusCode.OK, burn.Text);
        burn.Json.GetProperty("days").GetArrayLength().ShouldBeInRange(28, 31);
        (await portal.GetAsync(path + "/burn?period=hourly")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "input.invalid");

        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path))).Status.ShouldBe(HttpStatusCode.NoContent);
        (await portal.GetAsync(path)).ShouldBeProblem(HttpStatusCode.NotFound, "budget.notFound");
    }

    [Theory]
    [InlineData("-1", "limits.monthly")]
    [InlineData("0", "limits.monthly")]
    public async Task BadLimit_NamesItsField(string amount, string field)
    {
        var org = await portal.CreateOrganizationAsync("Bad limits");
        var answer = await portal.PostAsync($"/api/v1/organizations/{org}/budgets", Input(org, amount));
        answer.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "input.invalid");
        answer.Json.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task Reader_MayRead_NotWrite()
    {
        var org = await portal.CreateOrganizationAsync("Readers");
        using var reader = await portal.ClientAsync(org, "financeViewer");
        (await portal.GetAsync($"/api/v1/organizations/{org}/budgets", reader)).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.PostAsync($"/api/v1/organizations/{org}/budgets", Input(org, "1"), reader)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static object Input(string org, string amount) =>
        new { name = "All", scope = new { organization = org }, limits = new { monthly = new { amount, currency = "USD" } }, metric = "billed", thresholds = new[] { 0.8, 1.0 } };

    private Task<Answer> PutAsync(string path, object body, string ifMatch)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return portal.SendAsync(request);
    }
}
