using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>What a request with an Idempotency-Key was answered, kept for 24 hours so that a repetition gets the same answer and does nothing again.</summary>
[NotAudited]
public sealed class IdempotencyRecord
{
    public required Guid Id { get; init; }

    /// <summary>The user or token whose key it is.</summary>
    public required Guid ActorId { get; init; }

    /// <summary>SHA-256 of the key.</summary>
    public required byte[] KeyHash { get; init; }

    /// <summary>SHA-256 of method, address and body.</summary>
    public required byte[] RequestHash { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    /// <summary>The HTTP status; null while the first request still runs.</summary>
    public int? Status { get; init; }

    /// <summary>Headers and body, encrypted by data protection: an answer may carry a secret that is shown once.</summary>
    [Secret]
    public string? Answer { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<IdempotencyRecord>(e =>
    {
        e.ToTable("idempotency_keys");
        e.HasGuard(TableGuard.PlatformOnly);
        e.HasIndex(x => new { x.ActorId, x.KeyHash }).IsUnique();
        e.HasIndex(x => x.CreatedAtUtc);
        e.Property(x => x.KeyHash).HasMaxLength(32).IsFixedLength();
        e.Property(x => x.RequestHash).HasMaxLength(32).IsFixedLength();
        e.Property(x => x.Answer).IsLongText();
    });
}
