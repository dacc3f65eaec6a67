using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

public enum SinkRunKind
{
    /// <summary>Entries of a stream go again under the numbers they had.</summary>
    Replay,

    /// <summary>Older entries go out in a stream of their own, numbered from 1.</summary>
    Backfill,
}

public enum SinkRunState
{
    Waiting,
    Running,
    Done,
    Cancelled,
}

/// <summary>A replay or back-fill beside the live stream; it and the live stream take turns.</summary>
public sealed class AuditSinkRun : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid SinkId { get; init; }

    public required SinkRunKind Kind { get; init; }

    /// <summary>"live", or "backfill-N": part of every message.</summary>
    public required string Stream { get; init; }

    public required long FromIndex { get; init; }

    /// <summary>Exclusive.</summary>
    public required long ToIndex { get; init; }

    /// <summary>The number of the first matching entry at <see cref="FromIndex"/>.</summary>
    public required long StartSequence { get; init; }

    /// <summary>Replay: numbers before it are counted, not sent.</summary>
    public required long FirstSequence { get; init; }

    /// <summary>Replay: the last number to send.</summary>
    public long? LastSequence { get; init; }

    public required long NextIndex { get; set; }

    public required long NextSequence { get; set; }

    public long Delivered { get; set; }

    public long FilteredOut { get; set; }

    public long DeadLettered { get; set; }

    public SinkRunState State { get; set; }

    public required DateTime CreatedAtUtc { get; init; }

    public DateTime? EndedAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<AuditSinkRun>(e =>
    {
        e.ToTable("audit_sink_runs");
        e.HasIndex(x => new { x.SinkId, x.State });
        e.HasOne<AuditSink>().WithMany().HasForeignKey(x => x.SinkId);
        e.Property(x => x.Stream).HasMaxLength(40);
    });
}

public enum DeadLetterState
{
    Open,

    /// <summary>The receiver took it later.</summary>
    Delivered,
    Dismissed,
}

/// <summary>An entry that a receiver refuses for good: its number is used up, the stream goes on behind it.</summary>
public sealed class AuditSinkDeadLetter : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid SinkId { get; init; }

    public required string Stream { get; init; }

    public required long Sequence { get; init; }

    public required long Index { get; init; }

    public required Guid EntryId { get; init; }

    public required int Month { get; init; }

    public required string Action { get; init; }

    /// <summary>"http.400", "http.413" ...</summary>
    public required string Code { get; init; }

    /// <summary>What the receiver said.</summary>
    public required string Reason { get; init; }

    public required DateTime AtUtc { get; init; }

    public DeadLetterState State { get; set; }

    public DateTime? ResolvedAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<AuditSinkDeadLetter>(e =>
    {
        e.ToTable("audit_sink_dead_letters");
        e.HasIndex(x => new { x.SinkId, x.Stream, x.Sequence }).IsUnique();
        e.HasIndex(x => new { x.SinkId, x.State });
        e.HasOne<AuditSink>().WithMany().HasForeignKey(x => x.SinkId);
        e.Property(x => x.Stream).HasMaxLength(40);
        e.Property(x => x.Action).HasMaxLength(120);
        e.Property(x => x.Code).HasMaxLength(80);
        e.Property(x => x.Reason).HasMaxLength(2000);
    });
}
