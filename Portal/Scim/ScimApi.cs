using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;

namespace Hexabase.Portal.Scim;

/// <summary>The SCIM 2.0 service over HTTP (RFC 7644): one route, which reads the request, runs it, logs it and writes the answer.</summary>
internal static class ScimApi
{
    public const string MediaType = "application/scim+json";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void MapScim(this IEndpointRouteBuilder app) => app.Map("/scim/v2/{org}/{**path}", (RequestDelegate)ServeAsync).ExcludeFromDescription();

    /// <summary>The address of an organization's service, as its administrator enters it at the identity provider.</summary>
    public static string BaseOf(HttpRequest request, string org) => $"{request.Scheme}://{request.Host}/scim/v2/{org}";

    /// <summary>A refusal in the error schema.</summary>
    public static Task WriteAsync(HttpContext http, Problem problem) => WriteAsync(http, new ScimAnswer((int)problem.Kind, null, problem));

    private static async Task ServeAsync(HttpContext http)
    {
        var request = http.Request;
        var (org, path) = (request.RouteValues["org"]?.ToString() ?? "", request.RouteValues["path"]?.ToString() ?? "");
        var clock = http.RequestServices.GetRequiredService<TimeProvider>();
        var (started, actor) = (clock.GetTimestamp(), http.Actor());
        var (body, problem) = await ReadBodyAsync(request, http.RequestAborted);
        ScimAnswer answer;
        if (problem is null)
        {
            var query = request.Query.ToDictionary(p => p.Key, p => string.Join(',', p.Value.ToArray()), StringComparer.OrdinalIgnoreCase);
            var call = new ScimCall(org, request.Method, path, query, body, BaseOf(request, org), Header(request.Headers.IfMatch), Header(request.Headers.IfNoneMatch));
            answer = await ScimService.RunAsync(http.RequestServices.GetRequiredService<IPortal>(), actor, call, http.RequestAborted);
        }
        else
        {
            // Who may not enter learns nothing of what they sent.
            var entered = await http.RequestServices.GetRequiredService<IPortal>().AskAsync(actor, new EnterScim(org), http.RequestAborted);
            answer = entered.Problem is { } outside
                ? new ScimAnswer((int)outside.Kind, null, outside)
                : await ScimService.RefuseAsync(http.RequestServices.GetRequiredService<IPortal>(), actor, new ScimCall(org, request.Method, path, new Dictionary<string, string>(), null, BaseOf(request, org)), problem, http.RequestAborted);
        }

        await WriteAsync(http, answer);
        if (actor.Kind == ActorKind.Anonymous || answer.Status is 401 or 403) return;
        if (await http.RequestServices.GetRequiredService<OrganizationDirectory>().FindAsync(org, actor.Reaches, CancellationToken.None) is { } tenant)
            http.RequestServices.GetRequiredService<ScimRequestLog>().Add(tenant.Id, actor, request.Method, path + request.QueryString.Value, body, answer, clock.GetElapsedTime(started));
    }

    private static async Task<(JsonNode? Body, Problem? Problem)> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Method is not ("POST" or "PUT" or "PATCH")) return (null, null);
        using var buffer = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(buffer, cancellationToken);
        }
        catch (BadHttpRequestException e)
        {
            return (null, ApiErrors.Bare(e.StatusCode));
        }

        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (request.ContentType is { Length: > 0 } type && type.Split(';')[0].Trim().ToLowerInvariant() is not (MediaType or "application/json"))
            return (null, new Problem(ProblemKind.UnsupportedMediaType, "mediaType.unsupported", "Send the body as application/scim+json or application/json."));
        if (bytes.Length == 0) return (null, ScimProblem.InvalidSyntax("The body is empty; this address takes a JSON object."));
        try
        {
            if (!Utf8.IsValid(bytes.Span)) return (null, ScimProblem.InvalidSyntax("The body holds bytes that are not UTF-8 text."));
            var text = bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes;
            var node = JsonNode.Parse(text.Span, null, new JsonDocumentOptions { MaxDepth = ApiJson.MaxDepth, AllowDuplicateProperties = false });
            if (Twice(node) is { } name) return (null, ScimProblem.Twice(name));
            return node is JsonObject ? (node, null) : (null, ScimProblem.InvalidSyntax("The body is not a JSON object."));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return (null, ScimProblem.InvalidSyntax("The body is not JSON (RFC 8259)."));
        }
    }

    /// <summary>A name that stands twice in one object but for its letter case. Text is decoded on the way, when it is first read: half a character in an escape shows only then.</summary>
    private static string? Twice(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject parts:
                var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                foreach (var (name, part) in parts)
                {
                    if (!names.Add(name)) return name;
                    if (Twice(part) is { } within) return within;
                }

                return null;
            case JsonArray list:
                return list.Select(Twice).FirstOrDefault(t => t is not null);
            case JsonValue value:
                value.TryGetValue<string>(out _);
                return null;
            default:
                return null;
        }
    }

    private static async Task WriteAsync(HttpContext http, ScimAnswer answer)
    {
        var response = http.Response;
        response.StatusCode = answer.Status;
        if (answer.ETag is { } tag) response.Headers.ETag = tag;
        if (answer.Location is { } location && answer.Status == 201) response.Headers.Location = location;
        if (answer.Problem is { } problem)
        {
            if (problem.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            else if (problem.Kind is ProblemKind.TooManyRequests or ProblemKind.Unavailable) response.Headers.RetryAfter = "1";
            if (problem.Kind == ProblemKind.Unauthenticated) response.Headers.WWWAuthenticate = "Bearer";
        }

        var body = answer.Problem is { } refused ? ScimErrorBody.Of(refused) : answer.Body;
        if (body is null) return;
        response.ContentType = MediaType;
        await response.WriteAsync(body.ToJsonString(Json), http.RequestAborted);
    }

    private static string? Header(Microsoft.Extensions.Primitives.StringValues values) => values.ToString() is { Length: > 0 } text ? text : null;
}
