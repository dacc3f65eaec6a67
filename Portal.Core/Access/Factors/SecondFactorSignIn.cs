using Hexabase.Portal.Access.Sso.Entry;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Factors;

/// <summary>A sign-in that waits for its second step, for the page that asks for it.</summary>
/// <param name="Offer">For <see cref="SignInNeed.Enrol"/>: what goes into the authenticator app.</param>
public sealed record PendingView(SignInNeed Need, Guid UserId, string UserName, bool HasTotp, bool HasPasskey, TotpOffer? Offer);

/// <summary>
/// The second step of a sign-in. Throttled by source and by person apart from passwords, so that a known password resets nothing; five tries a ticket; nobody is locked out:
/// whoever has the password begins again, from elsewhere at once.
/// </summary>
public sealed class SecondFactorSignIn(PortalDatabase database, IPortal portal, SignInThrottle throttle, RefusalLog refusals, FactorSecrets secrets, TimeProvider clock)
{
    /// <summary>Null where the ticket does not hold (any more).</summary>
    public Task<PendingView?> FindAsync(string? ticket, CancellationToken cancellationToken) => database.ReadAsync(DataScope.Platform, db => FindAsync(db, ticket, cancellationToken), cancellationToken);

    private async Task<PendingView?> FindAsync(PortalDbContext db, string? ticket, CancellationToken cancellationToken)
    {
        if (await PendingAsync(db, ticket, cancellationToken) is not { } pending) return null;
        var user = await db.Set<User>().SingleOrDefaultAsync(u => u.Id == pending.UserId && u.IsActive, cancellationToken);
        if (user is null) return null;
        var totp = await db.Set<TotpFactor>().AnyAsync(f => f.UserId == user.Id && f.ConfirmedAtUtc != null, cancellationToken);
        var passkey = await db.Set<Passkey>().AnyAsync(p => p.UserId == user.Id, cancellationToken);
        var secret = pending.Secret is { } kept ? secrets.Unprotect(kept) : null;
        return new PendingView(pending.Need, user.Id, user.UserName, totp, passkey, secret is null ? null : new TotpOffer(Totp.Base32(secret), Totp.Uri(FactorNames.Issuer, user.UserName, secret)));
    }

    /// <param name="visitor">The anonymous actor of the request.</param>
    /// <param name="source">What throttling counts by.</param>
    /// <param name="ticket">From the browser's cookie.</param>
    /// <param name="code">Of the authenticator app, or a recovery code; null with a passkey.</param>
    public async Task<Result<SignedIn>> CompleteAsync(Actor visitor, string source, string? ticket, string? code, PasskeyProof? passkey, CancellationToken cancellationToken)
    {
        var counted = $"second step from {source}";
        if (throttle.Begin(counted) is { } seconds) return Throttled(source, seconds);
        if (await TakeAttemptAsync(ticket, cancellationToken) is not { } pending) return FinishSignIn.Ended;
        var name = $"second step of {pending.UserId}";
        if (throttle.DelayFor(name) is var delay && delay > TimeSpan.Zero) await Task.Delay(delay, clock, cancellationToken);
        if (await PersonAsync(visitor, pending.UserId, cancellationToken) is not { } person) return FinishSignIn.Ended;
        if (await ClosedAsync(visitor, person, cancellationToken) is { } closed) return closed;
        var result = await portal.SendAsync(person, new FinishSignIn(pending.Id, code, passkey, PasswordSignIn.Home(person.Grants)), cancellationToken);
        if (result.Succeeded) throttle.Succeeded(counted, name);
        else throttle.Failed(name);
        return result;
    }

    /// <summary>A passkey without a password: it has proven the device and, by PIN or biometrics, the person.</summary>
    public async Task<Result<SignedIn>> ByPasskeyAsync(Actor visitor, Guid userId, PasskeyProof passkey, CancellationToken cancellationToken)
    {
        if (await PersonAsync(visitor, userId, cancellationToken) is not { } person) return FinishSignIn.Wrong;
        if (await ClosedAsync(visitor, person, cancellationToken) is { } closed) return closed;
        return await portal.SendAsync(person, new FinishSignIn(null, null, passkey, PasswordSignIn.Home(person.Grants)), cancellationToken);
    }

    /// <summary>Where single sign-on is enforced for the person, neither a passkey nor the second step of a password opens anything; the attempt is recorded.</summary>
    private async Task<Problem?> ClosedAsync(Actor visitor, Actor person, CancellationToken cancellationToken)
    {
        if (!await LocalSignIn.IsClosedAsync(database, person.Id, [.. person.Grants], clock.GetUtcNow().UtcDateTime, cancellationToken)) return null;
        await portal.SendAsync(visitor, new RefuseLocalSignIn(person.Id, person.Name, PasswordSignIn.Home(person.Grants)), cancellationToken);
        return LocalSignIn.Refusal;
    }

    private Problem Throttled(string source, int seconds)
    {
        refusals.Count(source, "signIn.throttled");
        return new Problem(ProblemKind.TooManyRequests, "signIn.throttled", $"Too many attempts. Try again in {seconds} s.", Args: [seconds]) { RetryAfterSeconds = seconds };
    }

    private async Task<PendingSignIn?> PendingAsync(PortalDbContext db, string? ticket, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(ticket)) return null;
        var hash = TokenText.Hash(ticket);
        var now = clock.GetUtcNow().UtcDateTime;
        return await db.Set<PendingSignIn>().AsNoTracking().SingleOrDefaultAsync(p => p.TicketHash == hash && p.UsedAtUtc == null && p.ExpiresAtUtc > now && p.Attempts < PendingSignIn.MaxAttempts, cancellationToken);
    }

    /// <summary>Counts before it looks, and commits: parallel guesses share the five tries.</summary>
    private async Task<PendingSignIn?> TakeAttemptAsync(string? ticket, CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        if (await PendingAsync(open.Db, ticket, cancellationToken) is not { } pending) return null;
        var now = clock.GetUtcNow().UtcDateTime;
        await open.Db.Set<PendingSignIn>().Where(p => p.ExpiresAtUtc < now).ExecuteDeleteAsync(cancellationToken);
        var taken = await open.Db.Set<PendingSignIn>().Where(p => p.Id == pending.Id && p.Attempts < PendingSignIn.MaxAttempts).ExecuteUpdateAsync(s => s.SetProperty(p => p.Attempts, p => p.Attempts + 1), cancellationToken);
        await open.CommitAsync(cancellationToken);
        return taken == 1 ? pending : null;
    }

    private Task<Actor?> PersonAsync(Actor visitor, Guid userId, CancellationToken cancellationToken) => database.ReadAsync(
        DataScope.Platform,
        async db =>
        {
            var user = await db.Set<User>().SingleOrDefaultAsync(u => u.Id == userId && u.IsActive, cancellationToken);
            if (user is null) return null;
            var grants = await SessionDirectory.GrantsAsync(db, userId, cancellationToken);
            return grants.Count == 0 ? null : visitor with { Kind = ActorKind.Person, Id = user.Id, Name = user.UserName, Grants = grants };
        },
        cancellationToken);
}
