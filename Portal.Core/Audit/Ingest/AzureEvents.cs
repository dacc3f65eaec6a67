using System.Text;
using System.Text.Json;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>
/// Azure: the activity log and resource logs in the form that diagnostic settings export, the activity log's REST form, and the sign-in and audit logs of
/// Entra ID; one by one or as <c>{"records":[...]}</c>.
/// </summary>
internal sealed class AzureEvents : EventNormaliser
{
    private const string Claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";

    public override string Source => "azure";

    public override IReadOnlyList<string> Envelope { get; } = ["records"];

    protected override void Fill(EventNode root, EventDraft draft)
    {
        var properties = root["properties"u8];
        var category = Word(root["category"u8]);
        draft.Time = root["time"u8].Text() ?? root["eventTimestamp"u8].Text() ?? properties["activityDateTime"u8].Text() ?? properties["createdDateTime"u8].Text();
        draft.SourceId = root["eventDataId"u8].Text() ?? (properties["activityDateTime"u8].Exists || properties["createdDateTime"u8].Exists ? properties["id"u8].Text() : null);
        draft.Action = Word(root["operationName"u8]) ?? properties["activityDisplayName"u8].Text();
        FillActor(root, properties, draft);
        FillResource(root, properties, category, draft);
        FillOutcome(root, properties, draft);
        draft.IpAddress = root["callerIpAddress"u8].Text(60) ?? root["ipAddress"u8].Text(60) ?? properties["ipAddress"u8].Text(60)
            ?? root["httpRequest"u8]["clientIpAddress"u8].Text(60) ?? properties["initiatedBy"u8]["user"u8]["ipAddress"u8].Text(60);
        draft.UserAgent = properties["userAgent"u8].Text() ?? properties["userAgentHeader"u8].Text();
        draft.RequestId = root["correlationId"u8].Text(80);
    }

    /// <summary>Text, or the "value" of the REST form's pair.</summary>
    private static string? Word(EventNode node) => node.Text() ?? node["value"u8].Text();

    private static void FillActor(EventNode root, EventNode properties, EventDraft draft)
    {
        var identity = root["identity"u8];
        var claims = identity["claims"u8] is { IsObject: true } inside ? inside : root["claims"u8];
        var initiated = properties["initiatedBy"u8];
        var person = initiated["user"u8]["userPrincipalName"u8].Text() ?? properties["userPrincipalName"u8].Text() ?? claims[Claims + "upn"].Text() ?? claims["upn"u8].Text()
            ?? claims[Claims + "name"].Text() ?? claims["name"u8].Text() ?? initiated["user"u8]["displayName"u8].Text() ?? identity.Text();
        var program = initiated["app"u8]["displayName"u8].Text() ?? properties["servicePrincipalName"u8].Text() ?? claims["appid"u8].Text() ?? initiated["app"u8]["servicePrincipalId"u8].Text();
        var caller = root["caller"u8].Text() ?? properties["caller"u8].Text();
        draft.ActorName = person ?? caller ?? program ?? (identity.IsObject ? identity["type"u8].Text() : null);
        draft.ActorKind = person is not null || caller?.Contains('@', StringComparison.Ordinal) == true ? ActorKinds.Person
            : program is not null || caller is not null ? ActorKinds.ServiceAccount
            : identity["type"u8].Is("SAS", "AccountKey") ? ActorKinds.Token : ActorKinds.Anonymous;
    }

    private static void FillResource(EventNode root, EventNode properties, string? category, EventDraft draft)
    {
        var id = root["resourceId"u8].Text() ?? root["resourceUri"u8].Text();
        draft.ResourceKind = TypeOf(id) ?? category;
        draft.ResourceId = id;
        draft.ResourceName = id is null ? null : id[(id.TrimEnd('/').LastIndexOf('/') + 1)..];
        if (properties["requestbody"u8] is { IsString: true } body) draft.NewValue = JsonInside(body);
        var target = properties["targetResources"u8].At(0);
        if (!target.IsObject) return;
        draft.ResourceKind = target["type"u8].Text(60) ?? draft.ResourceKind;
        draft.ResourceId = target["id"u8].Text() ?? draft.ResourceId;
        draft.ResourceName = target["userPrincipalName"u8].Text() ?? target["displayName"u8].Text() ?? draft.ResourceName;
        draft.ResourceIsPerson = target["userPrincipalName"u8].Exists || target["type"u8].Is("User");
        var changes = target["modifiedProperties"u8];
        draft.OldValue = Values(changes, "oldValue"u8);
        draft.NewValue = Values(changes, "newValue"u8) ?? draft.NewValue;
    }

    private static void FillOutcome(EventNode root, EventNode properties, EventDraft draft)
    {
        var result = Word(root["resultType"u8]) ?? Word(root["status"u8]) ?? properties["result"u8].Text();
        var numbered = long.TryParse(result, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number);
        draft.Failed = (numbered && number != 0) || Bad(result) || Bad(Word(root["status"u8])) || Bad(properties["result"u8].Text())
            || properties["status"u8]["errorCode"u8].Number() is not (null or 0) || root["statusCode"u8].Number() >= 400;
        draft.Reason = root["resultDescription"u8].Text(2000) ?? properties["resultReason"u8].Text(2000) ?? properties["status"u8]["failureReason"u8].Text(2000)
            ?? properties["statusMessage"u8].Text(2000) ?? (draft.Failed ? root["statusText"u8].Text(2000) ?? Word(root["resultSignature"u8]) : null);
    }

    private static bool Bad(string? word) => word is not null && (word.StartsWith("fail", StringComparison.OrdinalIgnoreCase) || word.Equals("denied", StringComparison.OrdinalIgnoreCase)
        || word.Equals("error", StringComparison.OrdinalIgnoreCase) || word.Equals("timeout", StringComparison.OrdinalIgnoreCase) || word.EndsWith("Error", StringComparison.Ordinal));

    /// <summary>".../providers/Microsoft.Storage/storageAccounts/x/blobServices/default" is of the type "Microsoft.Storage/storageAccounts".</summary>
    private static string? TypeOf(string? id)
    {
        if (id?.LastIndexOf("/providers/", StringComparison.OrdinalIgnoreCase) is not ({ } at and >= 0)) return null;
        var parts = id[(at + "/providers/".Length)..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length switch { 0 => null, 1 => parts[0], _ => $"{parts[0]}/{parts[1]}" };
    }

    /// <summary>Entra ID lists changes as pairs of a name and JSON text.</summary>
    private static string? Values(EventNode changes, ReadOnlySpan<byte> side)
    {
        var text = new StringBuilder("{");
        for (var i = 0; i < 100 && changes.At(i) is { IsObject: true } one; i++)
        {
            if (one["displayName"u8].Text() is not { } name || one[side] is not { Exists: true } value) continue;
            if (text.Length > 1) text.Append(',');
            text.Append(JsonSerializer.Serialize(name)).Append(':').Append(JsonInside(value) ?? value.Json() ?? "null");
            if (text.Length > EventNode.MaxJsonBytes) return null;
        }

        return text.Length == 1 ? null : text.Append('}').ToString();
    }

    /// <summary>A string whose text is a JSON object or array, as that JSON; null for any other.</summary>
    private static string? JsonInside(EventNode node)
    {
        if (!node.IsString || node.Text(EventNode.MaxJsonBytes) is not ({ Length: > 1 and < EventNode.MaxJsonBytes } text) || text[0] is not ('{' or '[')) return null;
        try
        {
            using var inner = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = EventJson.MaxDepth });
            return new EventNode(inner.RootElement).Json();
        }
        catch (JsonException)
        {
            // Text that only looks like JSON is shown as the text that it is.
            return null;
        }
    }
}
