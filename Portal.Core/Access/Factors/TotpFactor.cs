using Hexabase.Portal.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Factors;

/// <summary>A person's authenticator app. It counts once a first code has confirmed it.</summary>
public sealed class TotpFactor
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>The shared secret, encrypted by data protection.</summary>
    [Secret]
    public required string Secret { get; set; }

    public required DateTime CreatedAtUtc { get; set; }

    public DateTime? ConfirmedAtUtc { get; set; }

    /// <summary>The step of the last code used (Unix time in units of 30 s): no code counts twice, not even twice at once.</summary>
    public long LastStep { get; set; }

    public DateTime? LastUsedAtUtc { get; set; }

    internal static void Configure(ModelBuilder model) => model.Entity<TotpFactor>(e =>
    {
        e.ToTable("totp_factors");
        e.HasGuard(TableGuard.PlatformOnly);
        e.HasIndex(x => x.UserId).IsUnique();
        e.HasOne<User>().WithMany().HasForeignKey(x => x.UserId);
        e.Property(x => x.LastStep).IsConcurrencyToken();
        e.Property(x => x.Secret).HasMaxLength(1000);
    });
}

/// <summary>Encrypts the secrets of authenticator apps with the portal's data protection keys, so that a copy of the database alone makes no codes.</summary>
public sealed class FactorSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Hexabase.Portal.Totp");

    public string Protect(byte[] secret) => _protector.Protect(Convert.ToBase64String(secret));

    public byte[] Unprotect(string secret) => Convert.FromBase64String(_protector.Unprotect(secret));
}
