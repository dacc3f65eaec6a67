using System.Globalization;
using System.Reflection;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// One API request as route handlers use it: who asks, the gateway, and how answers become HTTP. Bound by the framework from the request itself,
/// so that a route is one line: <c>(string org, ApiCall call) => call.AskAsync(new GetOrganization(org), OrganizationView.Of, o => o.Version)</c>.
/// </summary>
public sealed class ApiCall
{
    private ApiCall(HttpContext http) => (Http, Actor, Portal) = (http, http.Actor(), http.RequestServices.GetRequiredService<IPortal>());

    public HttpContext Http { get; }

    public Actor Actor { get; }

    public IPortal Portal { get; }

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The version that If-Match names; null without one and for <c>*</c>.</summary>
    public long? IfMatch => ApiVersion.Read(Http.Request.Headers.IfMatch.ToString());

    public static ValueTask<ApiCall?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult<ApiCall?>(new ApiCall(context));

    /// <summary>200 with what the query answers.</summary>
    /// <param name="version">The row's version, which becomes the ETag.</param>
    public async Task<IResult> AskAsync<T, TView>(Query<T> query, Func<T, TView> view, Func<T, long>? version = null) =>
        Answer(await Portal.AskAsync(Actor, query, Aborted), view, StatusCodes.Status200OK, version);

    /// <summary>200 with a page of a list; where the request names a format (csv, xlsx, jsonl), all of the list as a file.</summary>
    /// <param name="file">Null where the list does not leave as a file.</param>
    public async Task<IResult> ListAsync<T, TView>(Func<PageRequest, Query<Paged<T>>> query, Func<T, TView> view, ListFile<T>? file = null)
    {
        if (!ApiPaging.TryRead(Http.Request.Query, out var page, out var problem)) return new ApiProblem(problem);
        if (file is not null && Http.Request.Query.ContainsKey("format")) return await ExportAsync(query, page, file);
        return Answer(await Portal.AskAsync(Actor, query(page), Aborted), p => new { items = p.Items.Select(view).ToList(), nextCursor = p.NextCursor }, StatusCodes.Status200OK, null);
    }

    private async Task<IResult> ExportAsync<T>(Func<PageRequest, Query<Paged<T>>> query, PageRequest page, ListFile<T> file)
    {
        if (!TableFile.TryReadFormat(Http.Request.Query, out var format, out var unknown)) return Refuse(unknown);
        var answer = await Portal.AskAsync(Actor, new ExportList<T>(query, page), Aborted);
        return answer.TryGet(out var rows, out var problem) ? file.ToResult(rows, format) : Refuse(problem);
    }

    /// <summary>200 with what the command answers.</summary>
    public async Task<IResult> SendAsync<T, TView>(Command<T> command, Func<T, TView> view, Func<T, long>? version = null) =>
        Answer(await Portal.SendAsync(Actor, command, Aborted), view, StatusCodes.Status200OK, version);

    /// <summary>201 with what was made and where it is.</summary>
    public async Task<IResult> CreateAsync<T, TView>(Command<T> command, Func<T, TView> view, Func<T, string> location, Func<T, long>? version = null)
    {
        var result = await Portal.SendAsync(Actor, command, Aborted);
        if (result.Succeeded) Http.Response.Headers.Location = location(result.Value);
        return Answer(result, view, StatusCodes.Status201Created, version);
    }

    /// <summary>202 with the job that carries the work on.</summary>
    public async Task<IResult> StartAsync<T>(Command<T> command, Func<T, Guid> jobId)
    {
        var result = await Portal.SendAsync(Actor, command, Aborted);
        if (result.Succeeded) Http.Response.Headers.Location = $"/api/v1/jobs/{jobId(result.Value)}";
        return Answer(result, r => new { jobId = jobId(r) }, StatusCodes.Status202Accepted, null);
    }

    /// <summary>204.</summary>
    public async Task<IResult> RemoveAsync<T>(Command<T> command)
    {
        var result = await Portal.SendAsync(Actor, command, Aborted);
        return result.Problem is { } problem ? Refuse(problem) : Results.NoContent();
    }

    /// <summary>A refusal; a stale version is 412 when the caller named the version it expected.</summary>
    public IResult Refuse(Problem problem)
    {
        if (problem is { Kind: ProblemKind.Conflict, Code: "version.stale" } && IfMatch is not null) problem = problem with { Kind = ProblemKind.PreconditionFailed };
        return new ApiProblem(problem);
    }

    public IResult Answer<T, TView>(Result<T> result, Func<T, TView> view, int status, Func<T, long>? version)
    {
        if (!result.TryGet(out var value, out var problem)) return Refuse(problem);
        if (version is not null) Http.Response.Headers.ETag = ApiVersion.Write(version(value));
        return Results.Json(view(value), ApiJson.Options, statusCode: status);
    }
}

/// <summary>A row's version as an ETag: <c>"v3"</c>.</summary>
public static class ApiVersion
{
    public static string Write(long version) => string.Create(CultureInfo.InvariantCulture, $"\"v{version}\"");

    /// <summary>Null for none and for <c>*</c>; a tag that is none of ours matches no version.</summary>
    public static long? Read(string ifMatch)
    {
        var text = ifMatch.Trim();
        if (text.Length == 0 || text == "*") return null;
        if (text.StartsWith("W/", StringComparison.Ordinal)) text = text[2..];
        return text is ['"', 'v', .. var digits, '"'] && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
    }
}

/// <summary><c>limit</c>, <c>cursor</c>, <c>sort</c> and <c>filter</c> of a list.</summary>
public static class ApiPaging
{
    public static bool TryRead(IQueryCollection query, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PageRequest? page, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Problem? problem)
    {
        (page, problem) = (null, null);
        var limit = PageRequest.DefaultLimit;
        if (query.TryGetValue("limit", out var text) && (!int.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > PageRequest.MaxLimit))
        {
            problem = new Problem(ProblemKind.Malformed, "limit.range", $"limit is a number from 1 to {PageRequest.MaxLimit}.",
                [new FieldError("limit", "limit.range", $"limit is a number from 1 to {PageRequest.MaxLimit}.")]);
            return false;
        }

        page = new PageRequest(limit, Text(query, "cursor"), Text(query, "sort"), Text(query, "filter"));
        return true;
    }

    private static string? Text(IQueryCollection query, string name) => query.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;
}
