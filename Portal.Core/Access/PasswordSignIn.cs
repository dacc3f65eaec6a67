using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Access.Policies;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

#pragma warning disable CA1001 // Lives as long as the process.

namespace Hexabase.Portal.Access;

/// <summary>
/// Signing in with user name and password. Throttled by source and by name; an unknown name takes as long as a wrong password and gets the same answer;
/// the costly hash runs outside of any transaction and for a few people at a time only.
/// </summary>
public sealed class PasswordSignIn(PortalDatabase database, IPortal portal, IPasswordHasher<User> hasher, SignInThrottle throttle, RefusalLog refusals, TimeProvider clock)
{
    private static readonly Problem Wrong = new(ProblemKind.Unauthenticated, "signIn.wrong", "User name or password is wrong.");
    private readonly SemaphoreSlim _hashing = new(Math.Max(2, Environment.ProcessorCount));
    private readonly Lazy<string> _nobody = new(() => hasher.HashPassword(Nobody, TokenText.NewSecret()));

    private static readonly User Nobody = new() { Id = Guid.Empty, UserName = "", NormalizedUserName = "", DisplayName = "", CreatedAtUtc = DateTime.UnixEpoch };

    /// <param name="visitor">The anonymous actor of the request.</param>
    /// <param name="source">What throttling counts by.</param>
    /// <returns>The new session, or what is missing yet.</returns>
    public async Task<Result<SignInStep>> SignInAsync(Actor visitor, string source, string? userName, string? password, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(userName) || userName.Length > UserNames.MaxLength || string.IsNullOrEmpty(password) || password.Length > Passwords.MaxLength) return Wrong;
        if (throttle.Begin(source) is { } seconds)
        {
            refusals.Count(source, "signIn.throttled");
            return new Problem(ProblemKind.TooManyRequests, "signIn.throttled", $"Too many attempts. Try again in {seconds} s.", Args: [seconds]) { RetryAfterSeconds = seconds };
        }

        var normalized = UserNames.Normalize(userName);
        if (throttle.DelayFor(normalized) is var delay && delay > TimeSpan.Zero) await Task.Delay(delay, clock, cancellationToken);
        var (user, grants, need) = await FindAsync(normalized, cancellationToken);
        if (user is null || !await MatchesAsync(user, password, cancellationToken) || !user.IsActive || grants.Count == 0)
        {
            throttle.Failed(normalized);
            await portal.SendAsync(visitor, new RefuseSignIn(user?.Id, user?.UserName, Home(grants)), cancellationToken);
            return Wrong;
        }

        if (await Sso.Entry.LocalSignIn.IsClosedAsync(database, user.Id, grants, clock.GetUtcNow().UtcDateTime, cancellationToken))
        {
            await portal.SendAsync(visitor, new Sso.Entry.RefuseLocalSignIn(user.Id, user.UserName, Home(grants)), cancellationToken);
            return Sso.Entry.LocalSignIn.Refusal;
        }

        var person = visitor with { Kind = ActorKind.Person, Id = user.Id, Name = user.UserName, Grants = grants };
        if (need != SignInNeed.None)
        {
            var begun = await portal.SendAsync(person, new BeginSecondStep(need, Home(grants)), cancellationToken);
            if (!begun.TryGet(out var ticket, out var problem)) return problem;
            throttle.Succeeded(source, normalized);
            return new SignInStep(null, need, ticket);
        }

        var opened = await portal.SendAsync(person, new OpenSession(new SignInFacts(SignInMethods.Password)), cancellationToken);
        if (!opened.TryGet(out var session, out var refusal)) return refusal;
        throttle.Succeeded(source, normalized);
        return new SignInStep(session);
    }

    /// <summary>Whether the password is the user's; used before it is changed, too.</summary>
    internal async Task<bool> MatchesAsync(User? user, string password, CancellationToken cancellationToken)
    {
        await _hashing.WaitAsync(cancellationToken);
        try
        {
            var hash = user?.PasswordHash;
            var outcome = hasher.VerifyHashedPassword(user ?? Nobody, hash ?? _nobody.Value, Passwords.Normalize(password));
            return hash is not null && outcome != PasswordVerificationResult.Failed;
        }
        finally
        {
            _hashing.Release();
        }
    }

    private async Task<(User? User, List<Grant> Grants, SignInNeed Need)> FindAsync(string normalized, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(
            DataScope.Platform,
            async db =>
            {
                // As many questions to the database for an unknown name as for a known one.
                var user = await db.Set<User>().SingleOrDefaultAsync(u => u.NormalizedUserName == normalized, cancellationToken);
                var id = user?.Id ?? Guid.Empty;
                return (User: user, Grants: await SessionDirectory.GrantsAsync(db, id, cancellationToken), Need: await SessionRules.NeedAsync(db, id, clock.GetUtcNow().UtcDateTime, cancellationToken));
            },
            cancellationToken);
        if (found.User is not null) return found;
        // And the same hash.
        await MatchesAsync(null, normalized, cancellationToken);
        return (null, [], SignInNeed.None);
    }

    internal static Guid? Home(IReadOnlyList<Grant> grants) => grants.Any(g => g.Scope == GrantScope.Platform) ? null : grants.Count > 0 ? grants[0].OrganizationId : null;
}
