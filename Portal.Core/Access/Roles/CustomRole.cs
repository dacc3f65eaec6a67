using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Roles;

/// <summary>A role that an organization has made for itself; bindings name it by its id.</summary>
public sealed class CustomRole : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Slug { get; init; }

    public required string Name { get; set; }

    public string? Description { get; set; }

    /// <summary><c>area:verb</c>, <c>area:*</c>, <c>*:verb</c>; a leading '-' takes one away.</summary>
    public required List<string> Permissions { get; set; }

    public bool IsArchived { get; set; }

    public required DateTime CreatedAtUtc { get; init; }

    public long Version { get; private set; }

    /// <summary>What bindings and tokens call it.</summary>
    public string Key => KeyOf(Id);

    public Role ToRole() => new(Key, GrantScope.Organization, Permissions) { NarrowestScope = GrantScope.Project };

    public static string KeyOf(Guid id) => id.ToString("D");

    internal static void Configure(ModelBuilder model) => model.Entity<CustomRole>(e =>
    {
        e.ToTable("custom_roles");
        e.HasIndex(x => new { x.OrganizationId, x.Slug }).IsUnique();
        e.Property(x => x.Slug).HasMaxLength(Kernel.Slug.MaxLength);
        e.Property(x => x.Name).HasMaxLength(200);
        e.Property(x => x.Description).HasMaxLength(1000);
        e.PrimitiveCollection(x => x.Permissions).HasMaxLength(4000);
        e.Ignore(x => x.Key);
    });
}
