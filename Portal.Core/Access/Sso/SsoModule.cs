using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Access.Sso;

/// <summary>The services of single sign-on.</summary>
public static class SsoModule
{
    public static void Register(IServiceCollection services) => services.AddSingleton<IReplayStore, SsoReplayStore>();
}
