using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Factors;

/// <summary>What is still missing after a right password.</summary>
public enum SignInNeed
{
    None,

    /// <summary>A code or passkey that the person has.</summary>
    SecondFactor,

    /// <summary>The organization wants a second factor and the person has none yet.</summary>
    Enrol,
}

/// <summary>A sign-in whose password was right and which waits for its second step: five minutes, one browser (the secret is in its cookie), one use, five tries.</summary>
[NotAudited]
public sealed class PendingSignIn
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    public const int MaxAttempts = 5;

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required SignInNeed Need { get; init; }

    [Secret]
    public required byte[] TicketHash { get; init; }

    /// <summary>For <see cref="SignInNeed.Enrol"/>: the new authenticator's secret, encrypted; it becomes the person's with the first right code.</summary>
    [Secret]
    public string? Secret { get; init; }

    public required DateTime ExpiresAtUtc { get; init; }

    public int Attempts { get; set; }

    public DateTime? UsedAtUtc { get; set; }

    internal static void Configure(ModelBuilder model) => model.Entity<PendingSignIn>(e =>
    {
        e.ToTable("pending_sign_ins");
        e.HasGuard(TableGuard.PlatformOnly);
        e.HasIndex(x => x.TicketHash).IsUnique();
        e.HasIndex(x => x.ExpiresAtUtc);
        e.Property(x => x.TicketHash).HasMaxLength(32).IsFixedLength();
        e.Property(x => x.Secret).HasMaxLength(1000);
        e.Property(x => x.UsedAtUtc).IsConcurrencyToken();
    });
}

/// <summary>Where a sign-in stands: open, or waiting for its second step.</summary>
/// <param name="Session">The open session; null while something is missing.</param>
/// <param name="Ticket">The secret of the pending sign-in, for the browser's cookie.</param>
public sealed record SignInStep(SignedIn? Session, SignInNeed Need = SignInNeed.None, string? Ticket = null);
