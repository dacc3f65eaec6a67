using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>
/// The key under which an organization's log seals what names one person. Erasing the person means erasing the key: every sealed part becomes unreadable,
/// every commitment and so every proof stays as it is.
/// </summary>
[NotAudited]
public sealed class AuditPerson : ITenantOwned
{
    /// <summary>The key's id, as entries carry it.</summary>
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Whose key it is, without saying who: <c>user:ID</c>, or <c>name:</c> and an HMAC of the name.</summary>
    public required string Reference { get; init; }

    /// <summary>The 32-byte key under the master key; null once erased.</summary>
    public byte[]? WrappedKey { get; private set; }

    public required DateTime CreatedAtUtc { get; init; }

    public DateTime? ErasedAtUtc { get; private set; }

    internal static AuditPerson Of(Guid organizationId, string reference, Guid id, byte[] wrappedKey, DateTime nowUtc) =>
        new() { Id = id, OrganizationId = organizationId, Reference = reference, WrappedKey = wrappedKey, CreatedAtUtc = nowUtc };

    public void Erase(DateTime nowUtc) => (WrappedKey, ErasedAtUtc) = (null, nowUtc);

    internal static void Configure(ModelBuilder model) => model.Entity<AuditPerson>(e =>
    {
        e.ToTable("audit_persons");
        e.HasKey(x => x.Id);
        e.Property(x => x.Reference).HasMaxLength(100);
        e.Property(x => x.WrappedKey).HasMaxLength(100);
        e.HasIndex(x => new { x.OrganizationId, x.Reference }).IsUnique().HasFilter("erased_at_utc IS NULL");
    });
}
