using System.Collections.Frozen;
using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>The fields of an entry as files and sinks know them (product specification, section 6); the order is that of writing.</summary>
public enum AuditField
{
    Timestamp,
    RecordedAt,
    TenantId,
    Id,
    Index,
    UserId,
    ActorName,
    ActorKind,
    Action,
    Resource,
    ResourceKind,
    ResourceId,
    ResourceName,
    WorkspaceId,
    OldValue,
    NewValue,
    IpAddress,
    UserAgent,
    Status,
    Reason,
    ApproverId,
    SessionId,
    RequestId,
    OperationId,
    Permission,
    Scope,
    Decision,
    Source,
    SourceId,
}

/// <summary>Names of the fields, and which of them a sink may leave out.</summary>
public static class AuditFields
{
    public static readonly int Count = Enum.GetValues<AuditField>().Length;

    private static readonly string[] NamesByField = [.. Enum.GetValues<AuditField>().Select(f => Data.ModelConventions.Snake(f.ToString()))];
    private static readonly FrozenDictionary<string, AuditField> ByName = Enum.GetValues<AuditField>().ToFrozenDictionary(f => NamesByField[(int)f], StringComparer.Ordinal);

    /// <summary>In snake_case, in the order of writing.</summary>
    public static IReadOnlyList<string> Names => NamesByField;

    public static string NameOf(AuditField field) => NamesByField[(int)field];

    public static bool TryFind(string name, out AuditField field) => ByName.TryGetValue(name, out field);

    /// <summary>Without these an event can neither be placed nor counted: they are always sent as they are.</summary>
    public static bool IsFixed(AuditField field) => field is AuditField.Timestamp or AuditField.TenantId or AuditField.Id or AuditField.Action or AuditField.Status;

    /// <summary>These hold JSON, the others text or a number.</summary>
    internal static bool IsJson(AuditField field) => field is AuditField.OldValue or AuditField.NewValue or AuditField.Decision;
}
