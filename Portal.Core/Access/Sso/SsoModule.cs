using Hexabase.Portal.Access.Sso.Jose;
using Hexabase.Portal.Access.Sso.Oidc;
using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Access.Sso;

/// <summary>The services of single sign-on.</summary>
public static class SsoModule
{
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<IReplayStore, SsoReplayStore>();
        services.AddSingleton<OidcClient>();
        services.AddSingleton(provider => new JwksCache(provider.GetRequiredService<OidcClient>().FetchAsync, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<OidcSignIn>();
    }
}
