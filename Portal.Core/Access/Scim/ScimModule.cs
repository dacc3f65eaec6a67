using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Access.Scim;

/// <summary>The services of provisioning.</summary>
public static class ScimModule
{
    public static void Register(IServiceCollection services)
    {
        services.AddOptions<ScimOptions>().BindConfiguration("Scim").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ScimRequestLog>();
    }
}
