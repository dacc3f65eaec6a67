using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Factors;

/// <summary>Notes that the password was right and what is missing yet. Answers the ticket for the browser's cookie.</summary>
internal sealed record BeginSecondStep(SignInNeed Need, Guid? Home) : Command<string>
{
    public override string Action => "session.passwordAccepted";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override Task<Result<string>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var ticket = TokenText.NewSecret();
        scope.Db.Add(new PendingSignIn
        {
            Id = Ids.New(), UserId = scope.Actor.Id, Need = Need, TicketHash = TokenText.Hash(ticket), ExpiresAtUtc = scope.NowUtc + PendingSignIn.Lifetime,
            Secret = Need == SignInNeed.Enrol ? scope.Service<FactorSecrets>().Protect(Totp.NewSecret()) : null,
        });
        if (Home is { } home) scope.AuditIn(home);
        scope.Audit("user", scope.Actor.Id, scope.Actor.Name);
        return Task.FromResult<Result<string>>(ticket);
    }
}

/// <summary>Opens the session of a sign-in whose last step is right: a code, a passkey, or the first code of a new authenticator. A wrong one is recorded in the person's organization.</summary>
/// <param name="PendingId">Null for a passkey alone, which proves possession and person at once.</param>
internal sealed record FinishSignIn(Guid? PendingId, string? Code, PasskeyProof? Passkey, Guid? Home) : Command<SignedIn>
{
    internal static Problem Ended { get; } = new(ProblemKind.Unauthenticated, "signIn.stepEnded", "This sign-in took too long, was tried too often, or is finished already. Begin again with your password.");

    internal static Problem Wrong { get; } = new(ProblemKind.Unauthenticated, "signIn.wrongCode", "wrong second factor");

    public override string Action => "session.signIn";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override string? OrganizationKey => Home?.ToString();

    public override bool NeedsPlatform => true;

    public override async Task<Result<SignedIn>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        scope.Audit("user", scope.Actor.Id, scope.Actor.Name);
        var need = SignInNeed.None;
        if (PendingId is { } id)
        {
            var pending = await scope.Db.Set<PendingSignIn>().SingleOrDefaultAsync(p => p.Id == id && p.UserId == scope.Actor.Id, cancellationToken);
            if (pending is null || pending.UsedAtUtc is not null || pending.ExpiresAtUtc <= scope.NowUtc) return Ended;
            pending.UsedAtUtc = scope.NowUtc;
            need = pending.Need;
            if (need == SignInNeed.Enrol)
            {
                if (!await EnrolAsync(scope, pending, cancellationToken)) return Wrong;
                return await SessionOpening.OpenAsync(scope, new SignInFacts(SignInMethods.Password, Mfa: true), cancellationToken);
            }
        }

        if (Passkey is { } proof)
        {
            if (!await SecondFactors.UsePasskeyAsync(scope, scope.Actor.Id, proof, cancellationToken)) return Wrong;
        }
        else if (need != SignInNeed.SecondFactor || !await SecondFactors.UseCodeAsync(scope, scope.Actor.Id, Code, cancellationToken))
        {
            return Wrong;
        }

        return await SessionOpening.OpenAsync(scope, new SignInFacts(PendingId is null ? SignInMethods.Passkey : SignInMethods.Password, Mfa: true), cancellationToken);
    }

    private async Task<bool> EnrolAsync(WriteScope scope, PendingSignIn pending, CancellationToken cancellationToken)
    {
        if (pending.Secret is not { } kept || Totp.FindStep(scope.Service<FactorSecrets>().Unprotect(kept), Code, scope.NowUtc, 0) is not { } step) return false;
        var earlier = await scope.Db.Set<TotpFactor>().SingleOrDefaultAsync(f => f.UserId == scope.Actor.Id, cancellationToken);
        // Enrolled in another browser meanwhile: that one counts, and this sign-in begins again with it.
        if (earlier?.ConfirmedAtUtc is not null) return false;
        if (earlier is null)
        {
            scope.Db.Add(new TotpFactor { Id = Ids.New(), UserId = scope.Actor.Id, Secret = kept, CreatedAtUtc = scope.NowUtc, ConfirmedAtUtc = scope.NowUtc, LastStep = step, LastUsedAtUtc = scope.NowUtc });
            return true;
        }

        (earlier.Secret, earlier.ConfirmedAtUtc, earlier.LastStep, earlier.LastUsedAtUtc) = (kept, scope.NowUtc, step, scope.NowUtc);
        return true;
    }
}
