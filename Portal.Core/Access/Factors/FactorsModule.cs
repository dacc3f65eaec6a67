using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Factors;

/// <summary>Second factors: authenticator apps, recovery codes, passkeys.</summary>
internal static class FactorsModule
{
    public static void Register(IServiceCollection services)
    {
        // The host keeps the keys in the database; here only the service has to exist.
        services.AddDataProtection();
        services.AddSingleton<FactorSecrets>();
        services.AddSingleton<SecondFactorSignIn>();
        services.AddSingleton<PasskeyStore>();
        services.AddScoped<IPasskeyHandler<User>>(provider => new PasskeyHandler<User>(
            // The framework's WebAuthn code reads people through its UserManager; nothing else of it is used.
            new UserManager<User>(
                provider.GetRequiredService<PasskeyStore>(), Options.Create(new IdentityOptions()), provider.GetRequiredService<IPasswordHasher<User>>(), [], [], new UpperInvariantLookupNormalizer(),
                new IdentityErrorDescriber(), provider, provider.GetRequiredService<ILogger<UserManager<User>>>()),
            Options.Create(new IdentityPasskeyOptions
            {
                // The person's PIN, finger or face: with the device that makes two factors.
                UserVerificationRequirement = "required",
                ResidentKeyRequirement = "preferred",
                AttestationConveyancePreference = "none",
                ChallengeSize = 32,
                AuthenticatorTimeout = PendingSignIn.Lifetime,
                ValidateOrigin = origin => ValueTask.FromResult(IsOwn(origin)),
            })));
    }

    /// <summary>
    /// The authenticator signed for the address of this portal. By itself the framework compares with the header Origin, which browsers send as "null" when a form leaves a page that hides
    /// its address (Referrer-Policy), as the sign-in page does.
    /// </summary>
    private static bool IsOwn(PasskeyOriginValidationContext context)
    {
        var request = context.HttpContext.Request;
        return !context.CrossOrigin && Uri.TryCreate(context.Origin, UriKind.Absolute, out var signed) && Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var own)
            && Uri.Compare(signed, own, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
    }
}
