using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Budgets;

/// <summary>The services and job handlers of the slice.</summary>
public static class BudgetsModule
{
    public static void Register(IServiceCollection services) => services.AddSingleton<BudgetWatch>();

    /// <summary>The daily evaluation, on serving replicas only.</summary>
    public static IServiceCollection AddBudgetWatch(this IServiceCollection services) => services.AddHostedService(provider => provider.GetRequiredService<BudgetWatch>());
}
