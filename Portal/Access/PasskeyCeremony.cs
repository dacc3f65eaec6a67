using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Access.Sso;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Identity;

namespace Hexabase.Portal.Access;

/// <summary>
/// WebAuthn by ASP.NET Core Identity's own code: makes the options that the browser's authenticator answers, and verifies the answer. The challenge waits in a protected cookie of this browser
/// and is used once, on whichever replica.
/// </summary>
internal sealed class PasskeyCeremony(IPasskeyHandler<User> passkeys, IReplayStore replays, TimeProvider clock, ILogger<PasskeyCeremony> log)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(6);

    internal static Problem Failed { get; } = new(ProblemKind.Unauthenticated, "passkey.failed", "The passkey was not accepted. Try again, or use another way.");

    /// <summary>Options for a new passkey of the person, as JSON of WebAuthn.</summary>
    public async Task<string> OfferAsync(HttpContext http, Actor person, string displayName)
    {
        var options = await passkeys.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = person.Id.ToString(), Name = person.Name, DisplayName = displayName }, http);
        Remember(http, "create", options.AttestationState);
        return options.CreationOptionsJson;
    }

    /// <summary>Options for showing a passkey.</summary>
    /// <param name="user">Whose; null lets the authenticator choose.</param>
    public async Task<string> AskAsync(HttpContext http, User? user)
    {
        var options = await passkeys.MakeRequestOptionsAsync(user, http);
        Remember(http, "get", options.AssertionState);
        return options.RequestOptionsJson;
    }

    /// <summary>The passkey that was just made for the person.</summary>
    public async Task<Result<UserPasskeyInfo>> MadeAsync(HttpContext http, Actor person, string credential)
    {
        if (await TakeAsync(http, "create") is not { } state) return Failed;
        var result = await passkeys.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = credential, AttestationState = state });
        return result.Succeeded && result.UserEntity.Id == person.Id.ToString() ? result.Passkey : Failed;
    }

    /// <summary>Whose passkey was shown, and its proof; it has verified the person (PIN, finger, face), or it does not count.</summary>
    public async Task<Result<(Guid UserId, PasskeyProof Proof)>> ShownAsync(HttpContext http, string credential)
    {
        if (await TakeAsync(http, "get") is not { } state) return Failed;
        var result = await passkeys.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = credential, AssertionState = state });
        if (!result.Succeeded || !result.Passkey.IsUserVerified)
        {
            log.LogInformation(result.Failure, "A passkey was shown and not accepted");
            return Failed;
        }

        return (result.User.Id, new PasskeyProof(result.Passkey.CredentialId, result.Passkey.SignCount, result.Passkey.IsBackedUp));
    }

    private static void Remember(HttpContext http, string kind, string? state) => DoorCookie.Passkey.Keep(http, $"{kind}:{Ids.New():N}:{state}");

    private async Task<string?> TakeAsync(HttpContext http, string kind)
    {
        var kept = DoorCookie.Passkey.Read(http);
        DoorCookie.Passkey.Forget(http);
        if (kept?.Split(':', 3) is not [var of, var id, var state] || of != kind) return null;
        return await replays.TryUseAsync(ReplayKey.State("passkey", id), clock.GetUtcNow() + Lifetime, http.RequestAborted) ? state : null;
    }
}
