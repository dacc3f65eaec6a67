using System.Net;
using System.Text.Json;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Hosting;

public sealed class ListExportTest(WebPortal portal) : IClassFixture<WebPortal>
{
    private const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    public static TheoryData<string, string> Lists => new()
    {
        { "organizations/{0}/business-units", "businessUnits.export" }, { "organizations/{0}/workspaces", "workspaces.export" }, { "organizations/{0}/workspaces/desk/projects", "projects.export" },
        { "organizations/{0}/quotas", "quotas.export" }, { "organizations/{0}/budgets", "budgets.export" }, { "organizations/{0}/jobs", "jobs.export" }, { "organizations/{0}/cost-imports", "imports.export" },
        { "organizations/{0}/allocation-rules", "allocationRuleSets.export" }, { "organizations/{0}/people", "people.export" }, { "organizations/{0}/tokens", "tokens.export" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task EveryList_LeavesAsAFile_AndTheAuditLogKnows(string path, string action)
    {
        var org = await WorldAsync("All");
        var list = "/api/v1/" + string.Format(System.Globalization.CultureInfo.InvariantCulture, path, org);
        var csv = await portal.GetAsync(list + "?format=csv");
        csv.Status.ShouldBe(HttpStatusCode.OK, csv.Text);
        csv.MediaType.ShouldBe("text/csv");
        csv.Headers["Content-Disposition"].ShouldContain("attachment");
        (await portal.GetAsync(list + "?format=xlsx")).MediaType.ShouldBe(Xlsx);
        (await portal.GetAsync(list + "?format=jsonl")).MediaType.ShouldBe("application/jsonl");
        (await portal.GetAsync(list + "?format=pdf")).ShouldBeProblem(HttpStatusCode.BadRequest, "query.malformed");
        var audit = await portal.GetAsync($"/api/v1/organizations/{org}/audit?q=action:{action}");
        audit.Json.GetProperty("items").GetArrayLength().ShouldBe(3, audit.Text);
    }

    [Fact]
    public async Task File_HoldsWhatTheListShows_InItsOrderAndFilter_FormulasAsText()
    {
        var org = await WorldAsync("Rows");
        for (var i = 0; i < 3; i++) await MadeAsync($"/api/v1/organizations/{org}/workspaces", new { name = $"Job {i}", businessUnit = "finance", environment = "development" });
        await MadeAsync($"/api/v1/organizations/{org}/workspaces", new { name = "=HYPERLINK(\"http://x\")", businessUnit = "finance", environment = "production" });

        var csv = await portal.GetAsync($"/api/v1/organizations/{org}/workspaces?format=csv&sort=-name&filter=job");
        Lines(csv.Text).Select(l => l.Split(',')[1]).ShouldBe(["name", "Job 2", "Job 1", "Job 0"]);
        var production = await portal.GetAsync($"/api/v1/organizations/{org}/workspaces?format=csv&environment=production&filter=hyperlink");
        Lines(production.Text).Last().ShouldContain("\"'=HYPERLINK(\"\"http://x\"\")\"");
        var jsonl = await portal.GetAsync($"/api/v1/organizations/{org}/workspaces?format=jsonl&limit=1");
        jsonl.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l).GetProperty("slug").GetString()).ShouldContain("job-2", "the file holds all pages");
        (await portal.GetAsync($"/api/v1/organizations/{org}/budgets?format=csv&state=ok")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task WhoMayNotReadTheList_GetsNoFile()
    {
        var org = await WorldAsync("Walls");
        using var user = await portal.ClientAsync(org, "orgUser");
        (await portal.GetAsync($"/api/v1/organizations/{org}/people?format=csv", user)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");
        (await portal.GetAsync($"/api/v1/organizations/{org}/workspaces?format=csv", user)).Status.ShouldBe(HttpStatusCode.OK);
        var other = await portal.CreateOrganizationAsync("Elsewhere");
        (await portal.GetAsync($"/api/v1/organizations/{other}/workspaces?format=csv", user)).ShouldBeProblem(HttpStatusCode.NotFound, "organization.notFound");
    }

    [Theory]
    [InlineData("ListWorkspaces", "workspaces.export")]
    [InlineData("ListAllocationRuleSets", "allocationRuleSets.export")]
    public void Action_ComesFromTheQuerysName(string query, string action) => ExportList<WorkspaceRow>.ActionOf(query).ShouldBe(action);

    private async Task<string> WorldAsync(string name)
    {
        var org = await portal.CreateOrganizationAsync($"Export {name}");
        await MadeAsync($"/api/v1/organizations/{org}/business-units", new { name = "Finance" });
        await MadeAsync($"/api/v1/organizations/{org}/workspaces", new { name = "Desk", businessUnit = "finance", environment = "production" });
        await MadeAsync($"/api/v1/organizations/{org}/workspaces/desk/projects", new { name = "Pricing" });
        await MadeAsync($"/api/v1/organizations/{org}/budgets", new { name = "All", scope = new { organization = org }, limits = new { monthly = new { amount = "100", currency = "USD" } } });
        return org;
    }

    private async Task MadeAsync(string path, object body)
    {
        var made = await portal.PostAsync(path, body);
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
    }

    private static string[] Lines(string csv) => csv.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
}
