using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>
/// OCSF 1.3.0 (schema.ocsf.io): Authentication (3002) for signing in and out, Account Change (3001) for what happens to people's accounts, API Activity (6003) for everything
/// else. Severity informational; low for failures, medium for refused access. What has no attribute stands in <c>unmapped</c>.
/// </summary>
public sealed class OcsfFormat : IAuditEventFormat
{
    public const string SchemaVersion = "1.3.0";
    private const int AccountChange = 3001;
    private const int Authentication = 3002;
    private const int ApiActivity = 6003;
    private const int Other = 99;

    private static readonly string Product = typeof(OcsfFormat).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static readonly AuditField[] Unmapped =
        [AuditField.ActorKind, AuditField.WorkspaceId, AuditField.OldValue, AuditField.NewValue, AuditField.ApproverId, AuditField.Permission, AuditField.Scope, AuditField.Decision, AuditField.SourceId];

    public string MediaType => "application/json";

    public void Write(AuditEntryRow entry, IBufferWriter<byte> into) => Write(AuditEvent.Of(entry), into);

    public void Write(AuditEvent audited, IBufferWriter<byte> into)
    {
        using var json = new Utf8JsonWriter(into, JsonFormat.Options);
        WriteObject(audited, json);
    }

    internal static void WriteObject(AuditEvent audited, Utf8JsonWriter json)
    {
        var (classId, activity, activityName) = Classify(audited.Row);
        json.WriteStartObject();
        json.WriteNumber("category_uid", classId / 1000);
        json.WriteString("category_name", classId == ApiActivity ? "Application Activity" : "Identity & Access Management");
        json.WriteNumber("class_uid", classId);
        json.WriteString("class_name", classId switch { AccountChange => "Account Change", Authentication => "Authentication", _ => "API Activity" });
        json.WriteNumber("activity_id", activity);
        json.WriteString("activity_name", activityName);
        json.WriteNumber("type_uid", (classId * 100L) + activity);
        json.WriteNumber("time", Milliseconds(audited.Timestamp));
        var (severity, severityName) = !audited.Failed ? (1, "Informational") : audited.Row.Scope == "none" ? (3, "Medium") : (2, "Low");
        json.WriteNumber("severity_id", severity);
        json.WriteString("severity", severityName);
        json.WriteNumber("status_id", audited.Failed ? 2 : 1);
        json.WriteString("status", audited.Failed ? "Failure" : "Success");
        Text(json, "status_detail", audited[AuditField.Reason]);
        Metadata(audited, json);
        Actor(audited, json);
        if (classId != ApiActivity) User(audited, json, "user", classId == AccountChange);
        if (classId == Authentication) Named(json, "service", "Hexabase Portal");
        if (classId == ApiActivity) Api(audited, json);
        Endpoint(audited, json);
        if (audited.Has(AuditField.UserAgent))
        {
            json.WriteStartObject("http_request");
            Text(json, "user_agent", audited[AuditField.UserAgent]);
            json.WriteEndObject();
        }

        if (classId == ApiActivity) Resource(audited, json);
        Rest(audited, json);
        json.WriteEndObject();
    }

    private static (int Class, int Activity, string Name) Classify(AuditEntryRow row)
    {
        var verb = row.Action[(row.Action.LastIndexOf('.') + 1)..];
        if (Begins(row.Action, "session.", "access.signIn", "access.signOut", "signIn", "signOut") || Begins(verb, "signIn", "signOut", "consoleLogin", "login", "logout"))
        {
            return Begins(verb, "signOut", "logout", "end", "close", "revoke", "delete") ? (Authentication, 2, "Logoff")
                : Begins(verb, "signIn", "login", "consoleLogin", "open", "create", "start") ? (Authentication, 1, "Logon")
                : (Authentication, Other, verb);
        }

        if (row.ResourceKind is "user" or "person" or "member" or "account" or "serviceAccount")
        {
            return Begins(verb, "create", "add", "invite", "accept") ? (AccountChange, 1, "Create")
                : Begins(verb, "enable", "reactivate", "unlock") ? (AccountChange, 2, "Enable")
                : Begins(verb, "changePassword", "setPassword") ? (AccountChange, 3, "Password Change")
                : Begins(verb, "resetPassword") ? (AccountChange, 4, "Password Reset")
                : Begins(verb, "disable", "deactivate", "suspend") ? (AccountChange, 5, "Disable")
                : Begins(verb, "delete", "remove") ? (AccountChange, 6, "Delete")
                : Begins(verb, "lock") ? (AccountChange, 9, "Lock")
                : Begins(verb, "get", "list", "read", "search") ? (ApiActivity, 2, "Read")
                : (AccountChange, Other, verb);
        }

        return Begins(verb, "create", "add", "make", "invite", "issue", "put", "run", "start", "upload", "import", "load") ? (ApiActivity, 1, "Create")
            : Begins(verb, "get", "list", "read", "search", "view", "export", "describe", "head", "lookup", "find") ? (ApiActivity, 2, "Read")
            : Begins(verb, "change", "update", "set", "patch", "modify", "archive", "restore", "approve", "reject", "pause", "resume", "rename", "acknowledge") ? (ApiActivity, 3, "Update")
            : Begins(verb, "delete", "remove", "revoke", "purge", "erase") ? (ApiActivity, 4, "Delete")
            : (ApiActivity, Other, verb.Length == 0 ? "Other" : verb);
    }

    private static bool Begins(string text, params ReadOnlySpan<string> beginnings)
    {
        foreach (var beginning in beginnings)
        {
            if (text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static void Metadata(AuditEvent audited, Utf8JsonWriter json)
    {
        json.WriteStartObject("metadata");
        json.WriteString("version", SchemaVersion);
        json.WriteStartObject("product");
        json.WriteString("name", "Hexabase Portal");
        json.WriteString("vendor_name", "Hexabase");
        json.WriteString("version", Product);
        json.WriteEndObject();
        json.WriteString("uid", audited.Id);
        json.WriteString("event_code", audited.Action);
        json.WriteString("log_name", "audit");
        Text(json, "log_provider", audited[AuditField.Source]);
        Text(json, "tenant_uid", audited[AuditField.TenantId]);
        Text(json, "correlation_uid", audited[AuditField.OperationId] ?? audited[AuditField.RequestId]);
        if (audited.Row.RecordedAt is { } recorded && audited.Has(AuditField.RecordedAt)) json.WriteNumber("logged_time", Milliseconds(recorded));
        json.WriteString("original_time", AuditEvent.Time(audited.Timestamp));
        if (audited.Sequence is { } sequence) json.WriteNumber("sequence", sequence);
        json.WriteEndObject();
    }

    private static void Actor(AuditEvent audited, Utf8JsonWriter json)
    {
        json.WriteStartObject("actor");
        if (audited.Row.ActorKind == "system" || (!audited.Has(AuditField.UserId) && !audited.Has(AuditField.ActorName))) Text(json, "app_name", audited[AuditField.ActorName] ?? "portal");
        User(audited, json, "user", ofResource: false);
        if (audited[AuditField.SessionId] is { } session)
        {
            json.WriteStartObject("session");
            json.WriteString("uid", session);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void User(AuditEvent audited, Utf8JsonWriter json, string property, bool ofResource)
    {
        var (uid, name) = ofResource ? (audited[AuditField.ResourceId], audited[AuditField.ResourceName]) : (audited[AuditField.UserId], audited[AuditField.ActorName]);
        json.WriteStartObject(property);
        if (name is not null || uid is null) json.WriteString("name", name ?? (ofResource ? "unknown" : audited[AuditField.ActorKind] ?? "unknown"));
        Text(json, "uid", uid);
        var (type, typeName) = ofResource ? (1, "User") : audited.Row.ActorKind switch { "system" => (3, "System"), "person" => (1, "User"), "anonymous" => (0, "Unknown"), _ => (Other, audited[AuditField.ActorKind] ?? "Other") };
        json.WriteNumber("type_id", type);
        json.WriteString("type", typeName);
        json.WriteEndObject();
    }

    private static void Api(AuditEvent audited, Utf8JsonWriter json)
    {
        json.WriteStartObject("api");
        json.WriteString("operation", audited.Action);
        Named(json, "service", audited[AuditField.Source] ?? "portal");
        if (audited[AuditField.RequestId] is { } request)
        {
            json.WriteStartObject("request");
            json.WriteString("uid", request);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // Required of API Activity: where there is no address, the endpoint is named.
    private static void Endpoint(AuditEvent audited, Utf8JsonWriter json)
    {
        json.WriteStartObject("src_endpoint");
        if (audited[AuditField.IpAddress] is not { } address) json.WriteString("name", audited.Row.ActorKind == "system" ? "portal" : "unknown");
        else json.WriteString(IPAddress.TryParse(address, out _) ? "ip" : "name", address);
        json.WriteEndObject();
    }

    private static void Resource(AuditEvent audited, Utf8JsonWriter json)
    {
        if (!audited.Has(AuditField.ResourceKind) && !audited.Has(AuditField.ResourceId) && !audited.Has(AuditField.ResourceName)) return;
        json.WriteStartArray("resources");
        json.WriteStartObject();
        Text(json, "type", audited[AuditField.ResourceKind]);
        Text(json, "uid", audited[AuditField.ResourceId]);
        Text(json, "name", audited[AuditField.ResourceName]);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Rest(AuditEvent audited, Utf8JsonWriter json)
    {
        json.WriteStartObject("unmapped");
        foreach (var field in Unmapped)
        {
            if (audited.Has(field)) JsonFormat.WriteField(audited, field, json, audited.NameOf(field));
        }

        // A field with a name of its own is found under it, whatever attribute it also fills.
        for (var field = (AuditField)0; audited.Names is not null && (int)field < AuditFields.Count; field++)
        {
            if (audited.Names[(int)field] is { } name && audited.Has(field) && Array.IndexOf(Unmapped, field) < 0) JsonFormat.WriteField(audited, field, json, name);
        }

        if (audited[AuditField.Index] is { } index && long.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) json.WriteNumber("index", number);
        Text(json, "stream", audited.Stream);
        if (audited.SinkId is { } sink) json.WriteString("sink_id", sink);
        if (audited.IsReplay) json.WriteBoolean("replay", true);
        Text(json, "truncated", audited.Truncated);
        json.WriteEndObject();
    }

    private static void Named(Utf8JsonWriter json, string property, string name)
    {
        json.WriteStartObject(property);
        json.WriteString("name", name);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static long Milliseconds(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;
}
