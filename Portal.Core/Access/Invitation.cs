using System.Xml.Linq;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>An open door for one person into one organization, by a link that ends.</summary>
public sealed class Invitation : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    [Personal]
    public required string Email { get; init; }

    public required string Role { get; init; }

    [Secret]
    public required byte[] TokenHash { get; init; }

    public required Guid InvitedByUserId { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    public required DateTime ExpiresAtUtc { get; init; }

    public DateTime? AcceptedAtUtc { get; set; }

    public DateTime? RevokedAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<Invitation>(e =>
    {
        e.ToTable("invitations");
        e.HasIndex(x => x.TokenHash).IsUnique();
        e.HasIndex(x => x.OrganizationId);
        e.Property(x => x.TokenHash).HasMaxLength(32).IsFixedLength();
        e.Property(x => x.Email).HasMaxLength(256);
        e.Property(x => x.Role).HasMaxLength(60);
    });
}

/// <summary>The one-time link of the first start, which makes the first administrator.</summary>
public sealed class SetupLink
{
    public required Guid Id { get; init; }

    [Secret]
    public required byte[] TokenHash { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    public required DateTime ExpiresAtUtc { get; init; }

    public DateTime? UsedAtUtc { get; set; }

    internal static void Configure(ModelBuilder model) => model.Entity<SetupLink>(e =>
    {
        e.ToTable("setup_links");
        e.HasGuard(TableGuard.PlatformOnly);
        // Two people who open the link at the same moment: one of them becomes the administrator.
        e.Property(x => x.UsedAtUtc).IsConcurrencyToken();
        e.Property(x => x.TokenHash).HasMaxLength(32).IsFixedLength();
    });
}

/// <summary>A key of ASP.NET Core data protection, kept in the database so that every replica reads the same cookies.</summary>
[NotAudited]
public sealed class StoredDataProtectionKey
{
    public required Guid Id { get; init; }

    public required string FriendlyName { get; init; }

    [Secret]
    public required string Xml { get; init; }

    public XElement ToElement() => XElement.Parse(Xml);

    internal static void Configure(ModelBuilder model) => model.Entity<StoredDataProtectionKey>(e =>
    {
        e.ToTable("data_protection_keys");
        e.HasGuard(TableGuard.PlatformOnly);
        e.Property(x => x.FriendlyName).HasMaxLength(200);
        e.Property(x => x.Xml).IsLongText();
    });
}
