using System.Buffers;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Log;

/// <summary>What of an entry its leaf states. Personal parts are their commitments, so that erasing a person changes no leaf.</summary>
public sealed record LeafFacts(
    Guid Id, Guid OrganizationId, DateTime OccurredAtUtc, DateTime RecordedAtUtc, string ActorKind, Guid UserId, string? ActorName, string Action, string ResourceKind, string? ResourceId,
    string? ResourceName, Guid? WorkspaceId, AuditStatus Status, string? Reason, string? OldValue, string? NewValue, Guid? SessionId, string? RequestId, Guid? OperationId, Guid? ApproverId,
    string? Permission, string? Scope, string? Decision, string Source, string? SourceId, byte[]? ActorCommitment, byte[]? SubjectCommitment, byte[]? OriginalCommitment)
{
    internal static LeafFacts From(AuditEntry entry) => Compiled(entry);

    internal static System.Linq.Expressions.Expression<Func<AuditEntry, LeafFacts>> Of { get; } = e => new LeafFacts(
        e.Id, e.OrganizationId, e.OccurredAtUtc, e.RecordedAtUtc, e.ActorKind, e.UserId, e.ActorName, e.Action, e.ResourceKind, e.ResourceId, e.ResourceName, e.WorkspaceId, e.Status, e.Reason,
        e.OldValue, e.NewValue, e.SessionId, e.RequestId, e.OperationId, e.ApproverId, e.Permission, e.Scope, e.Decision, e.Source, e.SourceId, e.ActorCommitment, e.SubjectCommitment, e.OriginalCommitment);

    private static readonly Func<AuditEntry, LeafFacts> Compiled = Of.Compile();
}

/// <summary>Writes the leaf of an entry: canonical JSON (RFC 8785), format version 1, described in <c>docs/audit-bundle.md</c>.</summary>
public static class LeafText
{
    public const int FormatVersion = 1;

    /// <summary>The leaf's bytes; its hash is SHA-256(0x00 ‖ leaf), RFC 9162 section 2.1.1.</summary>
    public static void Write(IBufferWriter<byte> into, Guid logId, long index, DateTime sequencedAtUtc, LeafFacts entry)
    {
        var json = new JcsWriter(into);
        json.StartObject();
        json.String("action"u8, entry.Action);
        json.String("actor_kind"u8, entry.ActorKind);
        json.String("actor_name"u8, entry.ActorName);
        json.String("approver_id"u8, entry.ApproverId);
        json.String("decision"u8, entry.Decision);
        json.String("id"u8, entry.Id);
        json.Number("index"u8, index);
        json.String("log_id"u8, logId);
        json.String("new_value"u8, entry.NewValue);
        json.String("old_value"u8, entry.OldValue);
        json.String("operation_id"u8, entry.OperationId);
        json.String("permission"u8, entry.Permission);
        if (entry.ActorCommitment is not null || entry.SubjectCommitment is not null || entry.OriginalCommitment is not null)
        {
            json.StartObject("personal"u8);
            json.Base64("actor"u8, entry.ActorCommitment);
            json.Base64("original"u8, entry.OriginalCommitment);
            json.Base64("subject"u8, entry.SubjectCommitment);
            json.EndObject();
        }

        json.String("reason"u8, entry.Reason);
        json.String("recorded_at"u8, entry.RecordedAtUtc);
        json.String("request_id"u8, entry.RequestId);
        json.String("resource_id"u8, entry.ResourceId);
        json.String("resource_kind"u8, entry.ResourceKind);
        json.String("resource_name"u8, entry.ResourceName);
        json.String("scope"u8, entry.Scope);
        json.String("sequenced_at"u8, sequencedAtUtc);
        json.String("session_id"u8, entry.SessionId);
        json.String("source"u8, entry.Source);
        json.String("source_id"u8, entry.SourceId);
        json.String("status"u8, entry.Status == AuditStatus.Success ? "success" : "failure");
        json.String("tenant_id"u8, entry.OrganizationId);
        json.String("timestamp"u8, entry.OccurredAtUtc);
        json.String("user_id"u8, entry.UserId);
        json.Number("v"u8, FormatVersion);
        json.String("workspace_id"u8, entry.WorkspaceId);
        json.EndObject();
    }
}
