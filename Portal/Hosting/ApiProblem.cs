using System.Text.Json;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.WebUtilities;

namespace Hexabase.Portal.Hosting;

/// <summary>A refusal as RFC 9457 problem+json. The body depends on the refusal alone, so that a foreign thing looks exactly like a missing one.</summary>
public sealed class ApiProblem(Problem problem) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, problem);

    public static Task WriteAsync(HttpContext http, Problem problem)
    {
        if (http.Request.Path.StartsWithSegments("/scim")) return Scim.ScimApi.WriteAsync(http, problem);
        var status = (int)problem.Kind;
        http.Response.StatusCode = status;
        if (problem.RetryAfterSeconds is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        else if (problem.Kind is ProblemKind.TooManyRequests or ProblemKind.Unavailable) http.Response.Headers.RetryAfter = "1";
        if (problem.Kind == ProblemKind.Unauthenticated) http.Response.Headers.WWWAuthenticate = "Bearer";
        var body = new ProblemBody(Title(status), status, problem.Code, problem.Message, [.. (problem.Errors ?? []).Select(e => new ProblemFieldBody(e.Field, e.Code, e.Row, e.Column, e.Message))]);
        return http.Response.WriteAsJsonAsync(body, ApiJson.Options, "application/problem+json", http.RequestAborted);
    }

    /// <summary>The bytes of a problem, for answers that are written without a request.</summary>
    internal static byte[] Bytes(Problem problem) => JsonSerializer.SerializeToUtf8Bytes(
        new ProblemBody(Title((int)problem.Kind), (int)problem.Kind, problem.Code, problem.Message, []), ApiJson.Options);

    private static string Title(int status) => ReasonPhrases.GetReasonPhrase(status);
}

/// <summary>RFC 9457, with the stable <see cref="Code"/> and the fields that are wrong.</summary>
public sealed record ProblemBody(string Title, int Status, string Code, string Detail, IReadOnlyList<ProblemFieldBody> Errors)
{
    public string Type => "about:blank";
}

/// <summary>One wrong field; rows and columns are of imported files.</summary>
public sealed record ProblemFieldBody(string? Field, string Code, long? Row, string? Column, string Message);
