using Hexabase.Portal.Costs;
using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Budgets;

/// <summary>The services and job handlers of the slice.</summary>
public static class BudgetsModule
{
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<BudgetWatch>();
        services.AddSingleton(new CostChangeHook(BudgetAlerts.EvaluateAsync));
    }
}
