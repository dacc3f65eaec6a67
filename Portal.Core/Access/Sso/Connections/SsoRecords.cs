using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>A mail domain that an organization says is its own. Counts once it is proven; proven for one organization only.</summary>
public sealed class SsoDomain : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Lower-case ASCII (punycode for others).</summary>
    public required string Name { get; init; }

    /// <summary>The name once it is proven; unique among all organizations.</summary>
    public string? VerifiedName { get; set; }

    /// <summary>What the domain must show.</summary>
    public required string Token { get; init; }

    /// <summary>The connection that people of the domain sign in with; null = the organization's first enabled one.</summary>
    public Guid? ConnectionId { get; set; }

    /// <summary>Where the text was found.</summary>
    public SsoDomainWay? VerifiedBy { get; set; }

    public DateTime? VerifiedAtUtc { get; set; }

    public required DateTime CreatedAtUtc { get; init; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<SsoDomain>(e =>
    {
        e.ToTable("sso_domains");
        e.HasIndex(x => new { x.OrganizationId, x.Name }).IsUnique();
        e.HasIndex(x => x.VerifiedName).IsUnique();
        e.Property(x => x.Name).HasMaxLength(253);
        e.Property(x => x.VerifiedName).HasMaxLength(253);
        e.Property(x => x.Token).HasMaxLength(60);
    });
}

/// <summary>A group or role as the provider names it, and what its people get: a group of the portal, or a role at the organization.</summary>
public sealed class SsoGroupMapping : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ConnectionId { get; init; }

    public required string Value { get; init; }

    public Guid? GroupId { get; init; }

    public string? Role { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<SsoGroupMapping>(e =>
    {
        e.ToTable("sso_group_mappings");
        e.HasIndex(x => x.ConnectionId);
        e.Property(x => x.Value).HasMaxLength(320);
        e.Property(x => x.Role).HasMaxLength(60);
    });
}

/// <summary>What a connection gave a person by its mappings, so that it can take away exactly that: a role binding, or a place in a group.</summary>
[NotAudited]
public sealed class SsoGrant : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ConnectionId { get; init; }

    public required Guid MemberId { get; init; }

    public string? Role { get; init; }

    public Guid? BindingId { get; init; }

    public Guid? GroupId { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<SsoGrant>(e =>
    {
        e.ToTable("sso_grants");
        e.HasIndex(x => new { x.ConnectionId, x.MemberId });
        e.Property(x => x.Role).HasMaxLength(60);
    });
}

/// <summary>A person at a provider (issuer and subject) is this member, since they signed in for the first time.</summary>
public sealed class SsoSubject : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ConnectionId { get; init; }

    /// <summary>SHA-256 of issuer and subject, to the letter on both engines.</summary>
    public required byte[] SubjectHash { get; init; }

    public required Guid MemberId { get; init; }

    public required DateTime LinkedAtUtc { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<SsoSubject>(e =>
    {
        e.ToTable("sso_subjects");
        e.HasIndex(x => new { x.ConnectionId, x.SubjectHash }).IsUnique();
        e.HasIndex(x => x.MemberId);
        e.Property(x => x.SubjectHash).HasMaxLength(32).IsFixedLength();
    });
}

/// <summary>One attempt to sign in: which step, what came (redacted), which check failed, what to change.</summary>
[NotAudited]
public sealed class SsoAttempt : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public Guid? ConnectionId { get; init; }

    public required DateTime AtUtc { get; init; }

    /// <summary>start, answer, person, session, logout.</summary>
    public required string Step { get; init; }

    public required bool Succeeded { get; init; }

    public required bool IsTest { get; init; }

    /// <summary>The short code that the person was shown.</summary>
    public required string Reference { get; init; }

    /// <summary>The check that failed, stable and dotted.</summary>
    public string? Code { get; init; }

    public string? Message { get; init; }

    public string? Came { get; init; }

    public string? Change { get; init; }

    /// <summary>JSON of what the provider said; what names a person is shown by length and hash.</summary>
    public string? Facts { get; init; }

    public Guid? MemberId { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<SsoAttempt>(e =>
    {
        e.ToTable("sso_attempts");
        e.HasIndex(x => new { x.OrganizationId, x.Id });
        e.HasIndex(x => x.AtUtc);
        e.Property(x => x.Step).HasMaxLength(20);
        e.Property(x => x.Reference).HasMaxLength(20);
        e.Property(x => x.Code).HasMaxLength(100);
        e.Property(x => x.Message).HasMaxLength(1000);
        e.Property(x => x.Came).HasMaxLength(400);
        e.Property(x => x.Change).HasMaxLength(1000);
        e.Property(x => x.Facts).IsLongText();
    });
}

/// <summary>An organization's way in when its provider is broken: a sealed code that works once, for an hour, and raises the alarm.</summary>
public sealed class BreakGlass : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The account that the code signs in: it holds no role of its own, its sessions are administrators of this organization.</summary>
    public required Guid UserId { get; init; }

    [Secret]
    public required byte[] CodeHash { get; set; }

    public required DateTime SealedAtUtc { get; set; }

    public required Guid SealedByUserId { get; set; }

    public DateTime? UsedAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<BreakGlass>(e =>
    {
        e.ToTable("sso_break_glass");
        e.HasIndex(x => x.OrganizationId).IsUnique();
        e.HasIndex(x => x.UserId);
        e.Property(x => x.CodeHash).HasMaxLength(32).IsFixedLength();
    });
}
