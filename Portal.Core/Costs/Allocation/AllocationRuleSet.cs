using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>One immutable version of an organization's allocation rules. On a charge day the set with the greatest start on or before it counts; of equal starts the newest version.</summary>
public sealed class AllocationRuleSet : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>From 1.</summary>
    public required int VersionNumber { get; init; }

    public required DateOnly EffectiveFrom { get; init; }

    /// <summary>JSON array of the rules as accepted.</summary>
    public required string Rules { get; init; }

    public required Guid CreatedByUserId { get; init; }

    public required string CreatedByName { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<AllocationRuleSet>(e =>
    {
        e.ToTable("allocation_rule_sets");
        e.HasGuard(TableGuard.InsertOnly);
        e.HasIndex(x => new { x.OrganizationId, x.VersionNumber }).IsUnique();
        e.Property(x => x.Rules).IsLongText();
        e.Property(x => x.CreatedByName).HasMaxLength(300);
    });
}
