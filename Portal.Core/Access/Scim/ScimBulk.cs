using System.Globalization;
using System.Text.Json.Nodes;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Scim;

/// <summary>
/// Many operations in one request (RFC 7644 section 3.7), each a request and a transaction of its own. An operation that names another by <c>bulkId:</c> runs after it;
/// operations that name each other in a circle, or one that failed, are refused.
/// </summary>
internal static class ScimBulk
{
    private const string Mark = "bulkId:";

    public static async Task<ScimAnswer> RunAsync(IPortal portal, Actor actor, ScimCall call, CancellationToken cancellationToken)
    {
        if (!ScimRefusal.Catch(() => Read(call.Body)).TryGet(out var operations, out var problem)) return ScimService.Refuse(problem);
        var stopAfter = Number(Member((JsonObject?)call.Body, "failOnErrors"));
        var made = new Dictionary<string, Guid?>(StringComparer.Ordinal);
        var waiting = operations.Select(o => o.BulkId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var answers = new JsonObject?[operations.Count];
        var (failed, left) = (0, Enumerable.Range(0, operations.Count).ToList());
        while (left.Count > 0)
        {
            // In the order of the request, but never before what is referred to.
            var at = left.FindIndex(i => operations[i].References.All(r => !waiting.Contains(r) || r == operations[i].BulkId));
            var index = left[Math.Max(at, 0)];
            left.RemoveAt(Math.Max(at, 0));
            var operation = operations[index];
            var answer = at < 0
                ? await ScimService.RefuseAsync(portal, actor, call, Problem.Conflict("bulk.circle", "Operations refer to each other in a circle."), cancellationToken)
                : await OneAsync(portal, actor, call, operation, made, cancellationToken);
            if (operation.BulkId is { } name)
            {
                waiting.Remove(name);
                made[name] = answer.Problem is null ? answer.Id : null;
            }

            answers[index] = Show(call, operation, answer);
            if (answer.Problem is null) continue;
            failed++;
            if (stopAfter is { } limit && failed >= limit) break;
        }

        return new ScimAnswer(200, new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:BulkResponse"),
            ["Operations"] = new JsonArray([.. answers.OfType<JsonObject>()]),
        });
    }

    private static async Task<ScimAnswer> OneAsync(IPortal portal, Actor actor, ScimCall call, Operation operation, Dictionary<string, Guid?> made, CancellationToken cancellationToken)
    {
        foreach (var reference in operation.References)
            if (made.GetValueOrDefault(reference) is null) return await ScimService.RefuseAsync(portal, actor, call, ScimProblem.InvalidValue($"bulkId:{reference} was not made by this request."), cancellationToken);
        var path = Resolve(operation.Path.TrimStart('/'), made);
        var body = operation.Data is null ? null : Resolve(operation.Data.DeepClone(), made);
        if (path.Split('/') is not ["Users" or "Groups", ..] || operation.Method is not ("POST" or "PUT" or "PATCH" or "DELETE"))
            return await ScimService.RefuseAsync(portal, actor, call, ScimProblem.InvalidValue("An operation is a POST, PUT, PATCH or DELETE of /Users or /Groups."), cancellationToken);
        return await ScimService.RunAsync(portal, actor, new ScimCall(call.Org, operation.Method, path, new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase), body, call.Base, operation.Version), cancellationToken);
    }

    private static List<Operation> Read(JsonNode? body)
    {
        if (body is not JsonObject sent || Member(sent, "Operations") is not JsonArray list) throw new ScimRefusal(ScimProblem.InvalidSyntax("A bulk request needs Operations, a list."));
        if (list.Count > ScimDiscovery.MaxOperations)
            throw new ScimRefusal(new Problem(ProblemKind.TooLarge, "scim.tooMany", $"A bulk request holds at most {ScimDiscovery.MaxOperations} operations."));
        var names = new HashSet<string>(StringComparer.Ordinal);
        var result = new List<Operation>(list.Count);
        foreach (var item in list)
        {
            if (item is not JsonObject one || ScimValues.Text(Member(one, "method"))?.ToUpperInvariant() is not { } method || ScimValues.Text(Member(one, "path")) is not { Length: > 0 and <= 500 } path)
                throw new ScimRefusal(ScimProblem.InvalidSyntax("A bulk operation needs method and path."));
            var name = ScimValues.Text(Member(one, "bulkId"));
            if (method == "POST" && string.IsNullOrEmpty(name)) throw new ScimRefusal(ScimProblem.InvalidSyntax("A bulk operation that makes something needs a bulkId."));
            if (name is not null && !names.Add(name)) throw new ScimRefusal(ScimProblem.InvalidValue($"The bulkId {name} stands twice."));
            var data = Member(one, "data");
            var references = new List<string>();
            Collect(data, references);
            references.AddRange(path.Split('/').Where(p => p.StartsWith(Mark, StringComparison.Ordinal)).Select(p => p[Mark.Length..]));
            result.Add(new Operation(method, path, name, ScimValues.Text(Member(one, "version")), data, references));
        }

        return result;
    }

    private static JsonObject Show(ScimCall call, Operation operation, ScimAnswer answer)
    {
        var result = new JsonObject { ["method"] = operation.Method, ["status"] = answer.Status.ToString(CultureInfo.InvariantCulture) };
        if (operation.BulkId is { } name) result["bulkId"] = name;
        if (answer.ETag is { } tag) result["version"] = tag;
        if (answer.Location is { } location) result["location"] = location;
        else if (operation.Method != "POST" && !operation.Path.Contains(Mark, StringComparison.Ordinal)) result["location"] = $"{call.Base}/{operation.Path.TrimStart('/')}";
        if (answer.Problem is { } problem) result["response"] = ScimErrorBody.Of(problem);
        return result;
    }

    private static void Collect(JsonNode? node, List<string> into)
    {
        switch (node)
        {
            case JsonObject parts:
                foreach (var (_, part) in parts) Collect(part, into);
                break;
            case JsonArray list:
                foreach (var one in list) Collect(one, into);
                break;
            case JsonValue value when value.TryGetValue<string>(out var text) && text.StartsWith(Mark, StringComparison.Ordinal):
                into.Add(text[Mark.Length..]);
                break;
        }
    }

    private static JsonNode? Resolve(JsonNode? node, Dictionary<string, Guid?> made)
    {
        switch (node)
        {
            case JsonObject parts:
                foreach (var (name, part) in parts.ToArray())
                    if (part is JsonValue value && value.TryGetValue<string>(out var text)) parts[name] = Named(text, made);
                    else Resolve(part, made);
                return parts;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    if (list[i] is JsonValue value && value.TryGetValue<string>(out var text)) list[i] = Named(text, made);
                    else Resolve(list[i], made);
                return list;
            default:
                return node;
        }
    }

    private static string Resolve(string path, Dictionary<string, Guid?> made) => string.Join('/', path.Split('/').Select(p => Named(p, made)));

    private static string Named(string text, Dictionary<string, Guid?> made) =>
        text.StartsWith(Mark, StringComparison.Ordinal) && made.GetValueOrDefault(text[Mark.Length..]) is { } id ? id.ToString() : text;

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) && number > 0 ? number : null;

    private static JsonNode? Member(JsonObject? from, string name) => from?.FirstOrDefault(p => p.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private sealed record Operation(string Method, string Path, string? BulkId, string? Version, JsonNode? Data, IReadOnlyList<string> References);
}

/// <summary>The error schema of RFC 7644 section 3.12.</summary>
public static class ScimErrorBody
{
    public static JsonObject Of(Problem problem)
    {
        var body = new JsonObject { ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:Error"), ["status"] = ((int)problem.Kind).ToString(CultureInfo.InvariantCulture) };
        if (ScimProblem.TypeOf(problem) is { } type) body["scimType"] = type;
        body["detail"] = problem.Message;
        return body;
    }
}
