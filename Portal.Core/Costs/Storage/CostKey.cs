using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>
/// One distinct combination of the columns that repeat from line to line, tags included. Never changed; shared by all imports of the organization.
/// The FOCUS columns are shadow properties, so that the list of <see cref="CostColumns.Keys"/> is the only one.
/// </summary>
[NotAudited]
public sealed class CostKey : ITenantOwned
{
    public required long Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The first 128 bits of the SHA-256 of the combination.</summary>
    public required Guid Hash { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<CostKey>(e =>
    {
        e.ToTable("cost_keys");
        e.Property(x => x.Id).UseIdentityOnBothEngines();
        foreach (var column in CostColumns.Keys)
        {
            if (CostColumns.IsTime(column)) e.Property<DateTime>(column.ToString());
            else e.Property<string?>(column.ToString()).IsLongText();
        }

        e.HasIndex(x => new { x.OrganizationId, x.Hash }).IsUnique();
    });
}
