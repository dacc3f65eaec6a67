namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Kubernetes audit events (audit.k8s.io/v1), one by one or as the EventList that the webhook back-end sends. The same request is one event a stage.</summary>
internal sealed class KubernetesEvents : EventNormaliser
{
    public override string Source => "kubernetes";

    public override IReadOnlyList<string> Envelope { get; } = ["items"];

    protected override void Fill(EventNode root, EventDraft draft)
    {
        var (id, stage, verb) = (root["auditID"u8].Text(), root["stage"u8].Text(40), root["verb"u8].Text(60));
        draft.Time = root["stageTimestamp"u8].Text() ?? root["requestReceivedTimestamp"u8].Text() ?? root["timestamp"u8].Text();
        draft.SourceId = id is null ? null : $"{id}/{stage}";
        draft.RequestId = id;
        FillActor(root, draft);
        FillResource(root, verb, draft);
        var response = root["responseStatus"u8];
        var denied = root["annotations"u8]["authorization.k8s.io/decision"u8].Is("forbid");
        draft.Failed = denied || stage == "Panic" || response["code"u8].Number() >= 400 || response["status"u8].Is("Failure");
        draft.Reason = response["message"u8].Text(2000) ?? response["reason"u8].Text() ?? (denied ? root["annotations"u8]["authorization.k8s.io/reason"u8].Text(2000) : null);
        draft.IpAddress = root["sourceIPs"u8].At(0).Text(60);
        draft.UserAgent = root["userAgent"u8].Text();
    }

    private static void FillActor(EventNode root, EventDraft draft)
    {
        var name = root["user"u8]["username"u8].Text();
        draft.ActorName = name;
        draft.ActorKind = name switch
        {
            null or "system:anonymous" => ActorKinds.Anonymous,
            _ when name.StartsWith("system:serviceaccount:", StringComparison.Ordinal) => ActorKinds.ServiceAccount,
            _ when name.StartsWith("system:", StringComparison.Ordinal) => ActorKinds.System,
            _ => ActorKinds.Person,
        };
        // Who acted is who signed in; in whose name it was done stands beside it.
        if (root["impersonatedUser"u8]["username"u8].Text() is { } impersonated) draft.ActorName = $"{name} (as {impersonated})";
    }

    private static void FillResource(EventNode root, string? verb, EventDraft draft)
    {
        var reference = root["objectRef"u8];
        var (resource, subresource) = (reference["resource"u8].Text(60), reference["subresource"u8].Text(60));
        var (request, response) = (root["requestObject"u8], root["responseObject"u8]);
        if (resource is null)
        {
            var uri = root["requestURI"u8].Text();
            draft.ResourceKind = "url";
            draft.ResourceId = uri?.Split('?')[0];
        }
        else
        {
            var name = reference["name"u8].Text() ?? response["metadata"u8]["name"u8].Text() ?? request["metadata"u8]["name"u8].Text();
            var space = reference["namespace"u8].Text();
            draft.ResourceKind = subresource is null ? resource : $"{resource}/{subresource}";
            draft.ResourceName = name;
            draft.ResourceId = space is null ? name : name is null ? $"{space}/" : $"{space}/{name}";
        }

        draft.Action = verb is null ? null : $"{draft.ResourceKind}.{verb}";
        // What a Secret holds, and tokens, are no part of a readable entry.
        var secret = resource is "secrets" or "tokenreviews" || subresource is "token";
        draft.NewValue = !request.IsObject ? null : secret ? "{\"object\":\"(secret)\"}" : request.Json();
    }
}
