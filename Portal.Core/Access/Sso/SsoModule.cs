using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Access.Sso.Entry;
using Hexabase.Portal.Access.Sso.Jose;
using Hexabase.Portal.Access.Sso.Oidc;
using Hexabase.Portal.Integrations.Outbound;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Hexabase.Portal.Access.Sso;

/// <summary>The services of single sign-on.</summary>
public static class SsoModule
{
    public static void Register(IServiceCollection services)
    {
        services.AddOptions<SsoOptions>().BindConfiguration("Sso").ValidateDataAnnotations()
            .Validate<IServiceProvider>((o, provider) => !o.AllowLoopbackHttp || provider.GetService<IHostEnvironment>()?.IsProduction() != true, "Sso:AllowLoopbackHttp is for development and tests; remove it in production.")
            .ValidateOnStart();
        services.AddDataProtection();
        services.AddSingleton<IReplayStore, SsoReplayStore>();
        services.AddSingleton<OidcClient>();
        services.AddSingleton(provider => new JwksCache(provider.GetRequiredService<OidcClient>().FetchAsync, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<OidcSignIn>();
        services.AddSingleton<OidcProviders>();
        services.TryAddSingleton<IEntraGroups, GraphGroups>();
        services.AddSingleton<TxtResolver>();
        services.AddSingleton<IDomainProof, DnsDomainProof>();
        services.AddSingleton<IDomainProof, HttpsDomainProof>();
        services.AddSingleton<SsoSecrets>();
        services.AddSingleton<SsoPendingSeal>();
        services.AddSingleton<SsoTrace>();
        services.AddSingleton<SsoDoors>();
        services.AddSingleton<SsoSignIn>();
        services.AddSingleton<SsoLeaving>();
        services.AddSingleton<BreakGlassSignIn>();
        services.AddSingleton<SsoDomainCheck>();
        services.AddSingleton<SsoMetadataImport>();
    }
}
