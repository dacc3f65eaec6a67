using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Budgets;

internal static class BudgetsTables
{
    public static void Configure(ModelBuilder model)
    {
        Budget.Configure(model);
        BudgetRevision.Configure(model);
        BudgetAlert.Configure(model);
    }
}
