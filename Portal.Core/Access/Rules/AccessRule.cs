using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Rules;

public enum AccessRuleKind
{
    /// <summary>Refused where the condition holds, or always without one; outweighs every grant.</summary>
    Deny,

    /// <summary>Refused unless the condition holds.</summary>
    AllowOnlyIf,

    /// <summary>Two roles that one person may not hold both.</summary>
    SeparateRoles,
}

/// <summary>A rule of the organization that stands above all bindings.</summary>
public sealed class AccessRule : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; set; }

    public required AccessRuleKind Kind { get; init; }

    /// <summary>What it concerns (<c>area:verb</c>, wildcards allowed); null for pairs of roles.</summary>
    public string? Permission { get; set; }

    /// <summary>In its stored form; null = always.</summary>
    public string? Condition { get; set; }

    /// <summary>A built-in role's name or the id of one of the organization's own; both null for rules about permissions.</summary>
    public string? FirstRole { get; set; }

    public string? SecondRole { get; set; }

    public required DateTime CreatedAtUtc { get; init; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<AccessRule>(e =>
    {
        e.ToTable("access_rules");
        e.HasIndex(x => new { x.OrganizationId, x.Name }).IsUnique();
        e.Property(x => x.Name).HasMaxLength(200);
        e.Property(x => x.Permission).HasMaxLength(60);
        e.Property(x => x.Condition).IsLongText();
        e.Property(x => x.FirstRole).HasMaxLength(60);
        e.Property(x => x.SecondRole).HasMaxLength(60);
    });
}
