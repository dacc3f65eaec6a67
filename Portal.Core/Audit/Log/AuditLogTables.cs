using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Log;

/// <summary>The log of one organization (<see cref="Guid.Empty"/> = the platform's own): its name in leaves and checkpoints.</summary>
[NotAudited]
public sealed class AuditLog : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    /// <summary>Drawn when the first entry gets its place; never given to another log.</summary>
    public required Guid LogId { get; init; }

    public required int FormatVersion { get; init; }

    public required DateTime CreatedAtUtc { get; init; }
}

/// <summary>An entry that is committed and has no place in its log yet. A trigger of the table of entries writes it, whoever inserts; the sequencer removes it.</summary>
[NotAudited]
public sealed class AuditPending : ITenantOwned
{
    public required Guid EntryId { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The entry's class: with it the database finds the one partition that holds the entry.</summary>
    public required int RetentionDays { get; init; }
}

/// <summary>The place of an entry in its log. Insert only.</summary>
[NotAudited]
public sealed class AuditLeaf : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    /// <summary>From 0, without gaps.</summary>
    public required long Index { get; init; }

    public required Guid EntryId { get; init; }

    /// <summary>The entry's class: with it the database finds the one partition that holds the entry.</summary>
    public required int RetentionDays { get; init; }

    /// <summary>SHA-256(0x00 ‖ leaf), RFC 9162 section 2.1.1.</summary>
    public required byte[] LeafHash { get; init; }

    /// <summary>When it got its place; never less than that of the leaf before.</summary>
    public required DateTime SequencedAtUtc { get; init; }
}

/// <summary>256 hashes next to each other on one level of the tree (C2SP tlog-tiles): level 0 holds leaf hashes, level 1 the roots of full level-0 tiles. Full tiles only; insert only.</summary>
[NotAudited]
public sealed class AuditTile : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required int Level { get; init; }

    public required long TileIndex { get; init; }

    /// <summary>256 × 32 bytes.</summary>
    public required byte[] Hashes { get; init; }
}

/// <summary>A signed statement of the log's size and root (C2SP tlog-checkpoint). Insert only.</summary>
[NotAudited]
public sealed class AuditCheckpoint : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required long TreeSize { get; init; }

    public required byte[] RootHash { get; init; }

    /// <summary>The signed note, as published.</summary>
    public required string Note { get; init; }

    public required DateTime CreatedAtUtc { get; init; }
}

/// <summary>The public half of a key that has signed checkpoints here; kept for good, so that old checkpoints can be checked.</summary>
[NotAudited]
public sealed class AuditPublicKey
{
    /// <summary>SHA-256 of the DER SubjectPublicKeyInfo, hex.</summary>
    public required string Fingerprint { get; init; }

    public required string PublicKeyPem { get; init; }

    public required DateTime FirstUsedAtUtc { get; init; }
}

/// <summary>Which replica appends. The epoch fences: a replica that wakes up with an older one cannot append.</summary>
[NotAudited]
public sealed class AuditSequencerLease
{
    public int Id { get; init; }

    public long Epoch { get; set; }

    public string Holder { get; set; } = "";

    public DateTime UntilUtc { get; set; }
}

internal static class AuditLogTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<AuditLog>(e =>
        {
            e.ToTable("audit_logs");
            e.HasGuard(TableGuard.PlatformAppends);
            e.HasKey(x => x.OrganizationId);
        });
        model.Entity<AuditPending>(e =>
        {
            e.ToTable("audit_pending");
            e.HasGuard(TableGuard.ReadOnly);
            e.HasKey(x => x.EntryId);
        });
        model.Entity<AuditLeaf>(e =>
        {
            e.ToTable("audit_leaves");
            e.HasGuard(TableGuard.PlatformAppends);
            e.HasKey(x => new { x.OrganizationId, x.Index });
            e.HasIndex(x => x.EntryId).IsUnique();
            e.Property(x => x.Index).HasColumnName("leaf_index");
            e.Property(x => x.LeafHash).HasMaxLength(32);
        });
        model.Entity<AuditTile>(e =>
        {
            e.ToTable("audit_tiles");
            e.HasGuard(TableGuard.PlatformAppends);
            e.HasKey(x => new { x.OrganizationId, x.Level, x.TileIndex });
        });
        model.Entity<AuditCheckpoint>(e =>
        {
            e.ToTable("audit_checkpoints");
            e.HasGuard(TableGuard.PlatformAppends);
            e.HasKey(x => new { x.OrganizationId, x.TreeSize });
            e.Property(x => x.RootHash).HasMaxLength(32);
            e.Property(x => x.Note).IsLongText();
        });
        model.Entity<AuditPublicKey>(e =>
        {
            e.ToTable("audit_public_keys");
            e.HasGuard(TableGuard.ReadOnly);
            e.HasKey(x => x.Fingerprint);
            e.Property(x => x.Fingerprint).HasMaxLength(64);
            e.Property(x => x.PublicKeyPem).HasMaxLength(1000);
        });
        model.Entity<AuditSequencerLease>(e =>
        {
            e.ToTable("audit_sequencer");
            e.HasGuard(TableGuard.PlatformOnly);
            e.Property(x => x.Id).ValueGeneratedNever();
            e.Property(x => x.Holder).HasMaxLength(60);
        });
    }
}
