using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>The lines of one import for one provider, billing account and billing period: what a corrected bill supersedes as a whole.</summary>
[NotAudited]
public sealed class CostSlice : ITenantOwned
{
    /// <summary>The import's number × 2^32 + the slice's place in it.</summary>
    public required long Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ImportId { get; init; }

    /// <summary>FOCUS ProviderName; null where the file has none.</summary>
    public string? Provider { get; init; }

    /// <summary>FOCUS BillingAccountId.</summary>
    public string? BillingAccountId { get; init; }

    public required DateTime BillingPeriodStart { get; init; }

    /// <summary>The UTC charge days that its lines span, both included.</summary>
    public required DateOnly FirstDay { get; init; }

    public required DateOnly LastDay { get; init; }

    public required long LineCount { get; init; }

    /// <summary>False once a later import has superseded it; its lines are kept for comparison.</summary>
    public bool IsActive { get; init; }

    public Guid? SupersededByImportId { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<CostSlice>(e =>
    {
        e.ToTable("cost_slices");
        e.Property(x => x.Id).ValueGeneratedNever();
        e.Property(x => x.Provider).IsLongText();
        e.Property(x => x.BillingAccountId).IsLongText();
        e.HasOne<CostImport>().WithMany().HasForeignKey(x => x.ImportId);
        e.HasIndex(x => new { x.OrganizationId, x.IsActive, x.BillingPeriodStart });
    });
}
