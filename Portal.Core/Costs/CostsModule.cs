using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Costs;

/// <summary>The services and job handlers of the slice.</summary>
public static class CostsModule
{
    public static void Register(IServiceCollection services)
    {
    }
}
