using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Hexabase.Portal;

/// <summary>Registers what every host of the portal needs: page server, command line, tests.</summary>
public static class CoreModule
{
    /// <param name="services">The host's services.</param>
    /// <param name="engine">Makes the engine; disposed with the host.</param>
    public static IServiceCollection AddPortalCore(this IServiceCollection services, Func<IServiceProvider, DatabaseEngine> engine)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(engine);
        services.AddSingleton<PortalDatabase>();
        services.AddSingleton<Migrator>();
        services.AddSingleton<OrganizationDirectory>();
        services.AddSingleton<LiveUpdates>();
        services.AddSingleton<SharedAnswers>();
        services.AddSingleton<PortalGateway>();
        services.AddSingleton<IPortal>(provider => provider.GetRequiredService<PortalGateway>());
        services.AddOptions<JobOptions>().BindConfiguration("Jobs").ValidateOnStart();
        services.AddSingleton<JobCatalog>(provider =>
        {
            var catalog = new JobCatalog();
            foreach (var registration in provider.GetServices<JobRegistration>()) registration.Register(catalog);
            return catalog;
        });
        services.AddSingleton<JobRunner>();
        services.AddSingleton<LiveRelay>();
        return services;
    }

    public static IServiceCollection AddJobHandler<T>(this IServiceCollection services, string kind)
        where T : class, IJobHandler => services.AddSingleton(new JobRegistration(catalog => catalog.Add<T>(kind)));

    /// <summary>The background work of a serving replica; the command line does without.</summary>
    public static IServiceCollection AddPortalBackground(this IServiceCollection services)
    {
        services.AddHostedService(provider => provider.GetRequiredService<JobRunner>());
        services.AddHostedService(provider => provider.GetRequiredService<LiveRelay>());
        services.AddHostedService(provider => provider.GetRequiredService<Audit.Log.CheckpointPoster>());
        services.AddHostedService(provider => provider.GetRequiredService<Audit.Log.AuditSequencer>());
        services.AddHostedService(provider => provider.GetRequiredService<Audit.Retention.AuditMaintenance>());
        services.AddHostedService(provider => provider.GetRequiredService<Audit.Reads.ReadCounter>());
        services.AddHostedService(provider => provider.GetRequiredService<Audit.Search.AuditIndexer>());
        services.AddHostedService(provider => provider.GetRequiredService<Budgets.BudgetWatch>());
        services.AddHostedService(provider => provider.GetRequiredService<Access.Scim.ScimRequestLog>());
        services.AddHostedService(provider => provider.GetRequiredService<Access.Reviews.ReviewWatch>());
        Integrations.Siem.SiemModule.AddBackground(services);
        return services;
    }

    internal sealed record JobRegistration(Action<JobCatalog> Register);
}
