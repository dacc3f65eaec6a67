using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>One row per organization: locked by whoever changes active slices, rules or facts, so that these never disagree.</summary>
[NotAudited]
public sealed class CostState : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    /// <summary>Counts the changes of the facts.</summary>
    public long Revision { get; init; }

    /// <summary>When the last import was activated.</summary>
    public DateTime? DataAsOfUtc { get; init; }

    /// <summary>The newest rule version that the facts follow; null = no rules.</summary>
    public int? RuleVersion { get; init; }

    internal static void Configure(ModelBuilder model)
    {
        model.Entity<CostState>(e =>
        {
            e.ToTable("cost_states");
            e.HasKey(x => x.OrganizationId);
        });
        model.Entity<CostLinePredicate>(e =>
        {
            e.ToTable("cost_line_predicates");
            e.HasKey(x => new { x.OrganizationId, x.Number });
            e.Property(x => x.Definition).IsLongText();
        });
    }
}

/// <summary>A condition of a rule that looks at a line's own columns; evaluated once per line and kept in <see cref="CostDay.Matched"/>.</summary>
[NotAudited]
public sealed class CostLinePredicate : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    /// <summary>JSON {column, values | prefix}; canonical, so that equal conditions share one number.</summary>
    public required string Definition { get; init; }
}
