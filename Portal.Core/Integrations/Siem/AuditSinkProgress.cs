using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>
/// Where a sink's live stream stands and which replica works for it. Everything below <see cref="NextIndex"/> is settled: delivered, filtered out or a dead letter. Written by
/// the holder of the lease alone: each write names <see cref="Epoch"/>, so that a replica that lost the lease while it was paused changes nothing.
/// </summary>
[NotAudited]
public sealed class AuditSinkProgress : ITenantOwned
{
    public required Guid SinkId { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Log index of the next entry to settle: the cursor from which an interrupted delivery goes on.</summary>
    public long NextIndex { get; set; }

    /// <summary>The number that the next matching entry gets; from 1.</summary>
    public long NextSequence { get; set; } = 1;

    /// <summary>Log index behind the last entry that was handed to the receiver, acknowledged or not.</summary>
    public long SentIndex { get; set; }

    public long Delivered { get; set; }

    public long FilteredOut { get; set; }

    public long DeadLettered { get; set; }

    /// <summary>Attempts in a row that failed.</summary>
    public int Failures { get; set; }

    public string? LastErrorCode { get; set; }

    public string? LastError { get; set; }

    public DateTime? LastErrorAtUtc { get; set; }

    public DateTime? FailingSinceUtc { get; set; }

    public DateTime? NextAttemptAtUtc { get; set; }

    public DateTime? LastDeliveredAtUtc { get; set; }

    /// <summary>Delivered events per minute of the last hour: the newest minute since 1970, then counts from the newest back, separated by commas.</summary>
    public string Minutes { get; set; } = "";

    public string? LeaseOwner { get; set; }

    public DateTime? LeaseUntilUtc { get; set; }

    /// <summary>The fencing number: raised each time the lease changes hands.</summary>
    public long Epoch { get; set; }

    internal static void Configure(ModelBuilder model) => model.Entity<AuditSinkProgress>(e =>
    {
        e.ToTable("audit_sink_progress");
        e.HasKey(x => x.SinkId);
        e.HasOne<AuditSink>().WithMany().HasForeignKey(x => x.SinkId);
        e.Property(x => x.LastErrorCode).HasMaxLength(80);
        e.Property(x => x.LastError).HasMaxLength(2000);
        e.Property(x => x.Minutes).HasMaxLength(1000);
        e.Property(x => x.LeaseOwner).HasMaxLength(100);
    });
}

/// <summary>
/// What was settled, for the reconciliation statement: one row for a run of entries of one month and stream. A row grows until it holds <see cref="MaxEntries"/> entries or is an hour
/// old, so that a quiet sink does not leave a row an event.
/// </summary>
[NotAudited]
public sealed class AuditSinkReceipt : ITenantOwned
{
    public const int MaxEntries = 10_000;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid SinkId { get; init; }

    /// <summary>Null = the live stream.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The month (UTC) in which the entries got their place in the log: 202605.</summary>
    public required int Month { get; init; }

    public required long FromIndex { get; init; }

    /// <summary>Exclusive.</summary>
    public required long ToIndex { get; set; }

    public required long FirstSequence { get; init; }

    /// <summary>Exclusive; equal to <see cref="FirstSequence"/> where nothing matched.</summary>
    public required long NextSequence { get; set; }

    public long Delivered { get; set; }

    public long FilteredOut { get; set; }

    public long DeadLettered { get; set; }

    public required DateTime FirstAtUtc { get; init; }

    public required DateTime LastAtUtc { get; set; }

    internal static void Configure(ModelBuilder model) => model.Entity<AuditSinkReceipt>(e =>
    {
        e.ToTable("audit_sink_receipts");
        e.HasIndex(x => new { x.SinkId, x.Month, x.FromIndex });
        e.HasIndex(x => new { x.SinkId, x.FirstSequence });
        e.HasOne<AuditSink>().WithMany().HasForeignKey(x => x.SinkId);
    });
}
