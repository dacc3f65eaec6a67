using System.Text.Json;

namespace Hexabase.Portal.Audit;

/// <summary>An audit entry as people and programs see it; the names are those of the specification in camelCase.</summary>
/// <param name="Position">The order of insertion.</param>
/// <param name="TenantId">Null = the platform's own log.</param>
/// <param name="Resource">KIND/ID, or the kind alone.</param>
/// <param name="OldValue">The changed fields before.</param>
/// <param name="Scope">The scope of the grant that allowed it, or "none".</param>
/// <param name="Decision">What the access decision was made of.</param>
/// <param name="Operation">Groups the entries that one action caused.</param>
public sealed record AuditEntryRow(
    Guid Id, long Position, DateTime Timestamp, Guid? TenantId, Guid UserId, string ActorName, string ActorKind, string Action, string Resource, string ResourceKind, string? ResourceId,
    string? ResourceName, Guid? Workspace, JsonElement? OldValue, JsonElement? NewValue, string? IpAddress, AuditStatus Status, string? Reason, Guid? Approver, Guid? Session, string? RequestId,
    Guid? Operation, string? UserAgent, string? Permission, string? Scope, JsonElement? Decision, string Source)
{
    internal static AuditEntryRow Of(AuditEntry e) => new(
        e.Id, e.Position, e.OccurredAtUtc, e.OrganizationId == Guid.Empty ? null : e.OrganizationId, e.UserId, e.ActorName, e.ActorKind, e.Action,
        e.ResourceId is null ? e.ResourceKind : $"{e.ResourceKind}/{e.ResourceId}", e.ResourceKind, e.ResourceId, e.ResourceName, e.WorkspaceId, Json(e.OldValue), Json(e.NewValue), e.IpAddress,
        e.Status, e.Reason, e.ApproverId, e.SessionId, e.RequestId, e.OperationId, e.UserAgent, e.Permission, e.Scope, Json(e.Decision), e.Source);

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}
