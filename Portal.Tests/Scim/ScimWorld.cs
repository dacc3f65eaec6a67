using System.Net;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Support;
using Shouldly;

namespace Hexabase.Portal.Scim;

/// <summary>An organization with a provisioning token, spoken to as an identity provider does.</summary>
public sealed class ScimWorld(WebPortal portal, string organization, HttpClient client)
{
    public const string PatchUrn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    private static int _last;

    public WebPortal Portal => portal;

    public string Organization => organization;

    public HttpClient Client => client;

    public static async Task<ScimWorld> CreateAsync(WebPortal portal)
    {
        var organization = await portal.CreateOrganizationAsync($"Scim {Interlocked.Increment(ref _last)}");
        return new ScimWorld(portal, organization, await portal.ClientAsync(organization, "orgAdmin", "scim"));
    }

    public Task<Answer> SendAsync(string method, string path, object? body = null, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), $"/scim/v2/{organization}{path}");
        if (body is not null) request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/scim+json");
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return portal.SendAsync(request, client);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        var answer = await SendAsync("GET", path);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.MediaType.ShouldBe("application/scim+json");
        return answer.Json;
    }

    public Task<JsonElement> FindAsync(string resource, string filter) => GetAsync($"/{resource}?filter={Uri.EscapeDataString(filter)}");

    public async Task<string> AddUserAsync(string userName, bool active = true, string? externalId = null)
    {
        var made = await SendAsync("POST", "/Users", new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:User" }, userName, externalId, active, displayName = "Old", emails = new[] { new { value = userName, type = "work", primary = true } } });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("id").GetString()!;
    }

    public async Task<string> AddGroupAsync(string displayName, params string[] members)
    {
        var made = await SendAsync("POST", "/Groups", new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:Group" }, displayName, members = members.Select(m => new { value = m }) });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("id").GetString()!;
    }

    public Task<Answer> PatchAsync(string path, params object[] operations) => SendAsync("PATCH", path, new { schemas = new[] { PatchUrn }, Operations = operations });

    public async Task<IReadOnlyList<string>> MembersAsync(string group) =>
        (await GetAsync($"/Groups/{group}")).TryGetProperty("members", out var members) ? [.. members.EnumerateArray().Select(m => m.GetProperty("value").GetString()!)] : [];
}
