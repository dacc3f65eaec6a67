using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>AWS CloudTrail records, one by one or as the file form <c>{"Records":[...]}</c> ("CloudTrail record contents" of the AWS documentation).</summary>
internal sealed class CloudTrailEvents : EventNormaliser
{
    // Where requests name what they are about, in the order of how well it identifies the thing.
    private static readonly string[] Names =
    [
        "bucketName", "secretId", "instanceId", "functionName", "roleName", "userName", "groupName", "policyArn", "keyId", "trailName", "dBInstanceIdentifier", "tableName", "clusterName",
        "stackName", "snapshotId", "volumeId", "groupId", "vpcId", "queueUrl", "topicArn", "repositoryName", "parameterName", "name",
    ];

    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Ranks =
        Names.Select((name, rank) => (name, rank)).ToFrozenDictionary(n => n.name, n => n.rank, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    public override string Source => "cloudtrail";

    public override IReadOnlyList<string> Envelope { get; } = ["Records"];

    protected override void Fill(EventNode root, EventDraft draft)
    {
        draft.Time = root["eventTime"u8].Text();
        draft.SourceId = root["eventID"u8].Text();
        draft.Action = root["eventName"u8].Text();
        var service = root["eventSource"u8].Text(80);
        draft.ResourceKind = service is not null && service.EndsWith(".amazonaws.com", StringComparison.Ordinal) ? service[..^".amazonaws.com".Length] : service;
        FillActor(root["userIdentity"u8], draft);
        var parameters = root["requestParameters"u8];
        FillResource(root["resources"u8].At(0), parameters, draft);
        draft.NewValue = parameters.Json();
        var (code, message) = (root["errorCode"u8].Text(), root["errorMessage"u8].Text(2000));
        // A console sign-in that failed carries no error code.
        draft.Failed = code is not null || root["responseElements"u8]["ConsoleLogin"u8].Is("Failure");
        draft.Reason = code is not null && message is not null ? $"{code}: {message}" : code ?? message;
        draft.IpAddress = root["sourceIPAddress"u8].Text(60);
        draft.UserAgent = root["userAgent"u8].Text();
        draft.RequestId = root["requestID"u8].Text(80);
    }

    private static void FillActor(EventNode identity, EventDraft draft)
    {
        var (type, arn) = (identity["type"u8].Text(60), identity["arn"u8].Text());
        draft.ActorKind = type switch
        {
            "AWSService" => ActorKinds.System,
            "AssumedRole" or "Role" or "AWSAccount" => ActorKinds.ServiceAccount,
            null or "Unknown" => ActorKinds.Anonymous,
            _ => ActorKinds.Person,
        };
        draft.ActorName = type switch
        {
            "Root" => "root",
            "AWSService" => identity["invokedBy"u8].Text(),
            "AssumedRole" => AfterSlash(arn),
            _ => identity["userName"u8].Text() ?? AfterSlash(arn),
        } ?? identity["userName"u8].Text() ?? arn ?? identity["principalId"u8].Text() ?? identity["invokedBy"u8].Text() ?? identity["accountId"u8].Text();
    }

    /// <summary>"arn:aws:sts::1:assumed-role/Admin/ann" is known as "Admin/ann".</summary>
    private static string? AfterSlash(string? arn) => arn?.IndexOf('/', StringComparison.Ordinal) is { } slash and > 0 && slash + 1 < arn.Length ? arn[(slash + 1)..] : null;

    private static void FillResource(EventNode resource, EventNode parameters, EventDraft draft)
    {
        var arn = resource["ARN"u8].Text();
        var named = Named(parameters);

        draft.ResourceId = arn ?? named;
        draft.ResourceIsPerson = named is not null && named == parameters["userName"u8].Text();
        draft.ResourceName = named ?? (arn is null ? null : arn[(arn.LastIndexOfAny([':', '/']) + 1)..]);
    }

    /// <summary>The text of the parameter that identifies best; one pass, since requests have few parameters and the list is long.</summary>
    private static string? Named(EventNode parameters)
    {
        if (!parameters.IsObject) return null;
        var (best, found) = (int.MaxValue, default(string));
        Span<char> letters = stackalloc char[32];
        foreach (var member in parameters.Element.EnumerateObject())
        {
            var raw = JsonMarshal.GetRawUtf8PropertyName(member);
            if (raw.Length > letters.Length || member.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number) || !Ascii.IsValid(raw)) continue;
            Encoding.ASCII.GetChars(raw, letters);
            if (Ranks.TryGetValue(letters[..raw.Length], out var rank) && rank < best && new EventNode(member.Value).Text() is { } text) (best, found) = (rank, text);
        }

        return found;
    }
}
