using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Hexabase.Portal.Access.Factors;

/// <summary>What tests of sign-in and second factors do again and again.</summary>
internal static class FactorWorld
{
    public const string Password = "a long walk by the river";

    public static Actor Visitor { get; } = Actor.Anonymous with { IpAddress = "192.0.2.9" };

    /// <summary>The person as their session acts now.</summary>
    public static async Task<Actor> ActorAsync(this WebPortal portal, TestPerson person) =>
        (await portal.Services.GetRequiredService<SessionDirectory>().FindAsync(person.SessionId, CancellationToken.None)).ShouldNotBeNull().ToActor();

    public static async Task<T> DoAsync<T>(this WebPortal portal, Actor actor, Command<T> command)
    {
        var result = await portal.Portal.SendAsync(actor, command);
        result.Problem.ShouldBeNull(result.Problem?.Message);
        return result.Value;
    }

    public static async Task<Problem> RefusedAsync<T>(this WebPortal portal, Actor actor, Command<T> command) => (await portal.Portal.SendAsync(actor, command)).Problem.ShouldNotBeNull();

    /// <summary>Enrols an authenticator; answers its secret as base32. The present step's code is used up.</summary>
    public static async Task<byte[]> EnrolAsync(this WebPortal portal, TestPerson person)
    {
        var actor = await portal.ActorAsync(person);
        var offer = await portal.DoAsync(actor, new BeginTotp());
        var secret = Base32(offer.Secret);
        // The step before the present one: the present code is left for the sign-in that follows.
        await portal.DoAsync(actor, new ConfirmTotp(Totp.Code(secret, Totp.StepOf(DateTime.UtcNow) - 1)));
        return secret;
    }

    public static string CodeNow(byte[] secret) => Totp.Code(secret, Totp.StepOf(DateTime.UtcNow));

    public static byte[] Base32(string text)
    {
        var bytes = new List<byte>();
        var (buffer, bits) = (0, 0);
        foreach (var c in text)
        {
            buffer = (buffer << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal);
            if ((bits += 5) < 8) continue;
            bits -= 8;
            bytes.Add((byte)(buffer >> bits));
            buffer &= (1 << bits) - 1;
        }

        return [.. bytes];
    }

    /// <summary>Entries of the action, newest first.</summary>
    public static async Task<List<AuditEntry>> AuditAsync(this WebPortal portal, string action, Guid userId)
    {
        await using var open = await portal.Services.GetRequiredService<PortalDatabase>().OpenAsync(DataScope.Platform, forWriting: false, CancellationToken.None);
        return await open.Db.Set<AuditEntry>().Where(e => e.Action == action && e.UserId == userId).OrderByDescending(e => e.OccurredAtUtc).ToListAsync();
    }

    public static Task<Result<SignInStep>> SignInAsync(this WebPortal portal, TestPerson person, string source = "a") =>
        portal.Services.GetRequiredService<PasswordSignIn>().SignInAsync(Visitor, source, person.UserName, Password, CancellationToken.None);

    public static Task<Result<SignedIn>> SecondStepAsync(this WebPortal portal, string? ticket, string? code, string source = "a") =>
        portal.Services.GetRequiredService<SecondFactorSignIn>().CompleteAsync(Visitor, source, ticket, code, null, CancellationToken.None);

    /// <summary>Changes rows as time would: no command moves the past.</summary>
    public static async Task ShiftAsync(this WebPortal portal, Func<PortalDbContext, Task> change)
    {
        await using var open = await portal.Services.GetRequiredService<PortalDatabase>().OpenAsync(DataScope.Platform, forWriting: true, CancellationToken.None);
        await change(open.Db);
        await open.CommitAsync(CancellationToken.None);
    }
}
