using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>Where a part of a day's cost went.</summary>
internal static class CostFactKind
{
    public const short Unallocated = 0;

    /// <summary>By a rule with one target; these are the base of proportional splits.</summary>
    public const short Direct = 1;

    public const short Split = 2;
}

/// <summary>
/// The allocated roll-up that every standard report reads: one row per <see cref="CostDay"/> and part of it. The parts of a day add up to it in every
/// metric, to the last digit. Written by the allocator alone.
/// </summary>
[NotAudited]
public sealed class CostFact : CostAmounts, ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required DateOnly Day { get; init; }

    public required long DailyId { get; init; }

    /// <summary>Counts the parts of one daily row from 0.</summary>
    public required int Part { get; init; }

    public required long SliceId { get; init; }

    public required long KeyId { get; init; }

    public required short Kind { get; init; }

    public Guid? WorkspaceId { get; init; }

    public Guid? ProjectId { get; init; }

    public Guid? BusinessUnitId { get; init; }

    public string? CostCenter { get; init; }

    /// <summary>The rule set's version and the rule's place in it (from 0); null where no rule matched.</summary>
    public int? RuleVersion { get; init; }

    public int? RuleIndex { get; init; }

    /// <summary>Percent that the rule adds as a component of its own, outside the metrics.</summary>
    public decimal? MarkupPercent { get; init; }

    /// <summary>Why it is unallocated: "noRule", "splitBaseZero", "splitBaseNegative".</summary>
    public string? Reason { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<CostFact>(e =>
    {
        e.ToTable("cost_facts");
        e.HasKey(x => new { x.OrganizationId, x.Day, x.DailyId, x.Part });
        e.Property(x => x.CostCenter).HasMaxLength(80);
        e.Property(x => x.Reason).HasMaxLength(40);
        e.Property(x => x.MarkupPercent).HasPrecision(18, 6);
        Configure(e);
        e.HasIndex(x => new { x.OrganizationId, x.SliceId });
    });
}
