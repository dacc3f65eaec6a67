using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>
/// The lines of one slice, one UTC charge day, one key and one set of matched line predicates, added up. A combination may have several rows where the
/// import had to empty its memory in between; they add up.
/// </summary>
[NotAudited]
public sealed class CostDay : CostAmounts, ITenantOwned
{
    public required long Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required long SliceId { get; init; }

    public required DateOnly Day { get; init; }

    public required long KeyId { get; init; }

    /// <summary>The numbers of the line predicates that hold for these lines, ascending, with commas; empty for none.</summary>
    public required string Matched { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<CostDay>(e =>
    {
        e.ToTable("cost_daily");
        e.Property(x => x.Id).UseIdentityOnBothEngines();
        e.Property(x => x.Matched).HasMaxLength(2000);
        Configure(e);
        e.HasIndex(x => new { x.OrganizationId, x.SliceId, x.Day });
    });
}
