namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Google Cloud audit logs: LogEntry objects with an AuditLog as protoPayload, one by one or as <c>{"entries":[...]}</c> of the Logging API.</summary>
internal sealed class GoogleEvents : EventNormaliser
{
    public override string Source => "gcp";

    public override IReadOnlyList<string> Envelope { get; } = ["entries"];

    protected override void Fill(EventNode root, EventDraft draft)
    {
        // Some exports carry the payload's members in the entry itself.
        var payload = root["protoPayload"u8] is { IsObject: true } inner ? inner : root;
        var metadata = payload["requestMetadata"u8];
        draft.Time = root["timestamp"u8].Text() ?? metadata["requestAttributes"u8]["time"u8].Text() ?? root["receiveTimestamp"u8].Text();
        // An insertId is unique within the same log and timestamp (LogEntry.insertId).
        draft.SourceId = (root["insertId"u8].Text() ?? root["insertid"u8].Text()) is { } id ? $"{id}/{draft.Time}/{root["logName"u8].Text()}" : null;
        draft.Action = payload["methodName"u8].Text();
        FillActor(payload["authenticationInfo"u8], draft);
        var name = payload["resourceName"u8].Text();
        draft.ResourceKind = root["resource"u8]["type"u8].Text(60) ?? payload["serviceName"u8].Text(60);
        draft.ResourceId = name;
        draft.ResourceName = name is null ? null : name[(name.LastIndexOf('/') + 1)..];
        var status = payload["status"u8];
        var code = status["code"u8].Number();
        draft.Failed = code is not (null or 0) || (code is null && status["message"u8].Exists) || Refused(payload["authorizationInfo"u8]);
        draft.Reason = status["message"u8].Text(2000);
        draft.NewValue = payload["request"u8].Json() ?? payload["serviceData"u8].Json();
        draft.IpAddress = metadata["callerIp"u8].Text(60) ?? metadata["callerIP"u8].Text(60);
        draft.UserAgent = metadata["callerSuppliedUserAgent"u8].Text();
        draft.RequestId = root["operation"u8]["id"u8].Text(80) ?? root["trace"u8].Text(80);
    }

    private static void FillActor(EventNode who, EventDraft draft)
    {
        draft.ActorName = who["principalEmail"u8].Text() ?? who["principalSubject"u8].Text();
        draft.ActorKind = draft.ActorName switch
        {
            null => ActorKinds.Anonymous,
            { } n when n.StartsWith("system:serviceaccount:", StringComparison.Ordinal) || n.EndsWith("gserviceaccount.com", StringComparison.Ordinal) || n.StartsWith("serviceAccount:", StringComparison.Ordinal) => ActorKinds.ServiceAccount,
            { } n when n.StartsWith("system:", StringComparison.Ordinal) => ActorKinds.System,
            _ => ActorKinds.Person,
        };
    }

    /// <summary>A permission was asked for and not granted. Left-out "granted" means false in protobuf's JSON only beside a permission.</summary>
    private static bool Refused(EventNode authorizations)
    {
        for (var i = 0; i < 20 && authorizations.At(i) is { IsObject: true } one; i++)
        {
            if (one["granted"u8].IsFalse) return true;
        }

        return false;
    }
}
