using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Factors;

/// <summary>A new authenticator's secret, for the person's app: as base32 text and as the address that a QR code carries. It counts once <see cref="ConfirmTotp"/> has seen a code.</summary>
public sealed record TotpOffer(string Secret, string Uri);

/// <summary>Starts to enrol an authenticator app; an unconfirmed one of before is replaced.</summary>
public sealed record BeginTotp : Command<TotpOffer>
{
    public override string Action => "user.beginTotp";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<TotpOffer>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (await SecondFactors.RefusesChangeAsync(scope, cancellationToken) is { } refused) return refused;
        var factor = await scope.Db.Set<TotpFactor>().SingleOrDefaultAsync(f => f.UserId == scope.Actor.Id, cancellationToken);
        if (factor?.ConfirmedAtUtc is not null) return Problem.Conflict("totp.enrolled", "An authenticator app is set up already. Remove it first to set up another.");
        var secret = Totp.NewSecret();
        var kept = scope.Service<FactorSecrets>().Protect(secret);
        if (factor is null) scope.Db.Add(new TotpFactor { Id = Ids.New(), UserId = scope.Actor.Id, Secret = kept, CreatedAtUtc = scope.NowUtc });
        else (factor.Secret, factor.CreatedAtUtc) = (kept, scope.NowUtc);
        return new TotpOffer(Totp.Base32(secret), Totp.Uri(FactorNames.Issuer, scope.Actor.Name, secret));
    }
}

/// <summary>Confirms the authenticator with a first code; from then on it counts, and the session that did it has shown a second factor.</summary>
public sealed record ConfirmTotp(string? Code) : Command<Done>
{
    public override string Action => "user.addTotp";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (await SecondFactors.RefusesChangeAsync(scope, cancellationToken) is { } refused) return refused;
        var factor = await scope.Db.Set<TotpFactor>().SingleOrDefaultAsync(f => f.UserId == scope.Actor.Id && f.ConfirmedAtUtc == null, cancellationToken);
        if (factor is null) return Problem.NotFound("totp");
        if (Totp.FindStep(scope.Service<FactorSecrets>().Unprotect(factor.Secret), Code, scope.NowUtc, factor.LastStep) is not { } step) return StepUpProblems.Wrong;
        (factor.ConfirmedAtUtc, factor.LastStep, factor.LastUsedAtUtc) = (scope.NowUtc, step, scope.NowUtc);
        await StepUp.MarkAsync(scope, cancellationToken);
        scope.Touch(LiveTopic.Sessions, scope.Actor.Id, 0, Guid.Empty);
        return default(Done);
    }
}

/// <summary>Removes the authenticator app; recovery codes go with it where no passkey is left for which they stand in.</summary>
public sealed record RemoveTotp : Command<Done>
{
    public override string Action => "user.removeTotp";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (await SecondFactors.RefusesChangeAsync(scope, cancellationToken) is { } refused) return refused;
        var factor = await scope.Db.Set<TotpFactor>().SingleOrDefaultAsync(f => f.UserId == scope.Actor.Id && f.ConfirmedAtUtc != null, cancellationToken);
        if (factor is null) return Problem.NotFound("totp");
        scope.Db.Remove(factor);
        if (!await scope.Db.Set<Passkey>().AnyAsync(p => p.UserId == scope.Actor.Id, cancellationToken)) await FactorRemoval.CodesAsync(scope, scope.Actor.Id, cancellationToken);
        scope.Touch(LiveTopic.Sessions, scope.Actor.Id, 0, Guid.Empty);
        return default(Done);
    }
}

/// <summary>Makes ten new recovery codes, shown in this answer only; those of before stop working.</summary>
public sealed record MakeRecoveryCodes : Command<IReadOnlyList<string>>
{
    public override string Action => "user.makeRecoveryCodes";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<IReadOnlyList<string>>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (OwnAccount.RefusesChange(scope.Actor) is { } refused) return refused;
        scope.Audit("user", scope.Actor.Id, scope.Actor.Name);
        if (!await SecondFactors.HasAnyAsync(scope.Db, scope.Actor.Id, cancellationToken))
            return Problem.Refused("recovery.noFactor", "Recovery codes stand in for a second factor. Set one up first.");
        if (await SecondFactors.RefusesStaleAsync(scope, cancellationToken) is { } stale) return stale;
        await FactorRemoval.CodesAsync(scope, scope.Actor.Id, cancellationToken);
        var salt = RecoveryCodes.NewSalt();
        var codes = Enumerable.Range(0, RecoveryCodes.Count).Select(_ => RecoveryCodes.NewCode()).ToList();
        foreach (var code in codes)
            scope.Db.Add(new RecoveryCode { Id = Ids.New(), UserId = scope.Actor.Id, Salt = salt, Hash = RecoveryCodes.Hash(code, salt), CreatedAtUtc = scope.NowUtc });
        scope.Touch(LiveTopic.Sessions, scope.Actor.Id, 0, Guid.Empty);
        return codes;
    }
}

internal static class FactorRemoval
{
    public static async Task CodesAsync(WriteScope scope, Guid userId, CancellationToken cancellationToken) =>
        scope.Db.RemoveRange(await scope.Db.Set<RecoveryCode>().Where(c => c.UserId == userId).ToListAsync(cancellationToken));

    /// <summary>Everything: what an administrator does for a person who lost their authenticator.</summary>
    public static async Task AllAsync(WriteScope scope, Guid userId, CancellationToken cancellationToken)
    {
        await CodesAsync(scope, userId, cancellationToken);
        scope.Db.RemoveRange(await scope.Db.Set<TotpFactor>().Where(f => f.UserId == userId).ToListAsync(cancellationToken));
        scope.Db.RemoveRange(await scope.Db.Set<Passkey>().Where(p => p.UserId == userId).ToListAsync(cancellationToken));
    }
}

public static class FactorNames
{
    /// <summary>What authenticator apps and browsers show as the place that a factor belongs to.</summary>
    public const string Issuer = "Hexabase Portal";
}
