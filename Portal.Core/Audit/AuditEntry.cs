using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit;

public enum AuditStatus
{
    Success,
    Failure,
}

/// <summary>
/// One entry of an organization's audit log (product specification, section 6). Insert only: the database refuses update and delete.
/// <see cref="Position"/> is the database's own insertion counter, the cursor of the live relay; the entry's place in the evidence is
/// <see cref="Log.AuditLeaf.Index"/>. The row is also the outbox: <see cref="Touched"/> says which live topics the change concerns.
/// What names a person is sealed under that person's key and stands in the leaf as a commitment.
/// </summary>
[NotAudited]
public sealed class AuditEntry : ITenantOwned
{
    public required Guid Id { get; init; }

    /// <summary><see cref="Guid.Empty"/> = the platform's own log.</summary>
    public required Guid OrganizationId { get; init; }

    public long Position { get; private set; }

    /// <summary>When it happened; of an outside event, as that event says.</summary>
    public required DateTime OccurredAtUtc { get; init; }

    /// <summary>When the portal wrote it down, by the portal's clock; microseconds.</summary>
    public required DateTime RecordedAtUtc { get; init; }

    public required string ActorKind { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>Only where it names no person: the portal's own parts. Else the name is in the sealed actor part.</summary>
    public string? ActorName { get; init; }

    public required string Action { get; init; }

    public required string ResourceKind { get; init; }

    public string? ResourceId { get; init; }

    /// <summary>Null where the resource is a person: then the name is in the sealed subject part.</summary>
    public string? ResourceName { get; init; }

    public Guid? WorkspaceId { get; init; }

    public required AuditStatus Status { get; init; }

    public string? Reason { get; init; }

    /// <summary>JSON object of the changed fields before; null where there is none. Secrets are never in it, personal fields are marked and sealed apart.</summary>
    public string? OldValue { get; init; }

    /// <summary>JSON object of the changed fields after.</summary>
    public string? NewValue { get; init; }

    public Guid? SessionId { get; init; }

    public string? RequestId { get; init; }

    /// <summary>Groups all entries that one action caused.</summary>
    public Guid? OperationId { get; init; }

    public Guid? ApproverId { get; init; }

    public string? Permission { get; init; }

    /// <summary>The scope of the grant that allowed it, or "none".</summary>
    public string? Scope { get; init; }

    /// <summary>What the access decision was made of, as JSON.</summary>
    public string? Decision { get; init; }

    /// <summary>"portal" for entries of its own; the outside log's name for ingested ones.</summary>
    public required string Source { get; init; }

    /// <summary>The outside log's own id of the event.</summary>
    public string? SourceId { get; init; }

    /// <summary>How long the entry is kept, in days; 0 = for good. Not part of the leaf: it is a rule about the entry, not a fact of it.</summary>
    public int RetentionDays { get; set; } = RetentionClass.Longest;

    /// <summary>The <see cref="Persons.AuditPerson"/> whose key seals the actor part: {actor_name, ip_address, user_agent}.</summary>
    public Guid? ActorKeyId { get; private set; }

    public byte[]? ActorSealed { get; private set; }

    public byte[]? ActorCommitment { get; private set; }

    /// <summary>The key of the subject part: {new_value, old_value, resource_name} as far as they name a person.</summary>
    public Guid? SubjectKeyId { get; private set; }

    public byte[]? SubjectSealed { get; private set; }

    public byte[]? SubjectCommitment { get; private set; }

    /// <summary>The key of the original: the outside event, byte for byte.</summary>
    public Guid? OriginalKeyId { get; private set; }

    public byte[]? OriginalSealed { get; private set; }

    public byte[]? OriginalCommitment { get; private set; }

    /// <summary>JSON array of [organization, topic, id, version]; null where nothing on screen changed.</summary>
    public string? Touched { get; init; }

    /// <summary>Puts a sealed part in its place, before the entry is saved.</summary>
    public void Set(AuditPart part, SealedPart value)
    {
        switch (part)
        {
            case AuditPart.Actor:
                (ActorKeyId, ActorSealed, ActorCommitment) = (value.KeyId, value.Sealed, value.Commitment);
                break;
            case AuditPart.Subject:
                (SubjectKeyId, SubjectSealed, SubjectCommitment) = (value.KeyId, value.Sealed, value.Commitment);
                break;
            case AuditPart.Original:
                (OriginalKeyId, OriginalSealed, OriginalCommitment) = (value.KeyId, value.Sealed, value.Commitment);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(part));
        }
    }

    /// <summary>What the database answered, where it was not the context that wrote the row.</summary>
    internal void Set(long position) => Position = position;

    internal static void Configure(ModelBuilder model) => model.Entity<AuditEntry>(e =>
    {
        e.ToTable("audit_entries", table => table.HasTrigger("audit_entries_wait"));
        e.HasGuard(TableGuard.InsertOnly);
        e.HasBulkInsert();
        e.HasKey(x => x.Id);
        e.Property(x => x.Position).ValueGeneratedOnAdd().UseIdentityOnBothEngines();
        // The relay reads what the portal wrote itself; an outside log of a million events does not pass through it.
        e.HasIndex(x => x.Position).HasFilter("source = 'portal'");
        e.HasIndex(x => new { x.OrganizationId, x.OperationId });
        e.Property(x => x.ActorKind).HasMaxLength(20);
        e.Property(x => x.ActorName).HasMaxLength(300);
        e.Property(x => x.Action).HasMaxLength(200);
        e.Property(x => x.ResourceKind).HasMaxLength(100);
        e.Property(x => x.ResourceId).HasMaxLength(1000);
        e.Property(x => x.ResourceName).HasMaxLength(400);
        e.Property(x => x.Reason).HasMaxLength(2000);
        e.Property(x => x.OldValue).IsLongText();
        e.Property(x => x.NewValue).IsLongText();
        e.Property(x => x.Decision).IsLongText();
        e.Property(x => x.Touched).IsLongText();
        e.Property(x => x.RequestId).HasMaxLength(200);
        e.Property(x => x.Permission).HasMaxLength(80);
        e.Property(x => x.Scope).HasMaxLength(40);
        e.Property(x => x.Source).HasMaxLength(40);
        e.Property(x => x.SourceId).HasMaxLength(200);
        e.Property(x => x.ActorCommitment).HasMaxLength(32);
        e.Property(x => x.SubjectCommitment).HasMaxLength(32);
        e.Property(x => x.OriginalCommitment).HasMaxLength(32);
    });
}

/// <summary>The parts of an entry that name a person.</summary>
public enum AuditPart
{
    Actor,
    Subject,
    Original,
}

/// <summary>What names a person, readable only while the person's key exists.</summary>
/// <param name="KeyId">The <see cref="Persons.AuditPerson"/> whose key seals it.</param>
/// <param name="Sealed">Nonce (12 bytes), tag (16), ciphertext: AES-256-GCM, bound to the entry's id and the part.</param>
/// <param name="Commitment">SHA-256(salt ‖ content), the salt (32 bytes) drawn from the person's key; this is what the leaf holds.</param>
public sealed record SealedPart(Guid KeyId, byte[] Sealed, byte[] Commitment);
