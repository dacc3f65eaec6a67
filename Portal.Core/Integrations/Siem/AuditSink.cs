using System.Text.Json;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

public enum AuditSinkKind
{
    /// <summary>RFC 5425.</summary>
    SyslogTls,
    SyslogTcp,

    /// <summary>Splunk HTTP Event Collector.</summary>
    Hec,

    /// <summary>Batches with Standard Webhooks signatures.</summary>
    Https,
    File,
}

/// <summary>What happens to a field on its way to one receiver.</summary>
public enum FieldTreatment
{
    Keep,
    Drop,

    /// <summary>"***": that there was a value stays visible.</summary>
    Mask,

    /// <summary>HMAC-SHA256 under the sink's own key, hexadecimal: equal values stay equal, and nobody can try values out.</summary>
    Hash,
}

/// <param name="As">Another name; null = its own.</param>
public sealed record FieldRule(FieldTreatment Treatment = FieldTreatment.Keep, string? As = null);

/// <summary>A filter and the log index from which on it holds. Numbers of a sink stay with their entries because the filter of an entry never changes.</summary>
/// <param name="Workspaces">The ids of the workspaces that the filter names by slug, as of when it was set.</param>
public sealed record FilterRevision(long FromIndex, string Filter, IReadOnlyDictionary<string, Guid>? Workspaces = null);

/// <summary>What differs between kinds of receivers; stored as JSON.</summary>
/// <param name="MaxMessageBytes">Longer messages are cut field by field, and say so.</param>
/// <param name="Acknowledge">HEC: wait for the indexer.</param>
/// <param name="ServerName">The name that the receiver's certificate must bear; null = the host called.</param>
public sealed record AuditSinkSettings(
    int MaxMessageBytes, SyslogFraming Framing = SyslogFraming.OctetCounting, bool Acknowledge = true, string? ServerName = null,
    string? Host = null, string? Source = null, string? SourceType = null, string? Index = null, IReadOnlyDictionary<string, FieldRule>? Fields = null);

/// <summary>A receiver of an organization's audit log outside of the portal.</summary>
public sealed class AuditSink : ITenantOwned, IVersioned
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Slug { get; init; }

    public required string Name { get; set; }

    public required AuditSinkKind Kind { get; init; }

    /// <summary>Syslog: host:port. HEC and HTTPS: a URL. File: a file name.</summary>
    public required string Address { get; set; }

    /// <summary>One of <see cref="AuditFormats.Names"/>.</summary>
    public required string Format { get; set; }

    /// <summary>JSON of <see cref="AuditSinkSettings"/>.</summary>
    public required string Settings { get; set; }

    /// <summary>JSON list of <see cref="FilterRevision"/>, ascending.</summary>
    public required string Filters { get; set; }

    /// <summary>Protected: HEC token, or webhook secrets separated by spaces, the newest first.</summary>
    [Secret]
    public string? Credential { get; set; }

    /// <summary>Authorities trusted instead of the machine's.</summary>
    public string? CaPem { get; set; }

    public string? ClientCertificatePem { get; set; }

    /// <summary>Protected.</summary>
    [Secret]
    public string? ClientKey { get; set; }

    /// <summary>Protected; of hashed fields.</summary>
    [Secret]
    public required string HashKey { get; set; }

    public bool IsPaused { get; set; }

    /// <summary>The first log index that the live stream sends.</summary>
    public required long StartIndex { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    public DateTime ChangedAtUtc { get; set; }

    /// <summary>Removed sinks send nothing and hold no secrets; what they delivered stays provable.</summary>
    public DateTime? RemovedAtUtc { get; set; }

    public long Version { get; private set; }

    internal AuditSinkSettings ReadSettings() => JsonSerializer.Deserialize<AuditSinkSettings>(Settings, Json) ?? throw new InvalidOperationException("The settings of a sink are empty.");

    internal IReadOnlyList<FilterRevision> ReadFilters() => JsonSerializer.Deserialize<List<FilterRevision>>(Filters, Json) ?? [];

    internal static string Write<T>(T value) => JsonSerializer.Serialize(value, Json);

    internal static void Configure(ModelBuilder model) => model.Entity<AuditSink>(e =>
    {
        e.ToTable("audit_sinks");
        e.HasIndex(x => new { x.OrganizationId, x.Slug }).IsUnique();
        e.Property(x => x.Slug).HasMaxLength(Kernel.Slug.MaxLength);
        e.Property(x => x.Name).HasMaxLength(200);
        e.Property(x => x.Address).HasMaxLength(2000);
        e.Property(x => x.Format).HasMaxLength(20);
        e.Property(x => x.Settings).IsLongText();
        e.Property(x => x.Filters).IsLongText();
        e.Property(x => x.Credential).IsLongText();
        e.Property(x => x.CaPem).IsLongText();
        e.Property(x => x.ClientCertificatePem).IsLongText();
        e.Property(x => x.ClientKey).IsLongText();
        e.Property(x => x.HashKey).IsLongText();
    });
}
