using System.Net;
using Hexabase.Portal.Access;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Data;
using Hexabase.Portal.Home;
using Hexabase.Portal.Integrations;
using Hexabase.Portal.Jobs;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Samples;
using Hexabase.Portal.Scim;
using Hexabase.Portal.Shell;
using Hexabase.Portal.Sso;
using Hexabase.Portal.Views;
using Hexabase.Portal.Workspaces;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Hosting;

/// <summary>The web host: services, pipeline and routes. The same for the program and for tests.</summary>
public static class PortalHost
{
    /// <summary>Bodies beyond it are 413, imports excepted.</summary>
    public const long MaxBodyBytes = 1024 * 1024;

    /// <param name="builder">With configuration and logging set up.</param>
    /// <param name="engine">Makes the database engine; disposed with the host.</param>
    public static WebApplication Build(WebApplicationBuilder builder, Func<IServiceProvider, DatabaseEngine> engine)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.UseProblemsForBareRefusals());
        });
        builder.Services.AddPortalCore(engine);
        PortalSlices.Register(builder.Services);
        builder.Services.AddPortalBackground();
        AddWeb(builder.Services, builder.Configuration);
        AddPages(builder.Services);
        var app = builder.Build();
        // Counts from the start, not from the first look at /metrics.
        app.Services.GetRequiredService<Metrics>();
        UsePipeline(app);
        MapRoutes(app);
        return app;
    }

    private static void AddWeb(IServiceCollection services, ConfigurationManager configuration)
    {
        services.AddDataProtection().SetApplicationName("hexabase-portal");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = provider.GetRequiredService<DataProtectionKeyStore>()));
        services.AddPortalSignIn();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "portal-antiforgery";
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.ConfigureHttpJsonOptions(o => ApiJson.Configure(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddRateLimits(configuration.GetSection("RateLimits").Get<RateLimitOptions>() ?? new RateLimitOptions());
        services.AddApiDocument();
        // Answers that carry secrets (sign-in, tokens) are not compressed: see UsePipeline.
        services.AddResponseCompression(o => o.EnableForHttps = true);
        services.Configure<ForwardedHeadersOptions>(o =>
        {
            // Nobody is believed unless the operator names the proxies (empty lists would mean everybody to the framework) or says by its own switch that only a proxy can reach the portal.
            var proxies = configuration.GetSection("Proxies").Get<string[]>() ?? [];
            if (proxies.Length > 0) o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            else if (!configuration.GetValue<bool>("ForwardedHeaders_Enabled")) o.ForwardedHeaders = ForwardedHeaders.None;
            o.KnownProxies.Clear();
            o.KnownIPNetworks.Clear();
            foreach (var network in proxies)
                o.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network.Contains('/', StringComparison.Ordinal) ? network : $"{network}/{(IPAddress.Parse(network).GetAddressBytes().Length * 8)}"));
        });
        services.AddSignalR(o => o.MaximumReceiveMessageSize = 64 * 1024)
            .AddHubOptions<LiveHub>(o => (o.ClientTimeoutInterval, o.KeepAliveInterval) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(15)));
        services.AddSingleton<ApiErrors>();
        services.AddSingleton<Idempotency>();
        services.AddSingleton<PortalStartup>();
        services.AddScoped<PasskeyCeremony>();
        services.AddSingleton<DatabaseState>();
        services.AddSingleton<ReadyCheck>();
        services.AddSingleton<Metrics>();
        services.AddSingleton<PrincipalWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<PrincipalWatch>());
        services.AddHostedService(provider => provider.GetRequiredService<RefusalLog>());
        services.AddHostedService<Housekeeping>();
        services.AddHostedService<Telemetry>();
    }

    /// <summary>What interactive pages need, whatever pages there are.</summary>
    private static void AddPages(IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddCascadingAuthenticationState();
        services.AddScoped<CircuitActor>();
        services.AddScoped<CircuitHandler, SessionCircuitHandler>();
        services.AddRazorComponents().AddInteractiveServerComponents(o =>
        {
            o.DetailedErrors = false;
            o.DisconnectedCircuitMaxRetained = 200;
            o.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
            o.JSInteropDefaultCallTimeout = TimeSpan.FromSeconds(30);
            o.MaxBufferedUnacknowledgedRenderBatches = 10;
        }).AddHubOptions(o =>
        {
            o.MaximumReceiveMessageSize = 64 * 1024;
            o.EnableDetailedErrors = false;
            o.MaximumParallelInvocationsPerClient = 1;
        });
        services.AddShell();
        PortalPages.Register(services);
    }

    private static void UsePipeline(WebApplication app)
    {
        app.UseForwardedHeaders();
        app.Use(RequestId.InvokeAsync);
        app.Use(SecurityHeaders.InvokeAsync);
        // Outside of the API's own problem documents, so that only pages get the page that was not found.
        app.UseStatusCodePagesWithReExecute("/not-found");
        app.UseMiddleware<ApiErrors>();
        app.UseWhen(http => !http.Request.Path.StartsWithSegments("/account") && !http.Request.Path.StartsWithSegments("/sign-in") && !http.Request.Path.StartsWithSegments("/reset") && !IsTokenPath(http.Request.Path), branch => branch.UseResponseCompression());
        app.UseApiPage();
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.Use(ApiGuards.InvokeAsync);
        app.UseAuthorization();
        app.UseAntiforgery();
        app.UseMiddleware<Idempotency>();
    }

    private static void MapRoutes(WebApplication app)
    {
        var api = app.MapGroup("/api/v1");
        api.MapOrganizations();
        api.MapBusinessUnits();
        api.MapWorkspaces();
        api.MapHome();
        api.MapBudgets();
        api.MapCosts();
        api.MapCostImports();
        api.MapAllocationRules();
        api.MapAudit();
        api.MapAuditIngest();
        api.MapAuditProofs();
        api.MapAuditRetention();
        api.MapAuditExports();
        api.MapAuditSinks();
        api.MapPeople();
        AccessRoles.RolesApi.MapRoles(api);
        api.MapSingleSignOn();
        AccessRoles.AccessApi.MapAccess(api);
        AccessRoles.SimulationApi.MapSimulation(api);
        AccessReviews.ReviewsApi.MapReviews(api);
        api.MapTokens();
        api.MapServiceAccounts();
        api.MapSessions();
        api.MapProvisioning();
        api.MapJobs();
        api.MapViews();
        api.MapSample();
        app.MapScim();
        app.MapAccount();
        app.MapSso();
        app.MapHealth();
        app.MapGet("/metrics", (Metrics metrics) => Results.Text(metrics.Write(), "text/plain; version=0.0.4; charset=utf-8")).ExcludeFromDescription();
        app.MapHub<LiveHub>("/hubs/live", o => o.ApplicationMaxBufferSize = 64 * 1024);
        app.MapApiDocument();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireAuthorization();
    }

    /// <summary>A secret next to text that a stranger chooses must not be compressed together (BREACH).</summary>
    private static bool IsTokenPath(PathString path) => path.Value is { } text && (text.Contains("/tokens", StringComparison.Ordinal) || text.Contains("/invitations", StringComparison.Ordinal) || text.Contains("/password-reset", StringComparison.Ordinal) || text.Contains("/break-glass", StringComparison.Ordinal));
}
