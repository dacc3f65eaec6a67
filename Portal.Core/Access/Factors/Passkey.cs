using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Factors;

/// <summary>A WebAuthn credential of a person: a device or security key that proves possession and, by its PIN or biometrics, the person.</summary>
public sealed class Passkey
{
    public const int MaxOfAPerson = 20;

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>Chosen by the authenticator, at most 1023 bytes.</summary>
    public required byte[] CredentialId { get; init; }

    /// <summary>COSE key.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>As the person calls it.</summary>
    public required string Name { get; set; }

    public required DateTime CreatedAtUtc { get; init; }

    public DateTime? LastUsedAtUtc { get; set; }

    /// <summary>Grows with each use on authenticators that count; falling back means a copy.</summary>
    public long SignCount { get; set; }

    /// <summary>"internal", "usb", "hybrid" ..., separated by spaces.</summary>
    public string Transports { get; init; } = "";

    public bool IsBackupEligible { get; init; }

    public bool IsBackedUp { get; set; }

    internal static void Configure(ModelBuilder model) => model.Entity<Passkey>(e =>
    {
        e.ToTable("passkeys");
        e.HasGuard(TableGuard.PlatformOnly);
        e.HasIndex(x => x.UserId);
        e.HasOne<User>().WithMany().HasForeignKey(x => x.UserId);
        // Found by the hash: SQL Server's index keys are shorter than an id may be.
        e.HasIndex(x => x.CredentialHash).IsUnique();
        e.Property(x => x.CredentialHash).HasMaxLength(32).IsFixedLength();
        e.Property(x => x.CredentialId).HasMaxLength(1023);
        e.Property(x => x.PublicKey).HasMaxLength(2000);
        e.Property(x => x.Name).HasMaxLength(100);
        e.Property(x => x.Transports).HasMaxLength(100);
    });

    /// <summary>SHA-256 of <see cref="CredentialId"/>.</summary>
    public required byte[] CredentialHash { get; init; }
}

/// <summary>A passkey whose signature the portal has just verified, the person's presence and verification included.</summary>
public sealed record PasskeyProof(byte[] CredentialId, uint SignCount, bool IsBackedUp);
