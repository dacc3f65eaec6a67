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
/// <see cref="Position"/> is the database's own insertion counter; it orders reads and is the cursor of relays. The row is also the outbox:
/// <see cref="Touched"/> says which live topics the change concerns.
/// </summary>
public sealed class AuditEntry : ITenantOwned
{
    public required Guid Id { get; init; }

    /// <summary><see cref="Guid.Empty"/> = the platform's own log.</summary>
    public required Guid OrganizationId { get; init; }

    public long Position { get; private set; }

    public required DateTime OccurredAtUtc { get; init; }

    public required string ActorKind { get; init; }

    public required Guid UserId { get; init; }

    public required string ActorName { get; init; }

    public required string Action { get; init; }

    public required string ResourceKind { get; init; }

    public string? ResourceId { get; init; }

    public string? ResourceName { get; init; }

    public Guid? WorkspaceId { get; init; }

    public required AuditStatus Status { get; init; }

    public string? Reason { get; init; }

    /// <summary>JSON object of the changed fields before; null where there is none. Secrets are never in it.</summary>
    public string? OldValue { get; init; }

    /// <summary>JSON object of the changed fields after.</summary>
    public string? NewValue { get; init; }

    public string? IpAddress { get; init; }

    public string? UserAgent { get; init; }

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

    /// <summary>JSON array of [organization, topic, id, version]; null where nothing on screen changed.</summary>
    public string? Touched { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<AuditEntry>(e =>
    {
        e.ToTable("audit_entries");
        e.HasGuard(TableGuard.InsertOnly);
        e.HasKey(x => x.Id);
        e.Property(x => x.Position).ValueGeneratedOnAdd().UseIdentityOnBothEngines();
        e.HasIndex(x => x.Position).IsUnique();
        e.HasIndex(x => new { x.OrganizationId, x.Position });
        e.Property(x => x.ActorKind).HasMaxLength(20);
        e.Property(x => x.ActorName).HasMaxLength(300);
        e.Property(x => x.Action).HasMaxLength(120);
        e.Property(x => x.ResourceKind).HasMaxLength(60);
        e.Property(x => x.ResourceId).HasMaxLength(400);
        e.Property(x => x.ResourceName).HasMaxLength(400);
        e.Property(x => x.Reason).HasMaxLength(2000);
        e.Property(x => x.OldValue).IsLongText();
        e.Property(x => x.NewValue).IsLongText();
        e.Property(x => x.Decision).IsLongText();
        e.Property(x => x.Touched).IsLongText();
        e.Property(x => x.IpAddress).HasMaxLength(60);
        e.Property(x => x.UserAgent).HasMaxLength(400);
        e.Property(x => x.RequestId).HasMaxLength(80);
        e.Property(x => x.Permission).HasMaxLength(80);
        e.Property(x => x.Scope).HasMaxLength(40);
        e.Property(x => x.Source).HasMaxLength(40);
    });
}
