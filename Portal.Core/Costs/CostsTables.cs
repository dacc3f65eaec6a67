using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Storage;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs;

internal static class CostsTables
{
    public static void Configure(ModelBuilder model)
    {
        CostKey.Configure(model);
        CostLine.Configure(model);
        CostDay.Configure(model);
        CostFact.Configure(model);
        CostImport.Configure(model);
        CostSlice.Configure(model);
        CostState.Configure(model);
        AllocationRuleSet.Configure(model);
    }
}
