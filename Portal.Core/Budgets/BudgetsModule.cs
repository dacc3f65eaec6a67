using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Budgets;

/// <summary>The services and job handlers of the slice.</summary>
public static class BudgetsModule
{
    public static void Register(IServiceCollection services)
    {
    }
}
