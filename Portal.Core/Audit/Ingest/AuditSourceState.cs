using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>What came from one outside log so far. Counters, not evidence: the entries themselves and the entry of each request are that.</summary>
[NotAudited]
public sealed class AuditSourceState : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required string Source { get; init; }

    public long Accepted { get; init; }

    public long Duplicates { get; init; }

    public long Rejected { get; init; }

    public required DateTime LastRequestAtUtc { get; init; }

    /// <summary>The latest time of an event that was taken.</summary>
    public DateTime? LastEventAtUtc { get; init; }

    public DateTime? LastErrorAtUtc { get; init; }

    /// <summary>JSON array of the first errors of the last request that had any.</summary>
    public string? LastErrors { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<AuditSourceState>(e =>
    {
        e.ToTable("audit_source_states");
        e.HasKey(x => new { x.OrganizationId, x.Source });
        e.Property(x => x.Source).HasMaxLength(40);
        e.Property(x => x.LastErrors).IsLongText();
    });
}
