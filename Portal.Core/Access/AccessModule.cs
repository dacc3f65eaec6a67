using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Access;

/// <summary>The services and job handlers of the slice.</summary>
public static class AccessModule
{
    public static void Register(IServiceCollection services)
    {
    }
}
