using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs;

internal static class CostsTables
{
    public static void Configure(ModelBuilder model)
    {
    }
}
