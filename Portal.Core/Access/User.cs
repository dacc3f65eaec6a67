using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>A person who can sign in, across organizations. What an organization knows of the person is its <see cref="Member"/> row; requests never read this table.</summary>
public sealed class User : IVersioned
{
    public required Guid Id { get; init; }

    /// <summary>The sign-in name, an e-mail address as typed.</summary>
    [Personal]
    public required string UserName { get; set; }

    /// <summary>Upper-cased by the invariant culture, unique.</summary>
    public required string NormalizedUserName { get; set; }

    [Personal]
    public required string DisplayName { get; set; }

    /// <summary>By the framework's password hasher; null for people who sign in elsewhere.</summary>
    [Secret]
    public string? PasswordHash { get; set; }

    public bool IsActive { get; set; } = true;

    /// <summary>"en", "ja" or null = as the browser asks.</summary>
    public string? Culture { get; set; }

    /// <summary>IANA; null = the browser's.</summary>
    public string? TimeZone { get; set; }

    /// <summary>"light", "dark" or null = the system's.</summary>
    public string? Theme { get; set; }

    public required DateTime CreatedAtUtc { get; init; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<User>(e =>
    {
        e.ToTable("users");
        e.HasGuard(TableGuard.PlatformOnly);
        e.HasIndex(x => x.NormalizedUserName).IsUnique();
        e.Property(x => x.UserName).HasMaxLength(256);
        e.Property(x => x.NormalizedUserName).HasMaxLength(256);
        e.Property(x => x.DisplayName).HasMaxLength(200);
        e.Property(x => x.PasswordHash).HasMaxLength(400);
        e.Property(x => x.Culture).HasMaxLength(10);
        e.Property(x => x.TimeZone).HasMaxLength(60);
        e.Property(x => x.Theme).HasMaxLength(10);
    });
}

/// <summary>A signed-in browser. Revoked = signed out everywhere within seconds.</summary>
[NotAudited]
public sealed class Session
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    public required DateTime ExpiresAtUtc { get; set; }

    public required DateTime LastSeenAtUtc { get; set; }

    public DateTime? RevokedAtUtc { get; set; }

    public string? IpAddress { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>How the person proved who they are: one of <see cref="SignInMethods"/>.</summary>
    public required string Method { get; init; }

    /// <summary>When a second factor was last shown in this session, by the portal or by the identity provider; null = never.</summary>
    public DateTime? MfaAtUtc { get; set; }

    /// <summary>When the person last proved within this session that it is them, by whatever they have; null = not since it was opened.</summary>
    public DateTime? ProvenAtUtc { get; set; }

    /// <summary>The organization's connection to its identity provider that vouched for the person; null for local accounts.</summary>
    public Guid? ConnectionId { get; init; }

    /// <summary>The provider's own name of the session (<c>sid</c> of OpenID Connect, SessionIndex of SAML), for its logout; null where it has none.</summary>
    public string? ProviderSession { get; init; }

    /// <summary>The provider's name of the person (<c>sub</c>, NameID), for its logout; null for local accounts.</summary>
    [Personal]
    public string? ProviderSubject { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<Session>(e =>
    {
        e.ToTable("sessions");
        e.HasGuard(TableGuard.PlatformOnly);
        e.HasIndex(x => x.UserId);
        e.HasOne<User>().WithMany().HasForeignKey(x => x.UserId);
        e.Property(x => x.IpAddress).HasMaxLength(60);
        e.Property(x => x.UserAgent).HasMaxLength(400);
        e.HasIndex(x => x.ConnectionId);
        e.Property(x => x.Method).HasMaxLength(20);
        e.Property(x => x.ProviderSession).HasMaxLength(256);
        e.Property(x => x.ProviderSubject).HasMaxLength(256);
    });
}

/// <summary>A person as one organization knows them. Those that its identity provider manages have a <see cref="Scim.ScimUser"/> of the same id.</summary>
public sealed class Member : ITenantOwned, IVersioned
{
    private string _userName = "";

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid UserId { get; init; }

    [Personal]
    public required string UserName
    {
        get => _userName;
        set => (_userName, UserNameKey) = (value, UserNames.Normalize(value));
    }

    /// <summary><see cref="UserName"/> upper-cased, for finding.</summary>
    [Personal]
    public string UserNameKey { get; private set; } = "";

    [Personal]
    public required string DisplayName { get; set; }

    public bool IsActive { get; set; } = true;

    public required DateTime JoinedAtUtc { get; init; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<Member>(e =>
    {
        e.ToTable("members");
        e.HasIndex(x => new { x.OrganizationId, x.UserId }).IsUnique();
        e.HasIndex(x => new { x.OrganizationId, x.UserName });
        e.HasIndex(x => new { x.OrganizationId, x.UserNameKey });
        e.Property(x => x.UserName).HasMaxLength(256);
        e.Property(x => x.UserNameKey).HasMaxLength(256);
        e.Property(x => x.DisplayName).HasMaxLength(200);
    });
}
