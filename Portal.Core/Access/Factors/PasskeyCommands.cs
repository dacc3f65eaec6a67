using System.Security.Cryptography;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Factors;

/// <summary>Keeps a passkey whose creation the portal has just verified; the session that did it has shown a second factor.</summary>
public sealed record AddPasskey(UserPasskeyInfo Passkey, string? Name) : Command<Guid>
{
    public override string Action => "user.addPasskey";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Guid>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (await SecondFactors.RefusesChangeAsync(scope, cancellationToken) is { } refused) return refused;
        if (TextRule.Check("name", Name, 100, out var name) is { } error) return Problem.Invalid([error]);
        if (!Passkey.IsUserVerified) return Problem.Refused("passkey.unverified", "The authenticator did not check that it is you (PIN, fingerprint or face). Switch that on and try again.");
        if (await scope.Db.Set<Passkey>().CountAsync(p => p.UserId == scope.Actor.Id, cancellationToken) >= Factors.Passkey.MaxOfAPerson)
            return Problem.Refused("passkey.tooMany", $"At most {Factors.Passkey.MaxOfAPerson} passkeys fit. Remove one first.", Factors.Passkey.MaxOfAPerson);
        var passkey = new Passkey
        {
            Id = Ids.New(), UserId = scope.Actor.Id, CredentialId = Passkey.CredentialId, CredentialHash = SHA256.HashData(Passkey.CredentialId), PublicKey = Passkey.PublicKey, Name = name,
            CreatedAtUtc = scope.NowUtc, LastUsedAtUtc = scope.NowUtc, SignCount = Passkey.SignCount, Transports = string.Join(' ', (Passkey.Transports ?? []).Take(6)), IsBackupEligible = Passkey.IsBackupEligible, IsBackedUp = Passkey.IsBackedUp,
        };
        scope.Db.Add(passkey);
        await StepUp.MarkAsync(scope, cancellationToken);
        scope.Touch(LiveTopic.Sessions, scope.Actor.Id, 0, Guid.Empty);
        return passkey.Id;
    }
}

/// <summary>Gives a passkey another name.</summary>
public sealed record RenamePasskey(Guid Id, string? Name) : Command<Done>
{
    public override string Action => "user.renamePasskey";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (OwnAccount.RefusesChange(scope.Actor) is { } refused) return refused;
        scope.Audit("user", scope.Actor.Id, scope.Actor.Name);
        if (TextRule.Check("name", Name, 100, out var name) is { } error) return Problem.Invalid([error]);
        var passkey = await scope.Db.Set<Passkey>().SingleOrDefaultAsync(p => p.Id == Id && p.UserId == scope.Actor.Id, cancellationToken);
        if (passkey is null) return Problem.NotFound("passkey");
        passkey.Name = name;
        scope.Touch(LiveTopic.Sessions, scope.Actor.Id, 0, Guid.Empty);
        return default(Done);
    }
}

/// <summary>Removes a passkey; the device that holds it opens nothing any more.</summary>
public sealed record RemovePasskey(Guid Id) : Command<Done>
{
    public override string Action => "user.removePasskey";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (await SecondFactors.RefusesChangeAsync(scope, cancellationToken) is { } refused) return refused;
        var passkeys = await scope.Db.Set<Passkey>().Where(p => p.UserId == scope.Actor.Id).ToListAsync(cancellationToken);
        if (passkeys.Find(p => p.Id == Id) is not { } passkey) return Problem.NotFound("passkey");
        scope.Db.Remove(passkey);
        if (passkeys.Count == 1 && !await scope.Db.Set<TotpFactor>().AnyAsync(f => f.UserId == scope.Actor.Id && f.ConfirmedAtUtc != null, cancellationToken)) await FactorRemoval.CodesAsync(scope, scope.Actor.Id, cancellationToken);
        scope.Touch(LiveTopic.Sessions, scope.Actor.Id, 0, Guid.Empty);
        return default(Done);
    }
}
