using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Scim;

internal static class ScimTables
{
    public static void Configure(ModelBuilder model)
    {
        ScimUser.Configure(model);
        ScimEmail.Configure(model);
        ScimSettings.Configure(model);
        ScimDeparture.Configure(model);
        HeldChange.Configure(model);
        ScimRequestEntry.Configure(model);
        Groups.Group.Configure(model);
        Groups.GroupMember.Configure(model);
    }
}

/// <summary>A member of the organization that the identity provider manages; the id is the member's. Columns repeat what is searched for.</summary>
public sealed class ScimUser : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Upper-cased, unique in the organization.</summary>
    [Personal]
    public required string UserNameKey { get; set; }

    [Personal]
    public string? ExternalId { get; set; }

    /// <summary>What pages and group lists show.</summary>
    [Personal]
    public required string ShownName { get; set; }

    /// <summary>Upper-cased displayName; null where none was sent.</summary>
    [Personal]
    public string? DisplayNameKey { get; set; }

    public required bool IsActive { get; set; }

    /// <summary>The resource in canonical form as JSON, without id, meta and groups.</summary>
    [Personal]
    public required string Attributes { get; set; }

    /// <summary>To the millisecond, as it is told.</summary>
    public required DateTime CreatedAtUtc { get; init; }

    public required DateTime ModifiedAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<ScimUser>(e =>
    {
        e.ToTable("scim_users");
        e.HasIndex(x => new { x.OrganizationId, x.UserNameKey }).IsUnique();
        e.HasIndex(x => new { x.OrganizationId, x.ExternalId });
        e.HasIndex(x => new { x.OrganizationId, x.DisplayNameKey });
        e.HasIndex(x => new { x.OrganizationId, x.ModifiedAtUtc });
        e.Property(x => x.UserNameKey).HasMaxLength(256);
        e.Property(x => x.ExternalId).HasMaxLength(256);
        e.Property(x => x.ShownName).HasMaxLength(256);
        e.Property(x => x.DisplayNameKey).HasMaxLength(256);
        e.Property(x => x.Attributes).IsLongText();
    });
}

/// <summary>An e-mail address of a provisioned person, upper-cased: the index behind <c>emails.value</c>.</summary>
[NotAudited]
public sealed class ScimEmail : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ScimUserId { get; init; }

    public required string ValueKey { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<ScimEmail>(e =>
    {
        e.ToTable("scim_emails");
        e.HasIndex(x => x.ScimUserId);
        e.HasIndex(x => new { x.OrganizationId, x.ValueKey });
        e.Property(x => x.ValueKey).HasMaxLength(400);
    });
}

/// <summary>One row an organization that is provisioned, held while people leave, so that they are counted one after another. The id is the organization's.</summary>
[NotAudited]
public sealed class ScimSettings : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<ScimSettings>(e => e.ToTable("scim_settings"));
}

/// <summary>Somebody was deactivated or deleted by provisioning without approval: what the hold counts.</summary>
[NotAudited]
public sealed class ScimDeparture : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required DateTime AtUtc { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<ScimDeparture>(e =>
    {
        e.ToTable("scim_departures");
        e.HasIndex(x => new { x.OrganizationId, x.AtUtc });
    });
}

public enum HeldChangeKind
{
    Deactivate,
    Delete,
}

public enum HeldChangeState
{
    Pending,
    Approved,
    Rejected,
}

/// <summary>A deactivation or deletion that waits for a person's approval because too many came within an hour.</summary>
public sealed class HeldChange : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid MemberId { get; init; }

    [Personal]
    public required string UserName { get; init; }

    public required HeldChangeKind Kind { get; init; }

    public HeldChangeState State { get; set; }

    /// <summary>The token that asked.</summary>
    public required Guid RequestedBy { get; init; }

    public required DateTime RequestedAtUtc { get; init; }

    public Guid? DecidedBy { get; set; }

    public DateTime? DecidedAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<HeldChange>(e =>
    {
        e.ToTable("scim_held_changes");
        e.HasIndex(x => new { x.OrganizationId, x.State });
        e.HasIndex(x => x.MemberId);
        e.Property(x => x.UserName).HasMaxLength(256);
    });
}

/// <summary>A request that the identity provider sent, secrets and private details taken out; kept 30 days.</summary>
[NotAudited]
public sealed class ScimRequestEntry : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required DateTime AtUtc { get; init; }

    public required string Method { get; init; }

    /// <summary>Below the organization's base address, with its query: "Users?filter=...".</summary>
    public required string Path { get; init; }

    public required int Status { get; init; }

    public string? ScimType { get; init; }

    /// <summary>The reason of a refusal.</summary>
    public string? Detail { get; init; }

    public required int DurationMilliseconds { get; init; }

    public required Guid TokenId { get; init; }

    public string? RequestId { get; init; }

    public string? Body { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<ScimRequestEntry>(e =>
    {
        e.ToTable("scim_requests");
        e.HasIndex(x => new { x.OrganizationId, x.AtUtc });
        e.Property(x => x.Method).HasMaxLength(10);
        e.Property(x => x.Path).HasMaxLength(2000);
        e.Property(x => x.ScimType).HasMaxLength(40);
        e.Property(x => x.Detail).HasMaxLength(1000);
        e.Property(x => x.RequestId).HasMaxLength(200);
        e.Property(x => x.Body).IsLongText();
    });
}
