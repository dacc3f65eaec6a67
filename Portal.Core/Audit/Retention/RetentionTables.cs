using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>How long an organization keeps its audit entries, where it differs from its plan. Holds for entries that are written from now on.</summary>
public sealed class AuditRetentionPolicy : ITenantOwned, IVersioned
{
    public required Guid OrganizationId { get; init; }

    /// <summary>Days; null = as the plan says, 0 = for good.</summary>
    public int? KeepDays { get; private set; }

    /// <summary>The longest demand of a rule the organization follows ("PCI DSS 10.5.1" asks 366 days), in days; never undercut.</summary>
    public int? FloorDays { get; private set; }

    /// <summary>Which rule demands it.</summary>
    public string? FloorRule { get; private set; }

    public long Version { get; private set; }

    public void Change(int? keepDays, int? floorDays, string? floorRule) => (KeepDays, FloorDays, FloorRule) = (keepDays, floorDays, floorRule);
}

/// <summary>A legal hold: what it covers is never removed while it stands, whatever the retention says.</summary>
public sealed class AuditHold : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; init; }

    public required string Reason { get; init; }

    /// <summary>Entries recorded from this moment on; null = from the beginning.</summary>
    public DateTime? FromUtc { get; init; }

    /// <summary>Entries recorded before this moment; null = also those to come.</summary>
    public DateTime? ToUtc { get; init; }

    /// <summary>Only what this user did; null = everybody.</summary>
    public Guid? UserId { get; init; }

    /// <summary>Only what concerns this workspace; null = all.</summary>
    public Guid? WorkspaceId { get; init; }

    public required DateTime PlacedAtUtc { get; init; }

    public DateTime? ReleasedAtUtc { get; private set; }

    public long Version { get; private set; }

    public void Release(DateTime nowUtc) => ReleasedAtUtc = nowUtc;
}

/// <summary>
/// The receipt of an expiry, written by the procedure that removed the entries, in the same transaction: what went, under which rule, from which tree. Their leaf
/// hashes stay, so that every proof of what remains still verifies. Insert only.
/// </summary>
[NotAudited]
public sealed class AuditExpiry : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The retention class, in days.</summary>
    public required int RetentionDays { get; init; }

    /// <summary>The first day of the month whose entries went.</summary>
    public required DateTime MonthUtc { get; init; }

    /// <summary>The archive holds the log from this index …</summary>
    public required long FromIndex { get; init; }

    /// <summary>… to before this one.</summary>
    public required long ToIndex { get; init; }

    /// <summary>Entries removed.</summary>
    public required long Entries { get; init; }

    /// <summary>Entries of the month and class that a hold kept.</summary>
    public required long Held { get; init; }

    /// <summary>The archive's name in the archive directory: a bundle, gzip.</summary>
    public required string ArchiveFile { get; init; }

    /// <summary>SHA-256 of the archive file.</summary>
    public required byte[] ArchiveSha256 { get; init; }

    public required long ArchiveBytes { get; init; }

    /// <summary>The newest checkpoint before the removal, as signed.</summary>
    public required string CheckpointBefore { get; init; }

    public required DateTime RemovedAtUtc { get; init; }
}

/// <summary>An archived entry that was restored to be read; it is a copy, not part of the log.</summary>
[NotAudited]
public sealed class AuditRestored : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required long Index { get; init; }

    public required Guid ExpiryId { get; init; }

    public required DateTime OccurredAtUtc { get; init; }

    /// <summary>The leaf, canonical JSON.</summary>
    public required string Leaf { get; init; }

    /// <summary>The sealed parts as JSON: {"actor":{"key_id","sealed"},...}; readable while the persons' keys exist.</summary>
    public string? SealedParts { get; init; }
}

internal static class RetentionTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<AuditRetentionPolicy>(e =>
        {
            e.ToTable("audit_retention_policies");
            e.HasKey(x => x.OrganizationId);
            e.Property(x => x.FloorRule).HasMaxLength(200);
        });
        model.Entity<AuditHold>(e =>
        {
            e.ToTable("audit_holds");
            e.HasIndex(x => new { x.OrganizationId, x.PlacedAtUtc });
            e.Property(x => x.Name).HasMaxLength(200);
            e.Property(x => x.Reason).HasMaxLength(1000);
        });
        model.Entity<AuditExpiry>(e =>
        {
            e.ToTable("audit_expiries");
            e.HasGuard(TableGuard.PlatformAppends);
            e.HasIndex(x => new { x.OrganizationId, x.RemovedAtUtc });
            e.Property(x => x.ArchiveFile).HasMaxLength(200);
            e.Property(x => x.ArchiveSha256).HasMaxLength(32);
            e.Property(x => x.CheckpointBefore).IsLongText();
        });
        model.Entity<AuditRestored>(e =>
        {
            e.ToTable("audit_restored");
            // Archives of two classes overlap: each holds all that stood in its stretch of the log.
            e.HasKey(x => new { x.OrganizationId, x.ExpiryId, x.Index });
            e.Property(x => x.Index).HasColumnName("leaf_index");
            e.Property(x => x.Leaf).IsLongText();
            e.Property(x => x.SealedParts).IsLongText();
        });
    }
}
