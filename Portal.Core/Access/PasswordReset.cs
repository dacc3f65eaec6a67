using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>A one-time link by which a person chooses a new password; made by an administrator, who never learns the password.</summary>
public sealed class PasswordReset
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    [Secret]
    public required byte[] TokenHash { get; init; }

    public required Guid CreatedByUserId { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    public required DateTime ExpiresAtUtc { get; init; }

    public DateTime? UsedAtUtc { get; set; }

    internal static void Configure(ModelBuilder model) => model.Entity<PasswordReset>(e =>
    {
        e.ToTable("password_resets");
        e.HasGuard(TableGuard.PlatformOnly);
        e.HasIndex(x => x.TokenHash).IsUnique();
        e.HasIndex(x => x.UserId);
        e.HasOne<User>().WithMany().HasForeignKey(x => x.UserId);
        e.Property(x => x.TokenHash).HasMaxLength(32).IsFixedLength();
        e.Property(x => x.UsedAtUtc).IsConcurrencyToken();
    });
}
