using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Peers;

/// <summary>A portal with an organization whose mail domain is proven, and what a test needs to connect a provider to it.</summary>
public sealed class SsoWorld(TestServer server) : IAsyncLifetime
{
    public const string ClientId = "portal";
    public const string ClientSecret = "a secret of the tests, long enough";
    private readonly List<IAsyncDisposable> _peers = [];

    public WebPortal Web { get; } = new(server)
    {
        Settings = { ["Outbound:AllowedNetworks:0"] = "127.0.0.1/32", ["Sso:AllowLoopbackHttp"] = "true", ["RateLimits:PerAddress"] = "5000", ["RateLimits:AddressBurst"] = "5000" },
    };

    public string Org { get; private set; } = "";

    public Guid OrganizationId { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await Web.InitializeAsync();
        Org = await Web.CreateOrganizationAsync("Acme");
        OrganizationId = await IdAsync(Org);
        await ProveAsync(Org, "acme.test");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers) await peer.DisposeAsync();
        await Web.DisposeAsync();
    }

    public async Task<Guid> IdAsync(string org) => (await Web.Services.GetRequiredService<Organizations.OrganizationDirectory>().FindAsync(org, default)).ShouldNotBeNull().Id;

    public async Task ProveAsync(string org, string domain)
    {
        var added = await PostAsync($"/api/v1/organizations/{org}/sso/domains", new { name = domain });
        (await Web.Portal.SendAsync(TestPortal.Admin, new VerifySsoDomain(org, added.GetProperty("id").GetGuid(), new SsoDomainFinding(SsoDomainWay.Dns, [])))).Problem.ShouldBeNull();
    }

    /// <summary>Makes and enables a connection to a new OpenID provider with the accounts.</summary>
    internal async Task<(Guid Connection, NodePeer Provider)> ConnectOidcAsync(object accounts, object? more = null, string? org = null, string clientProof = "secret", bool enabled = true)
    {
        var port = NodePeer.FreePort();
        org ??= Org;
        var made = await PostAsync($"/api/v1/organizations/{org}/sso/connections", new { name = "Test provider", kind = "oidc", issuer = $"http://127.0.0.1:{port}", clientId = ClientId, clientSecret = clientProof == "secret" ? ClientSecret : null, clientProof, scopes = new[] { "profile", "email", "groups" } });
        var id = made.GetProperty("id").GetGuid();
        var at = made.GetProperty("atProvider");
        if (more is not null) await SendAsync(HttpMethod.Patch, $"/api/v1/organizations/{org}/sso/connections/{id}", more);
        if (enabled) await PostAsync($"/api/v1/organizations/{org}/sso/connections/{id}/enable", new { });
        var client = new Dictionary<string, object?>
        {
            ["client_id"] = ClientId, ["redirect_uris"] = new[] { at.GetProperty("redirectAddress").GetString() }, ["post_logout_redirect_uris"] = new[] { at.GetProperty("signedOutAddress").GetString() },
            ["backchannel_logout_uri"] = at.GetProperty("backChannelLogoutAddress").GetString(), ["backchannel_logout_session_required"] = true,
        };
        if (clientProof == "secret") (client["client_secret"], client["token_endpoint_auth_method"]) = (ClientSecret, "client_secret_basic");
        else (client["token_endpoint_auth_method"], client["token_endpoint_auth_signing_alg"], client["jwks_uri"]) = ("private_key_jwt", "PS256", at.GetProperty("keysAddress").GetString());
        var provider = await NodePeer.StartAsync("oidc-provider.mjs", port, new { port, clients = new[] { client }, accounts });
        _peers.Add(provider);
        return (id, provider);
    }

    internal void Keep(NodePeer peer) => _peers.Add(peer);

    /// <summary>Changes accounts at the OpenID provider.</summary>
    internal static async Task ControlAsync(NodePeer provider, object accounts)
    {
        using var http = new HttpClient();
        (await http.PostAsJsonAsync(new Uri(provider.Address + "/control"), accounts)).EnsureSuccessStatusCode();
    }

    internal SsoVisitor Visitor() => new(Web.Address);

    public Task<JsonElement> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object body)
    {
        var answer = await Web.SendAsync(new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) });
        ((int)answer.Status).ShouldBeInRange(200, 204, answer.Text);
        return answer.Json;
    }

    /// <summary>The newest attempt.</summary>
    public async Task<JsonElement> LastAttemptAsync(string? org = null) => (await Web.GetAsync($"/api/v1/organizations/{org ?? Org}/sso/attempts?limit=1")).Json.GetProperty("items")[0];

    /// <summary>The session that a visitor's cookie names, as the portal knows it now; null where it ended.</summary>
    internal async Task<HttpStatusCode> AccountAsync(SsoVisitor visitor)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/account");
        request.Headers.Add("Cookie", string.Join("; ", visitor.PortalCookies.Select(c => $"{c.Key}={c.Value}")));
        using var nobody = Web.Client();
        return (await Web.SendAsync(request, nobody)).Status;
    }
}
