using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;

namespace Hexabase.Portal.Audit.Search;

/// <summary>What of an entry is looked for and counted.</summary>
/// <param name="Actor">Null where no person is named, or it can no longer be read.</param>
/// <param name="Subject">Likewise.</param>
internal readonly record struct AuditIndexed(LeafFacts Facts, ActorDetails? Actor, SubjectDetails? Subject)
{
    public string? ActorName => Actor?.Name ?? Facts.ActorName;

    public string? ResourceName => Subject?.ResourceName ?? Facts.ResourceName;

    /// <summary>JSON text.</summary>
    public string? OldValue => Subject?.OldValue ?? Facts.OldValue;

    /// <summary>JSON text.</summary>
    public string? NewValue => Subject?.NewValue ?? Facts.NewValue;

    public static AuditIndexed Of(AuditEntryRow row) => new(
        new LeafFacts(
            row.Id, row.TenantId ?? Guid.Empty, row.Timestamp, row.RecordedAt ?? row.Timestamp, row.ActorKind, row.UserId, row.ActorName, row.Action, row.ResourceKind, row.ResourceId, row.ResourceName, row.Workspace,
            row.Status, row.Reason, row.OldValue?.GetRawText(), row.NewValue?.GetRawText(), row.Session, row.RequestId, row.Operation, row.Approver, row.Permission, row.Scope, null, row.Source, row.SourceId, null, null, null),
        new ActorDetails(row.ActorName, row.IpAddress, row.UserAgent),
        null);
}
