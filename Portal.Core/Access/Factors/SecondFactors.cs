using System.Security.Cryptography;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Factors;

/// <summary>Second factors of people: whether there is one, and whether what was typed is one.</summary>
internal static class SecondFactors
{
    public static async Task<bool> HasAnyAsync(PortalDbContext db, Guid userId, CancellationToken cancellationToken) =>
        await db.Set<TotpFactor>().AnyAsync(f => f.UserId == userId && f.ConfirmedAtUtc != null, cancellationToken) || await db.Set<Passkey>().AnyAsync(p => p.UserId == userId, cancellationToken);

    /// <summary>Takes a code of the authenticator or a recovery code; the step or code is used up with the transaction. False for anything else.</summary>
    public static async Task<bool> UseCodeAsync(WriteScope scope, Guid userId, string? typed, CancellationToken cancellationToken)
    {
        if (RecoveryCodes.IsOne(typed)) return await UseRecoveryCodeAsync(scope, userId, typed ?? "", cancellationToken);
        var factor = await scope.Db.Set<TotpFactor>().SingleOrDefaultAsync(f => f.UserId == userId && f.ConfirmedAtUtc != null, cancellationToken);
        if (factor is null || Totp.FindStep(scope.Service<FactorSecrets>().Unprotect(factor.Secret), typed, scope.NowUtc, factor.LastStep) is not { } step) return false;
        (factor.LastStep, factor.LastUsedAtUtc) = (step, scope.NowUtc);
        return true;
    }

    /// <summary>Notes the use of a verified passkey. False where the person has it no more.</summary>
    public static async Task<bool> UsePasskeyAsync(WriteScope scope, Guid userId, PasskeyProof proof, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(proof.CredentialId);
        var passkey = await scope.Db.Set<Passkey>().SingleOrDefaultAsync(p => p.CredentialHash == hash && p.UserId == userId, cancellationToken);
        if (passkey is null) return false;
        (passkey.SignCount, passkey.IsBackedUp, passkey.LastUsedAtUtc) = (proof.SignCount, proof.IsBackedUp, scope.NowUtc);
        return true;
    }

    /// <summary>
    /// Changing what proves a person needs fresh proof (ASVS 7.5.1): a second factor within the last minutes where there is one, otherwise the sign-in or the password again.
    /// Null when it is fresh; the refusal's code leads to the step-up page.
    /// </summary>
    public static async Task<Problem?> RefusesStaleAsync(WriteScope scope, CancellationToken cancellationToken) => await IsFreshAsync(scope, cancellationToken) ? null : StepUpProblems.Needed;

    /// <summary>What every change of one's own factors begins with: it is written in the person's name, and refused where the account is not theirs to change or the proof is too old.</summary>
    public static async Task<Problem?> RefusesChangeAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (OwnAccount.RefusesChange(scope.Actor) is { } refused) return refused;
        scope.Audit("user", scope.Actor.Id, scope.Actor.Name);
        return await RefusesStaleAsync(scope, cancellationToken);
    }

    /// <summary>Whether a change of second factors would be let through now.</summary>
    public static async Task<bool> IsFreshAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var since = scope.NowUtc.AddMinutes(-scope.Service<IOptions<AccessOptions>>().Value.FreshProofMinutes);
        var session = await scope.Db.Set<Session>().SingleOrDefaultAsync(s => s.Id == scope.Actor.SessionId && s.UserId == scope.Actor.Id, cancellationToken);
        if (session is null) return false;
        var proven = await HasAnyAsync(scope.Db, scope.Actor.Id, cancellationToken) ? session.MfaAtUtc : session.ProvenAtUtc ?? session.CreatedAtUtc;
        return proven > since;
    }

    private static async Task<bool> UseRecoveryCodeAsync(WriteScope scope, Guid userId, string typed, CancellationToken cancellationToken)
    {
        var codes = await scope.Db.Set<RecoveryCode>().Where(c => c.UserId == userId && c.UsedAtUtc == null).OrderBy(c => c.Id).ToListAsync(cancellationToken);
        if (codes.Count == 0) return false;
        var hash = RecoveryCodes.Hash(typed, codes[0].Salt);
        RecoveryCode? found = null;
        foreach (var code in codes)
        {
            if (CryptographicOperations.FixedTimeEquals(code.Hash, hash)) found = code;
        }

        if (found is null) return false;
        found.UsedAtUtc = scope.NowUtc;
        return true;
    }
}

internal static class StepUpProblems
{
    /// <summary>The code <c>access.mfa</c> leads people to <c>/account/step-up</c>.</summary>
    public static Problem Needed { get; } = new(ProblemKind.Forbidden, "access.mfa", "This needs a fresh proof that it is you. Confirm it, then repeat the change.");

    public static Problem Wrong { get; } = Problem.Invalid("code", "factor.wrongCode", "The code is wrong, was used already, or its time is over. Type the one that is shown now.");
}
