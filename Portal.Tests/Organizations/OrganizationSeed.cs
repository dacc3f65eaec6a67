using System.Net;
using System.Net.Http.Json;
using Hexabase.Portal.Support;
using Shouldly;

namespace Hexabase.Portal.Organizations;

/// <summary>A small organization, made through the API as an automation would.</summary>
internal static class OrganizationSeed
{
    public static async Task<string> MakeAsync(WebPortal portal, string name = "Aoyama Financial Group", int workspaces = 6)
    {
        var org = await portal.CreateOrganizationAsync(name);
        await MadeAsync(portal, $"/api/v1/organizations/{org}/business-units", new { name = "Finance-BU", costCenter = "CC-1100", owner = "K. Sato" });
        await MadeAsync(portal, $"/api/v1/organizations/{org}/business-units", new { name = "Payments", parent = "finance-bu", owner = "森 太郎" });
        await MadeAsync(portal, $"/api/v1/organizations/{org}/business-units", new { name = "Cards", parent = "payments", costCenter = "CC-1130" });
        await MadeAsync(portal, $"/api/v1/organizations/{org}/business-units", new { name = "Retail-Apps" });
        string[] names = ["Ledger", "Payments core", "Card issuing", "Fraud", "Storefront", "Search"];
        string[] units = ["finance-bu", "payments", "cards", "payments", "retail-apps", "retail-apps"];
        for (var i = 0; i < workspaces; i++)
        {
            var made = i < names.Length ? names[i] : $"Workspace {i:000}";
            await MadeAsync(portal, $"/api/v1/organizations/{org}/workspaces", new
            {
                name = made, businessUnit = units[i % units.Length], environment = (i % 3) switch { 0 => "production", 1 => "staging", _ => "development" },
                labels = new Dictionary<string, string> { ["team"] = units[i % units.Length], ["tier"] = $"{(i % 3) + 1}" }, owner = "K. Sato", classification = i % 2 == 0 ? "confidential" : "internal",
            });
        }

        return org;
    }

    /// <summary>Limits for some workspaces, readings for fewer: the rest is unknown.</summary>
    public static async Task AddQuotasAsync(WebPortal portal, string org)
    {
        await PutAsync(portal, $"/api/v1/organizations/{org}/workspaces/ledger/quota", new { cpuMillicores = 16_000, memoryBytes = 64L << 30, storageBytes = 2L << 40, gpus = 2 });
        await PutAsync(portal, $"/api/v1/organizations/{org}/workspaces/payments-core/quota", new { cpuMillicores = 8_500, memoryBytes = 32L << 30, pods = 200 });
        await PutAsync(portal, $"/api/v1/organizations/{org}/quotas/limits", new { limits = new Dictionary<string, long> { ["cpuMillicores"] = 32_000, ["gpus"] = 4 }, oversubscriptionFactor = 1.5 });
        var readings = await portal.PostAsync($"/api/v1/organizations/{org}/quotas/readings", new
        {
            source = "cluster-tokyo-1",
            readings = new object[]
            {
                new { workspace = "ledger", resource = "cpuMillicores", used = 14_200, requested = 15_000, reserved = 15_500 },
                new { workspace = "ledger", resource = "memoryBytes", used = 20L << 30, requested = 40L << 30 },
                new { workspace = "payments-core", resource = "cpuMillicores", used = 2_100, requested = 4_000, reserved = 4_000 },
            },
        });
        readings.Status.ShouldBe(HttpStatusCode.OK, readings.Text);
    }

    public static async Task<Answer> PutAsync(WebPortal portal, string path, object body)
    {
        var answer = await portal.SendAsync(new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body) });
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer;
    }

    public static Task<Answer> PatchAsync(WebPortal portal, string path, object body) => portal.SendAsync(new HttpRequestMessage(HttpMethod.Patch, path) { Content = JsonContent.Create(body) });

    private static async Task MadeAsync(WebPortal portal, string path, object body)
    {
        var made = await portal.PostAsync(path, body);
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
    }
}
