using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Costs.Reports;
using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Costs;

/// <summary>The services and job handlers of the slice.</summary>
public static class CostsModule
{
    public static void Register(IServiceCollection services)
    {
        services.AddOptions<CostOptions>().BindConfiguration("Costs").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<CostImportSpool>();
        services.AddSingleton<CostReportCache>();
        services.AddHostedService<CostSpoolSweeper>();
        services.AddJobHandler<CostImportJob>(CostImportJob.Kind);
        services.AddJobHandler<ReallocationJob>(ReallocationJob.Kind);
    }
}
