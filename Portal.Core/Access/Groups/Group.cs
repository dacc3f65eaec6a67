using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Groups;

/// <summary>A group of people in an organization, made by provisioning. Role bindings of the group hold for each of its members.</summary>
public sealed class Group : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string DisplayName { get; set; }

    /// <summary>Upper-cased, for searching.</summary>
    public required string DisplayNameKey { get; set; }

    public string? ExternalId { get; set; }

    /// <summary>To the millisecond, as it is told.</summary>
    public required DateTime CreatedAtUtc { get; init; }

    public required DateTime ModifiedAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<Group>(e =>
    {
        e.ToTable("access_groups");
        e.HasIndex(x => new { x.OrganizationId, x.DisplayNameKey });
        e.HasIndex(x => new { x.OrganizationId, x.ExternalId });
        e.Property(x => x.DisplayName).HasMaxLength(256);
        e.Property(x => x.DisplayNameKey).HasMaxLength(256);
        e.Property(x => x.ExternalId).HasMaxLength(256);
    });
}

/// <summary>A member in a group. Rows of people who left are removed with them.</summary>
public sealed class GroupMember : ITenantOwned
{
    public required Guid GroupId { get; init; }

    /// <summary>The <see cref="Member"/>.</summary>
    public required Guid MemberId { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Null for those who were in it before that was kept.</summary>
    public DateTime? AddedAtUtc { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<GroupMember>(e =>
    {
        e.ToTable("access_group_members");
        e.HasKey(x => new { x.GroupId, x.MemberId });
        e.HasIndex(x => x.MemberId);
    });
}
