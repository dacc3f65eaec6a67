using System.Reflection;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Hexabase.Portal.Controls;

namespace Hexabase.Portal.Shell;

/// <summary>Registers what every page uses: words, formats, viewer, navigation, toasts.</summary>
public static class ShellModule
{
    /// <summary>Merges the text files of the portal and of <paramref name="more"/> assemblies at once, so that a doubled key stops the start and not a page.</summary>
    public static IServiceCollection AddShell(this IServiceCollection services, params Assembly[] more)
    {
        services.AddSingleton(TextCatalog.Load([typeof(ShellModule).Assembly, .. more]));
        services.TryAddSingleton(TimeProvider.System);
        services.AddScoped<Viewer>();
        services.AddScoped<CircuitHandler, ViewerCircuitHandler>();
        services.AddScoped<Text>();
        services.AddScoped<Display>();
        services.AddScoped<NavModel>();
        services.AddScoped<ShellModel>();
        services.AddScoped<Toasts>();
        services.AddScoped<Browser>();
        services.AddScoped<OrganizationFrame>();
        services.AddHttpContextAccessor();
        return services;
    }
}
