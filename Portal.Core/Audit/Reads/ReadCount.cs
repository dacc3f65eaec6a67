using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Reads;

/// <summary>
/// How often somebody read, by day: ordinary reads are counted, not written down one by one (product specification, section 6); reads of protected data are entries.
/// </summary>
[NotAudited]
public sealed class ReadCount : ITenantOwned
{
    /// <summary><see cref="Guid.Empty"/> = the platform.</summary>
    public required Guid OrganizationId { get; init; }

    public required Guid UserId { get; init; }

    /// <summary><c>area:verb</c>.</summary>
    public required string Permission { get; init; }

    /// <summary>The workspace, project or unit that was read; <see cref="Guid.Empty"/> = the organization as a whole.</summary>
    public required Guid ScopeId { get; init; }

    public required DateOnly Day { get; init; }

    public required long Reads { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<ReadCount>(e =>
    {
        e.ToTable("read_counts");
        e.HasGuard(TableGuard.ReadOnly);
        e.HasKey(x => new { x.OrganizationId, x.Day, x.UserId, x.Permission, x.ScopeId });
        e.Property(x => x.Permission).HasMaxLength(80);
    });
}
