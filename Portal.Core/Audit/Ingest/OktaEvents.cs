namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Okta's System Log (LogEvent objects), one by one, as an array, or as the body of an event hook <c>{"data":{"events":[...]}}</c>.</summary>
internal sealed class OktaEvents : EventNormaliser
{
    public override string Source => "okta";

    public override IReadOnlyList<string> Envelope { get; } = ["data", "events"];

    protected override void Fill(EventNode root, EventDraft draft)
    {
        draft.Time = root["published"u8].Text();
        draft.SourceId = root["uuid"u8].Text();
        draft.Action = root["eventType"u8].Text();
        var actor = root["actor"u8];
        draft.ActorName = actor["alternateId"u8].Text() is { } name && name != "unknown" ? name : actor["displayName"u8].Text() ?? actor["id"u8].Text();
        draft.ActorKind = actor["type"u8].Text(60) switch
        {
            "User" => ActorKinds.Person,
            "SystemPrincipal" => ActorKinds.System,
            null => ActorKinds.Anonymous,
            _ => ActorKinds.ServiceAccount,
        };
        var target = root["target"u8].At(0);
        draft.ResourceKind = target["type"u8].Text(60) ?? draft.Action?.Split('.')[0];
        draft.ResourceId = target["id"u8].Text();
        draft.ResourceName = target["alternateId"u8].Text() is { } alternate && alternate != "unknown" ? alternate : target["displayName"u8].Text();
        draft.ResourceIsPerson = draft.ResourceKind is "User" or "AppUser";
        draft.OldValue = target["changeDetails"u8]["from"u8].Json();
        draft.NewValue = target["changeDetails"u8]["to"u8].Json();
        var outcome = root["outcome"u8];
        draft.Failed = outcome["result"u8].Is("FAILURE", "DENY", "RATE_LIMIT", "UNANSWERED", "ABANDONED");
        draft.Reason = outcome["reason"u8].Text(2000) ?? root["displayMessage"u8].Text(2000);
        var client = root["client"u8];
        draft.IpAddress = client["ipAddress"u8].Text(60) ?? root["request"u8]["ipChain"u8].At(0)["ip"u8].Text(60);
        draft.UserAgent = client["userAgent"u8]["rawUserAgent"u8].Text();
        draft.RequestId = root["debugContext"u8]["debugData"u8]["requestId"u8].Text(80) ?? root["transaction"u8]["id"u8].Text(80);
        draft.SessionId = root["authenticationContext"u8]["externalSessionId"u8].Text(80);
    }
}
