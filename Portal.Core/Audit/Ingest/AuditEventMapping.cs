using System.Text.Json;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>An organization's own mapping of generic events; without a row the defaults hold.</summary>
public sealed class AuditEventMapping : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>JSON object: field to paths, as in <see cref="EventMapping"/>; fields that are missing take the default.</summary>
    public required string Fields { get; set; }

    /// <summary>JSON array of the words of the status that mean failure; empty = the usual ones.</summary>
    public required string FailureValues { get; set; }

    public long Version { get; private set; }

    internal IReadOnlyDictionary<string, string> ReadFields() => JsonSerializer.Deserialize<Dictionary<string, string>>(Fields) ?? [];

    internal IReadOnlyList<string> ReadFailureValues() => JsonSerializer.Deserialize<List<string>>(FailureValues) ?? [];

    internal static void Configure(ModelBuilder model) => model.Entity<AuditEventMapping>(e =>
    {
        e.ToTable("audit_event_mappings");
        e.HasIndex(x => x.OrganizationId).IsUnique();
        e.Property(x => x.Fields).IsLongText();
        e.Property(x => x.FailureValues).IsLongText();
    });
}
