using System.Text.Json;
using System.Text.RegularExpressions;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// Below <c>/api</c>, <c>/scim</c> and <c>/hubs</c> every refusal is a problem document: bodies that cannot be read, unknown routes, wrong methods, and what the
/// framework refuses without a body. An unexpected error is logged and answered without detail.
/// </summary>
internal sealed partial class ApiErrors(DatabaseEngine engine, ILogger<ApiErrors> log) : IMiddleware
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsProgramPath(context.Request.Path))
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await ApiProblem.WriteAsync(context, Explain(e, context));
            return;
        }

        var response = context.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentLength > 0 || response.ContentType is not null) return;
        await ApiProblem.WriteAsync(context, Bare(response.StatusCode));
    }

    internal static bool IsProgramPath(PathString path) =>
        path.StartsWithSegments("/api") || path.StartsWithSegments("/scim") || path.StartsWithSegments("/hubs");

    internal static Problem Bare(int status) => status switch
    {
        401 => new(ProblemKind.Unauthenticated, "access.signIn", "Send an API token: Authorization: Bearer <token>."),
        403 => new(ProblemKind.Forbidden, "access.denied", "You may not do this."),
        404 => new(ProblemKind.NotFound, "route.notFound", "There is no such address in this API. GET /openapi/v1.json lists those that are."),
        405 => new(ProblemKind.MethodNotAllowed, "method.notAllowed", "This address does not take this method; the header Allow names those it takes."),
        413 => TooLarge,
        415 => new(ProblemKind.UnsupportedMediaType, "mediaType.unsupported", "Send the body as application/json."),
        429 => new(ProblemKind.TooManyRequests, "rate.exceeded", "Too many requests in a short time. Wait as long as Retry-After says."),
        503 => Problem.Unavailable("portal.unavailable", "The portal cannot serve at the moment. Repeat the request shortly."),
        _ => new((ProblemKind)status, status < 500 ? "request.malformed" : "portal.failed", status < 500 ? "The request cannot be read." : "The portal failed; its log names the cause under this request's id."),
    };

    private static readonly Problem TooLarge = new(ProblemKind.TooLarge, "body.tooLarge", "The body is larger than this address takes.");

    private Problem Explain(Exception exception, HttpContext context)
    {
        switch (exception)
        {
            case BadHttpRequestException { InnerException: JsonException json }:
                return Explain(json);
            case JsonException json:
                return Explain(json);
            case BadHttpRequestException { StatusCode: 400 } bad when bad.Message.Contains("no body was provided", StringComparison.Ordinal):
                return Malformed("The body is empty; this address takes a JSON object.");
            case BadHttpRequestException { StatusCode: 400 } bad:
                return bad.InnerException is InvalidOperationException or System.Text.DecoderFallbackException
                    ? Malformed("The body holds bytes that are not UTF-8 text.")
                    : new Problem(ProblemKind.Malformed, "request.malformed", Plain(bad.Message));
            case BadHttpRequestException bad:
                return Bare(bad.StatusCode);
            case System.Text.DecoderFallbackException or InvalidDataException:
                return Malformed("The body is not what its headers say.");
        }

        if (engine.AsOutage(exception) is { } outage)
        {
            log.LogWarning("A request met an outage ({Code}): {Reason}", outage.Code, exception.Message);
            return outage;
        }

        log.LogError(exception, "Request {RequestId} failed", context.TraceIdentifier);
        return Bare(StatusCodes.Status500InternalServerError);
    }

    private static Problem Explain(JsonException json)
    {
        var path = Path(json.Path);
        if (json.InnerException is JsonException)
            return Malformed($"The body is not JSON (RFC 8259): line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}.");
        if (Unmapped().Match(json.Message) is { Success: true } unmapped)
            return Malformed("json.unknownMember", unmapped.Groups[1].Value, $"{unmapped.Groups[1].Value} is not a member that this address knows. Check its spelling.");
        if (json.Message.StartsWith("Duplicate property", StringComparison.Ordinal))
            return Malformed("json.duplicateMember", Quoted().Match(json.Message) is { Success: true } twice ? twice.Groups[1].Value : path, "A member stands twice in one object.");
        if (json.Message.Contains("could not be converted", StringComparison.Ordinal) || json.Message.Contains("required properties", StringComparison.Ordinal))
            return Malformed("json.wrongType", path, $"{(path is { Length: > 0 } ? path : "The body")} is not of the type that is expected here.");
        // What our own converters say is meant for people.
        return json.Message.Contains("System.", StringComparison.Ordinal) || json.Message.Contains("Hexabase", StringComparison.Ordinal)
            ? Malformed("json.wrongType", path, "The body is not what is expected here.")
            : Malformed("json.value", path, Plain(json.Message));
    }

    private static Problem Malformed(string message) => new(ProblemKind.Malformed, "json.malformed", message);

    private static Problem Malformed(string code, string? field, string message) => new(ProblemKind.Malformed, code, message, [new FieldError(field, code, message)]);

    private static string? Path(string? path) => path is null or "$" ? null : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path.TrimStart('$');

    private static string Plain(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        var text = end > 0 ? message[..end] : message;
        // The framework names the parameter with its C# type; the type is nobody's business.
        return Parameter().Replace(text, "$1");
    }

    [GeneratedRegex("""property '([^']{1,200})' could not be mapped""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Unmapped();

    [GeneratedRegex("""'([^']{1,200})'""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex("""parameter "[^" ]+ ([^"]+)" from""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Parameter();
}
