using Hexabase.Portal.Access.Policies;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Factors;

/// <summary>A passkey as its owner sees it.</summary>
public sealed record PasskeyRow(Guid Id, string Name, DateTime CreatedAtUtc, DateTime? LastUsedAtUtc, bool IsBackedUp);

/// <summary>The second factors of the person who asks.</summary>
/// <param name="TotpSinceUtc">Since when an authenticator app counts; null = none.</param>
/// <param name="RecoveryCodesLeft">Of <see cref="RecoveryCodes.Count"/>.</param>
/// <param name="Required">An organization of theirs wants a second factor of them.</param>
/// <param name="RequiredFromUtc">From then on they cannot sign in without; null where nobody requires it.</param>
/// <param name="HasPassword">A local account.</param>
/// <param name="IsFresh">Who they are was proven a moment ago: changes need no step-up first.</param>
public sealed record SecondFactorsView(DateTime? TotpSinceUtc, DateTime? TotpUsedAtUtc, int RecoveryCodesLeft, IReadOnlyList<PasskeyRow> Passkeys, bool Required, DateTime? RequiredFromUtc, bool HasPassword, bool IsFresh)
{
    public bool Any => TotpSinceUtc is not null || Passkeys.Count > 0;
}

public sealed record GetSecondFactors : Query<SecondFactorsView>
{
    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<SecondFactorsView>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return SessionProblems.NotAPerson;
        var (db, id) = (scope.Db, scope.Actor.Id);
        var totp = await db.Set<TotpFactor>().Where(f => f.UserId == id && f.ConfirmedAtUtc != null).Select(f => new { f.ConfirmedAtUtc, f.LastUsedAtUtc }).SingleOrDefaultAsync(cancellationToken);
        var codes = await db.Set<RecoveryCode>().CountAsync(c => c.UserId == id && c.UsedAtUtc == null, cancellationToken);
        var passkeys = await db.Set<Passkey>().Where(p => p.UserId == id).OrderBy(p => p.CreatedAtUtc).ThenBy(p => p.Id)
            .Select(p => new PasskeyRow(p.Id, p.Name, p.CreatedAtUtc, p.LastUsedAtUtc, p.IsBackedUp)).ToListAsync(cancellationToken);
        var password = await db.Set<User>().AnyAsync(u => u.Id == id && u.PasswordHash != null, cancellationToken);
        var rule = await SessionRules.OfAsync(db, id, cancellationToken);
        return new SecondFactorsView(totp?.ConfirmedAtUtc, totp?.LastUsedAtUtc, codes, passkeys, rule.MfaFromUtc is not null, rule.MfaFromUtc, password, await SecondFactors.IsFreshAsync(scope, cancellationToken));
    }
}
