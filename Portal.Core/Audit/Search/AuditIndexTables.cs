using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Search;

/// <summary>How far an organization's log is indexed. Every change of the list of segments raises <see cref="Revision"/> in the same transaction: of two writers one wins.</summary>
[NotAudited]
public sealed class AuditIndexState : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public long Revision { get; set; }

    /// <summary>Entries below this tree index are in segments.</summary>
    public long IndexedTo { get; set; }

    /// <summary>The number of the next segment; numbers are never used again.</summary>
    public long NextSegment { get; set; } = 1;

    internal static void Configure(ModelBuilder model) => model.Entity<AuditIndexState>(e =>
    {
        e.ToTable("audit_index_states");
        e.HasGuard(TableGuard.ReadOnly);
        e.HasKey(x => x.OrganizationId);
    });
}

/// <summary>A stretch of the log that is indexed together, within one block of 65,536 indexes. Never changed: merging or rebuilding makes another and removes this one.</summary>
[NotAudited]
public sealed class AuditSegmentRow : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required long Number { get; init; }

    public required long FromIndex { get; init; }

    public required int Count { get; init; }

    /// <summary>Blocks of terms.</summary>
    public required int Blocks { get; init; }

    /// <summary>All parts together.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The oldest and the newest event time, microseconds since 0001-01-01.</summary>
    public required long MinMicros { get; init; }

    public required long MaxMicros { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<AuditSegmentRow>(e =>
    {
        e.ToTable("audit_segments");
        e.HasGuard(TableGuard.ReadOnly);
        e.HasKey(x => new { x.OrganizationId, x.Number });
    });
}

/// <summary>
/// A part of a segment: a block of terms with the entries that hold them, a column of values, the times, a filter. Found by one number, so that any set of parts is one equality on the key,
/// which both engines push below row-level security.
/// </summary>
[NotAudited]
public sealed class AuditSegmentPart : ITenantOwned
{
    private const int PartBits = 24;
    private const int Below = 100;

    public required Guid OrganizationId { get; init; }

    /// <summary>The segment's number and the part in it: <see cref="KeyOf"/>.</summary>
    public required long Key { get; init; }

    public required byte[] Data { get; init; }

    /// <param name="segment">Its number.</param>
    /// <param name="part">As in <see cref="AuditIndexPart"/>: blocks from 0, others below.</param>
    internal static long KeyOf(long segment, int part) => (segment << PartBits) + part + Below;

    internal static (long Segment, int Part) Split(long key) => (key >> PartBits, (int)(key & ((1 << PartBits) - 1)) - Below);

    internal static void Configure(ModelBuilder model) => model.Entity<AuditSegmentPart>(e =>
    {
        e.ToTable("audit_segment_parts");
        e.HasGuard(TableGuard.ReadOnly);
        e.HasKey(x => new { x.OrganizationId, x.Key });
        e.Property(x => x.Key).ValueGeneratedNever();
    });
}

internal static class AuditIndexTables
{
    public static void Configure(ModelBuilder model)
    {
        AuditIndexState.Configure(model);
        AuditSegmentRow.Configure(model);
        AuditSegmentPart.Configure(model);
    }
}
