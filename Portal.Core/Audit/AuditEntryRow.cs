using System.Text.Json;
using System.Text.Json.Serialization;
using Hexabase.Portal.Audit.Persons;

namespace Hexabase.Portal.Audit;

/// <summary>An audit entry as people and programs see it; the names are those of the specification in camelCase.</summary>
/// <param name="Position">The order of insertion among the entries of all organizations; not told, for it would tell how much the others do.</param>
/// <param name="TenantId">Null = the platform's own log.</param>
/// <param name="Resource">KIND/ID, or the kind alone.</param>
/// <param name="OldValue">The changed fields before.</param>
/// <param name="Scope">The scope of the grant that allowed it, or "none".</param>
/// <param name="Decision">What the access decision was made of.</param>
/// <param name="Operation">Groups the entries that one action caused.</param>
/// <param name="ActorName">Null once the person was erased.</param>
/// <param name="Index">The place in the log, from 0; null in the moment before it has one.</param>
/// <param name="RecordedAt">When the portal wrote it down; differs from the timestamp for outside events.</param>
/// <param name="SourceId">The outside log's own id of the event.</param>
/// <param name="PersonErased">True where a part that named a person can no longer be read, because the person was erased.</param>
/// <param name="PersonMissing">True of an archived entry where the file that holds what names persons was not with the archive.</param>
public sealed record AuditEntryRow(
    Guid Id, [property: JsonIgnore] long Position, DateTime Timestamp, Guid? TenantId, Guid UserId, string? ActorName, string ActorKind, string Action, string Resource, string ResourceKind, string? ResourceId,
    string? ResourceName, Guid? Workspace, JsonElement? OldValue, JsonElement? NewValue, string? IpAddress, AuditStatus Status, string? Reason, Guid? Approver, Guid? Session, string? RequestId,
    Guid? Operation, string? UserAgent, string? Permission, string? Scope, JsonElement? Decision, string Source,
    long? Index = null, DateTime? RecordedAt = null, string? SourceId = null, bool PersonErased = false, bool PersonMissing = false)
{
    internal static AuditEntryRow Of(AuditEntry e, ActorDetails? actor, SubjectDetails? subject, bool personErased, long? index) => new(
        e.Id, e.Position, e.OccurredAtUtc, e.OrganizationId == Guid.Empty ? null : e.OrganizationId, e.UserId, actor?.Name ?? e.ActorName, e.ActorKind, e.Action,
        e.ResourceId is null ? e.ResourceKind : $"{e.ResourceKind}/{e.ResourceId}", e.ResourceKind, e.ResourceId, subject?.ResourceName ?? e.ResourceName, e.WorkspaceId,
        Json(subject?.OldValue ?? e.OldValue), Json(subject?.NewValue ?? e.NewValue), actor?.IpAddress, e.Status, e.Reason, e.ApproverId, e.SessionId, e.RequestId, e.OperationId, actor?.UserAgent,
        e.Permission, e.Scope, Json(e.Decision), e.Source, index, e.RecordedAtUtc, e.SourceId, personErased);

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}
