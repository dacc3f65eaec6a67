using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>The figures that both roll-ups carry: the four metrics of FOCUS in the billing currency, and what was consumed.</summary>
public abstract class CostAmounts
{
    public required decimal Billed { get; init; }

    public required decimal Effective { get; init; }

    public required decimal Contracted { get; init; }

    public required decimal List { get; init; }

    /// <summary>ConsumedQuantity, whatever its unit. Of facts: of unallocated and direct rows, the base of splits by usage; 0 for parts of a split.</summary>
    public required decimal Consumed { get; init; }

    public required long LineCount { get; init; }

    internal static void Configure<T>(EntityTypeBuilder<T> entity)
        where T : CostAmounts
    {
        entity.Property(x => x.Billed).HasPrecision(38, 18);
        entity.Property(x => x.Effective).HasPrecision(38, 18);
        entity.Property(x => x.Contracted).HasPrecision(38, 18);
        entity.Property(x => x.List).HasPrecision(38, 18);
        entity.Property(x => x.Consumed).HasPrecision(38, 18);
    }
}
