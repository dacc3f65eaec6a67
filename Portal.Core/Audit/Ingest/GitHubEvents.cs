using System.Text;
using System.Text.Json;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>GitHub's audit log of organizations and enterprises, as streamed, exported or asked by API: flat objects, one an event.</summary>
internal sealed class GitHubEvents : EventNormaliser
{
    public override string Source => "github";

    protected override void Fill(EventNode root, EventDraft draft)
    {
        draft.Time = root["@timestamp"u8].Text() ?? root["created_at"u8].Text() ?? root["at_sign_timestamp"u8].Text();
        draft.SourceId = root["_document_id"u8].Text();
        draft.Action = root["action"u8].Text();
        draft.ActorName = root["actor"u8].Text() ?? root["external_identity_nameid"u8].Text();
        draft.ActorKind = draft.ActorName is null ? ActorKinds.Anonymous
            : root["actor_is_bot"u8].Is("true") || draft.ActorName.EndsWith("[bot]", StringComparison.Ordinal) ? ActorKinds.ServiceAccount : ActorKinds.Person;
        var (kind, id) = Resource(root);
        draft.ResourceKind = draft.Action?.Split('.')[0] ?? kind;
        draft.ResourceId = id;
        draft.ResourceName = root["name"u8].Text() ?? root["user"u8].Text() ?? (id is null ? null : id[(id.LastIndexOf('/') + 1)..]);
        draft.ResourceIsPerson = draft.ResourceName is { } named && named == root["user"u8].Text();
        draft.Failed = draft.Action is { } action && (action.EndsWith("failed", StringComparison.Ordinal) || action.Contains("failed_", StringComparison.Ordinal) || action.EndsWith("rejected", StringComparison.Ordinal));
        draft.Reason = root["reason"u8].Text(2000) ?? root["explanation"u8].Text(2000) ?? root["message"u8].Text(2000);
        draft.NewValue = root["data"u8] is { IsObject: true } data ? data.Json() : null;
        FillChange(root, draft);
        draft.IpAddress = root["actor_ip"u8].Text(60);
        draft.UserAgent = root["user_agent"u8].Text();
        draft.RequestId = root["request_id"u8].Text(80);
    }

    private static (string Kind, string? Id) Resource(EventNode root)
    {
        if ((root["repo"u8].Text() ?? root["repository"u8].Text()) is { } repository) return ("repo", repository);
        if (root["team"u8].Text() is { } team) return ("team", team);
        return root["org"u8].Text() is { } organization ? ("org", organization) : ("business", root["business"u8].Text());
    }

    /// <summary>What was is in members named old_X, previous_X or X_was, what is in X.</summary>
    private static void FillChange(EventNode root, EventDraft draft)
    {
        Dictionary<string, EventNode>? before = null;
        foreach (var member in root.Element.EnumerateObject())
        {
            var raw = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8PropertyName(member);
            if (raw.Contains((byte)'\\')) continue;
            var field = raw switch
            {
                _ when raw.StartsWith("old_"u8) => raw[4..],
                _ when raw.StartsWith("previous_"u8) => raw[9..],
                _ when raw.EndsWith("_was"u8) => raw[..^4],
                _ => default,
            };
            if (!field.IsEmpty) (before ??= new Dictionary<string, EventNode>(StringComparer.Ordinal))[Encoding.UTF8.GetString(field)] = new EventNode(member.Value);
        }

        if (before is null) return;
        draft.OldValue = Object(before);
        var after = before.Keys.Select(name => (name, Value: root[name])).Where(p => p.Value.Exists).ToDictionary(p => p.name, p => p.Value, StringComparer.Ordinal);
        if (after.Count > 0) draft.NewValue = Object(after);
    }

    private static string? Object(Dictionary<string, EventNode> members)
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in members)
        {
            if (text.Length > 1) text.Append(',');
            text.Append('"').Append(JsonEncodedText.Encode(name, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)).Append("\":").Append(value.Json() ?? "null");
            if (text.Length > EventNode.MaxJsonBytes) return null;
        }

        return text.Append('}').ToString();
    }
}
