using System.Text.Json;
using System.Text.Json.Serialization;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Connections;

public enum SsoKind
{
    Oidc,
    Saml,
}

/// <summary>Whose product the provider is: decides the settings that a new connection begins with.</summary>
public enum SsoTemplate
{
    Generic,
    EntraId,
    Okta,
    Keycloak,
    Google,
}

/// <summary>Who has to come in through the connection.</summary>
public enum SsoEnforcement
{
    /// <summary>Everybody may, nobody must.</summary>
    Off,

    /// <summary>Members whose address is in a verified domain must.</summary>
    Phased,

    /// <summary>All members must; platform administrators and the break-glass code are not bound.</summary>
    Enforced,
}

/// <summary>An organization's connection to its identity provider.</summary>
public sealed class SsoConnection : ITenantOwned, IVersioned
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required SsoKind Kind { get; init; }

    public required SsoTemplate Template { get; init; }

    public required string Name { get; set; }

    /// <summary>The issuer of OpenID Connect, or the entity id of SAML.</summary>
    public required string Issuer { get; set; }

    /// <summary>JSON of <see cref="SsoSettings"/>.</summary>
    public required string SettingsJson { get; set; }

    /// <summary>Protected by the portal's data protection; null for SAML and where the portal's own key is the proof.</summary>
    [Secret]
    public string? ClientSecret { get; set; }

    public bool IsEnabled { get; set; }

    public SsoEnforcement Enforcement { get; set; }

    /// <summary>Sessions of local accounts that were opened later carry nothing of an enforcing organization.</summary>
    public DateTime? EnforcedAtUtc { get; set; }

    /// <summary>The administrator whose test sign-in succeeded last, with these settings.</summary>
    public Guid? TestedByUserId { get; set; }

    public DateTime? TestedAtUtc { get; set; }

    public required DateTime CreatedAtUtc { get; init; }

    public long Version { get; private set; }

    internal SsoSettings Settings => JsonSerializer.Deserialize<SsoSettings>(SettingsJson, Json) ?? new SsoSettings();

    internal static string Write(SsoSettings settings) => JsonSerializer.Serialize(settings, Json);

    /// <summary>New settings have not been tested.</summary>
    internal void Change(SsoSettings settings) => (SettingsJson, TestedAtUtc, TestedByUserId) = (Write(settings), null, null);

    internal static void Configure(ModelBuilder model) => model.Entity<SsoConnection>(e =>
    {
        e.ToTable("sso_connections");
        e.HasIndex(x => x.OrganizationId);
        e.HasIndex(x => x.Issuer);
        e.Ignore(x => x.Settings);
        e.Property(x => x.Name).HasMaxLength(200);
        e.Property(x => x.Issuer).HasMaxLength(400);
        e.Property(x => x.SettingsJson).IsLongText();
        e.Property(x => x.ClientSecret).IsLongText();
    });
}

/// <summary>A key of the portal for one connection: signs client assertions and SAML requests, opens encrypted assertions. The newest signs; the one before still opens.</summary>
public sealed class SsoKey : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ConnectionId { get; init; }

    /// <summary><c>kid</c>: the certificate's SHA-256, base64url.</summary>
    public required string KeyId { get; init; }

    /// <summary>PKCS#8, protected by the portal's data protection.</summary>
    [Secret]
    public required string PrivateKey { get; init; }

    /// <summary>Self-signed, DER in base64: what SAML providers and Entra ID take.</summary>
    public required string Certificate { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<SsoKey>(e =>
    {
        e.ToTable("sso_keys");
        e.HasIndex(x => x.ConnectionId);
        e.Property(x => x.KeyId).HasMaxLength(60);
        e.Property(x => x.PrivateKey).IsLongText();
        e.Property(x => x.Certificate).IsLongText();
    });
}
