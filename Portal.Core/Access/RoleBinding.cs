using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

public enum PrincipalKind
{
    Person,
    Group,
    ServiceAccount,
}

/// <summary>A role that a principal holds at a place. <see cref="OrganizationId"/> = <see cref="Guid.Empty"/>: on the platform.</summary>
public sealed class RoleBinding : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required PrincipalKind PrincipalKind { get; init; }

    public required Guid PrincipalId { get; init; }

    /// <summary>The name of a built-in role (lower-camel) or the id of a custom one.</summary>
    public required string Role { get; init; }

    public required GrantScope Scope { get; init; }

    /// <summary>The business unit, workspace or project; null for organization and platform.</summary>
    public Guid? ScopeId { get; init; }

    /// <summary>The attribute condition in its stored form (<see cref="Conditions.Condition"/>); null = always.</summary>
    public string? Conditions { get; init; }

    /// <summary>From this moment on it grants nothing; null = no end.</summary>
    public DateTime? ExpiresAtUtc { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<RoleBinding>(e =>
    {
        e.ToTable("role_bindings");
        e.HasIndex(x => x.PrincipalId);
        e.HasIndex(x => new { x.OrganizationId, x.Role });
        e.Property(x => x.Role).HasMaxLength(60);
        e.Property(x => x.Conditions).IsLongText();
    });
}
