using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>
/// One data record of a bill: what is its own, and the <see cref="CostKey"/> of the rest. Loaded in bulk, never changed. Visible only while its
/// <see cref="CostSlice"/> is active. No foreign keys: the bulk role can read nothing to check them against.
/// </summary>
[NotAudited]
public sealed class CostLine : ITenantOwned
{
    /// <summary>The import's number × 2^32 + the record's number in the file.</summary>
    public required long Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required long KeyId { get; init; }

    public required long SliceId { get; init; }

    public required DateTime ChargePeriodStart { get; init; }

    public required DateTime ChargePeriodEnd { get; init; }

    /// <summary>JSON object of the columns that FOCUS does not know; null for none.</summary>
    public string? Extra { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<CostLine>(e =>
    {
        e.ToTable("cost_lines");
        e.HasGuard(TableGuard.BulkLoaded);
        e.Property(x => x.Id).ValueGeneratedNever();
        foreach (var column in CostColumns.LineTexts) e.Property<string?>(column.ToString()).IsLongText();
        foreach (var column in CostColumns.LineNumbers)
        {
            if (CostColumns.IsCost(column)) e.Property<decimal>(column.ToString()).HasPrecision(38, 18);
            else e.Property<decimal?>(column.ToString()).HasPrecision(38, 18);
        }

        e.Property(x => x.Extra).IsLongText();
    });
}
