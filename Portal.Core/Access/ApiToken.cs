using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>A bearer token for programs: <c>hxp_</c> + 32 random bytes in base62 + checksum; only its SHA-256 is stored. <see cref="OrganizationId"/> = <see cref="Guid.Empty"/>: a service administrator's.</summary>
public sealed class ApiToken : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; init; }

    /// <summary>What it acts with; for a service account's token only what lists show, since its account's roles count.</summary>
    public required string Role { get; set; }

    /// <summary>Permissions (<c>area:verb</c>, <c>area:*</c>) or named scopes (<c>scim</c>) that narrow the role; empty = the whole role.</summary>
    public List<string> Scopes { get; init; } = [];

    [Secret]
    public required byte[] Hash { get; set; }

    /// <summary>The secret of before the last rotation, while it still works.</summary>
    [Secret]
    public byte[]? PreviousHash { get; set; }

    public DateTime? PreviousUntilUtc { get; set; }

    public DateTime? RotatedAtUtc { get; set; }

    /// <summary>The first characters, to recognise it in lists.</summary>
    public required string Hint { get; set; }

    /// <summary>The user with whom it ends; null for the bootstrap token and for those of service accounts.</summary>
    public Guid? OwnerUserId { get; set; }

    /// <summary>The service account that it acts as and ends with.</summary>
    public Guid? ServiceAccountId { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    public required DateTime ExpiresAtUtc { get; set; }

    public DateTime? RevokedAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<ApiToken>(e =>
    {
        e.ToTable("api_tokens");
        e.HasIndex(x => x.Hash).IsUnique();
        e.HasIndex(x => x.PreviousHash);
        e.HasIndex(x => x.ServiceAccountId);
        e.HasIndex(x => x.OrganizationId);
        e.Property(x => x.Hash).HasMaxLength(32).IsFixedLength();
        e.Property(x => x.PreviousHash).HasMaxLength(32).IsFixedLength();
        e.Property(x => x.Name).HasMaxLength(200);
        e.Property(x => x.Role).HasMaxLength(60);
        e.Property(x => x.Hint).HasMaxLength(16);
        e.PrimitiveCollection(x => x.Scopes).HasMaxLength(2000);
    });
}

/// <summary>When a token was last used, at most one write a minute; apart from the token so that using one never changes its version.</summary>
[NotAudited]
public sealed class ApiTokenUse : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required DateTime LastUsedAtUtc { get; set; }

    public string? IpAddress { get; set; }

    internal static void Configure(ModelBuilder model) => model.Entity<ApiTokenUse>(e =>
    {
        e.ToTable("api_token_uses");
        e.Property(x => x.IpAddress).HasMaxLength(60);
    });
}
