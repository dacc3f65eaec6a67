using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Access;

/// <summary>The services and job handlers of the slice.</summary>
public static class AccessModule
{
    public static void Register(IServiceCollection services)
    {
        services.AddOptions<AccessOptions>().BindConfiguration("Access").ValidateDataAnnotations().ValidateOnStart();
        // PBKDF2 with HMAC-SHA-512, as often as OWASP recommends; hashes made with fewer rounds go on to work.
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = Passwords.HashRounds);
        services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddSingleton<TokenDirectory>();
        services.AddSingleton<SessionDirectory>();
        services.AddSingleton<Rules.AccessRuleDirectory>();
        services.AddSingleton<StoredActors>();
        services.AddSingleton<DataProtectionKeyStore>();
        services.AddSingleton<IdempotencyStore>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<PasswordSignIn>();
        services.AddSingleton<IBreachedPasswords, BreachedPasswordFile>();
        services.AddSingleton<PasswordRules>();
        services.AddSingleton<Reviews.ReviewWatch>();
        Factors.FactorsModule.Register(services);
        Sso.SsoModule.Register(services);
    }
}
