using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal;

/// <summary>Registers the slices' own services and job handlers, one line a slice; the same for the page server, the command line and tests.</summary>
public static class PortalSlices
{
    public static IServiceCollection Register(IServiceCollection services)
    {
        Access.AccessModule.Register(services);
        Access.Scim.ScimModule.Register(services);
        Audit.AuditModule.Register(services);
        Audit.Ingest.IngestModule.Register(services);
        Costs.CostsModule.Register(services);
        Budgets.BudgetsModule.Register(services);
        Integrations.Siem.SiemModule.Register(services);
        Samples.SamplesModule.Register(services);
        return services;
    }
}
