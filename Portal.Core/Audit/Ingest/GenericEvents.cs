namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Events of any system as JSON objects, read by an organization's mapping.</summary>
internal sealed class GenericEvents(EventMapping mapping) : EventNormaliser
{
    public override string Source => "generic";

    protected override void Fill(EventNode root, EventDraft draft)
    {
        draft.Time = mapping.Text(root, "timestamp", 64);
        draft.SourceId = mapping.Text(root, "source_id", 400);
        draft.Action = mapping.Text(root, "action", 120);
        draft.ActorName = mapping.Text(root, "actor_name", 300);
        draft.ActorKind = ActorKinds.All.FirstOrDefault(k => k.Equals(mapping.Text(root, "actor_kind", 40), StringComparison.OrdinalIgnoreCase))
            ?? (draft.ActorName is null ? ActorKinds.Anonymous : ActorKinds.Person);
        draft.ResourceKind = mapping.Text(root, "resource_kind", 60);
        draft.ResourceId = mapping.Text(root, "resource_id", 400);
        // Our own files write kind/id in one.
        if (draft.ResourceKind is null && draft.ResourceId?.IndexOf('/', StringComparison.Ordinal) is { } slash and > 0 and < 60)
            (draft.ResourceKind, draft.ResourceId) = (draft.ResourceId[..slash], draft.ResourceId[(slash + 1)..]);
        draft.ResourceName = mapping.Text(root, "resource_name", 400);
        draft.Failed = mapping.IsFailure(mapping.Text(root, "status", 60));
        draft.Reason = mapping.Text(root, "reason", 2000);
        draft.OldValue = Json(root, "old_value");
        draft.NewValue = Json(root, "new_value");
        draft.IpAddress = mapping.Text(root, "ip_address", 60);
        draft.UserAgent = mapping.Text(root, "user_agent", 400);
        draft.RequestId = mapping.Text(root, "request_id", 80);
        draft.SessionId = mapping.Text(root, "session_id", 80);
    }

    private string? Json(EventNode root, string field)
    {
        var found = mapping.Find(root, field, out var constant);
        return constant is null ? found.Json() : System.Text.Json.JsonSerializer.Serialize(constant);
    }
}
