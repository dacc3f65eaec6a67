using Hexabase.Portal.Access;
using Hexabase.Portal.Data;
using Hexabase.Portal.Home;
using Hexabase.Portal.Jobs;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Shell;
using Hexabase.Portal.Workspaces;
using Hexabase.Portal.Workspaces.Quotas;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Hosting;

/// <summary>The web host: services, pipeline and routes. The same for the program and for tests.</summary>
public static class PortalHost
{
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
        AddServices(builder.Services, engine);
        var app = builder.Build();
        UsePipeline(app);
        MapRoutes(app);
        return app;
    }

    private static void AddServices(IServiceCollection services, Func<IServiceProvider, DatabaseEngine> engine)
    {
        services.AddPortalCore(engine);
        PortalSlices.Register(services);
        services.AddPortalBackground();
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
        services.AddSingleton<ApiErrors>();
        services.AddSingleton<PortalStartup>();
        services.AddRazorComponents().AddInteractiveServerComponents(o =>
        {
            // A circuit that lost its browser is kept for as long as a train stands in a tunnel.
            o.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
            o.DisconnectedCircuitMaxRetained = 200;
            o.MaxBufferedUnacknowledgedRenderBatches = 10;
            o.DetailedErrors = false;
        }).AddHubOptions(o => o.MaximumReceiveMessageSize = 64 * 1024);
        services.AddCascadingAuthenticationState();
        services.AddScoped<CircuitActor>();
        services.AddShell();
        PortalPages.Register(services);
    }

    private static void UsePipeline(WebApplication app)
    {
        app.Use(RequestId.InvokeAsync);
        app.Use(SecurityHeaders.InvokeAsync);
        app.UseMiddleware<ApiErrors>();
        app.UseStatusCodePagesWithReExecute("/not-found");
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    private static void MapRoutes(WebApplication app)
    {
        var api = app.MapGroup("/api/v1");
        api.MapOrganizations();
        api.MapBusinessUnits();
        api.MapWorkspaces();
        api.MapQuotas();
        api.MapHome();
        api.MapTokens();
        api.MapJobs();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireAuthorization();
    }
}
