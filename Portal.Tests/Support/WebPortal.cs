using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Support;

/// <summary>
/// The whole portal in this process: the real web server on a free port of 127.0.0.1, on a database of its own. Take it as a class fixture for API and
/// browser tests. <see cref="Api"/> speaks with the bootstrap token.
/// </summary>
public sealed class WebPortal(TestServer server) : IAsyncLifetime
{
    public const string BootstrapToken = "bootstrap-token-of-the-tests";
    private WebApplication? _app;
    private HttpClient? _api;

    /// <summary>Settings beyond the defaults, by configuration key; set before the start.</summary>
    public Dictionary<string, string?> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A database to start on instead of a new one: a second replica of another portal.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>"http://127.0.0.1:41234", without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    public IServiceProvider Services => (_app ?? throw new InvalidOperationException("The web portal has not started.")).Services;

    public IPortal Portal => Services.GetRequiredService<IPortal>();

    /// <summary>A client with the bootstrap token of a service administrator.</summary>
    public HttpClient Api => _api ?? throw new InvalidOperationException("The web portal has not started.");

    public async ValueTask InitializeAsync()
    {
        await server.EnsureTemplateAsync("portal", MigrateAsync);
        ConnectionString ??= await server.CreateDatabaseAsync("portal");
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "portal", EnvironmentName = "Testing", ContentRootPath = RepositoryFiles.Root });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["PORTAL_BOOTSTRAP_TOKEN"] = BootstrapToken, ["PORTAL_QUIET"] = "true", ["Audit:KeysDirectory"] = Path.Combine(TestServer.KeysDirectory, "keys"), ["Audit:Signing:DataDirectory"] = TestServer.KeysDirectory });
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Logging.ClearProviders();
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = PortalHost.Build(builder, provider => new PostgreSqlEngine(ConnectionString, null, 30, provider.GetRequiredService<ILoggerFactory>()));
        await _app.Services.GetRequiredService<PortalStartup>().RunAsync(CancellationToken.None);
        await _app.StartAsync();
        Address = _app.Urls.Single();
        _api = Client(BootstrapToken);
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>A client with the token, or with none; it keeps no cookies and follows no redirects.</summary>
    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(Address) };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A client that keeps cookies as a browser does.</summary>
    public HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(Address) };

    /// <summary>Makes an organization and answers its slug.</summary>
    public async Task<string> CreateOrganizationAsync(string name = "Aoyama Financial Group", string currency = "USD")
    {
        var made = await PostAsync("/api/v1/organizations", new { name, plan = "enterprise", currency, timeZone = "Asia/Tokyo", fiscalYearStartMonth = 4 });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("slug").GetString().ShouldNotBeNull();
    }

    /// <summary>Makes a token with the role in the organization and answers a client that uses it.</summary>
    public async Task<HttpClient> ClientAsync(string organization, string role, params string[] scopes)
    {
        var made = await PostAsync($"/api/v1/organizations/{organization}/tokens", new { name = $"{role} of the tests", role, scopes, expiresInDays = 1 });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        return Client(made.Json.GetProperty("token").GetString());
    }

    public Task<Answer> GetAsync(string path, HttpClient? client = null) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), client);

    public Task<Answer> PostAsync(string path, object? body, HttpClient? client = null) => SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, client);

    public async Task<Answer> SendAsync(HttpRequestMessage request, HttpClient? client = null)
    {
        using (request)
        {
            using var response = await (client ?? Api).SendAsync(request, TestContext.Current.CancellationToken);
            return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Content.Headers.ContentType?.MediaType,
                response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
        }
    }

    /// <summary>Waits until the job at the address is over and answers it; the test's own time limit ends the wait.</summary>
    public async Task<JsonElement> EndedAsync(string address)
    {
        while (true)
        {
            var job = (await GetAsync(address)).Json;
            if (job.GetProperty("state").GetString() is not ("queued" or "running")) return job;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static async Task MigrateAsync(string connectionString)
    {
        await using var engine = new PostgreSqlEngine(connectionString, null, 4, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        await new Migrator(engine, Microsoft.Extensions.Logging.Abstractions.NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
    }
}

/// <summary>What the portal answered, read to the end.</summary>
public sealed record Answer(HttpStatusCode Status, string Text, string? MediaType, Dictionary<string, string> Headers)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public string? Code => MediaType == "application/problem+json" ? Json.GetProperty("code").GetString() : null;

    public void ShouldBeProblem(HttpStatusCode status, string code)
    {
        Status.ShouldBe(status, Text);
        MediaType.ShouldBe("application/problem+json", Text);
        Code.ShouldBe(code, Text);
    }
}
