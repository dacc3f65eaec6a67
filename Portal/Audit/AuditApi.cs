using System.Globalization;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit;

/// <summary>The audit log of an organization.</summary>
internal static class AuditApi
{
    public static void MapAudit(this RouteGroupBuilder api)
    {
        api.MapGet("/organizations/{org}/audit", ListAsync).WithName("searchAudit").WithSummary("Audit entries, newest first; q takes qualifiers such as actor: or status:").WithTags("Audit");
        api.MapGet("/organizations/{org}/audit/entries/{id:guid}", (string org, Guid id, ApiCall call) => call.AskAsync(new GetAuditEntry(org, id), d => d))
            .WithName("getAuditEntry").WithSummary("One entry, those that the same action caused and those around it").WithTags("Audit");
        api.MapGet("/organizations/{org}/audit/entries/{id:guid}/original", OriginalAsync).WithName("getAuditOriginal").WithSummary("An outside event as it came, byte for byte").WithTags("Audit").Produces<byte[]>(200, "application/octet-stream");
        api.MapGet("/organizations/{org}/audit/summary", SummaryAsync).WithName("summarizeAudit").WithSummary("How many entries a search finds, their most frequent values, and when").WithTags("Audit");
        api.MapGet("/organizations/{org}/audit/values", (string org, string? field, string? prefix, int? limit, ApiCall call) => call.AskAsync(new CompleteAudit(org, field ?? "", prefix ?? "", limit ?? 8), v => new { values = v }))
            .WithName("completeAudit").WithSummary("Values of field (actor, action, resource, workspace, ip, kind, source) that begin with prefix, most frequent first").WithTags("Audit");
    }

    private static async Task<IResult> ListAsync(string org, string? q, string? after, string? before, ApiCall call)
    {
        if (!ApiPaging.TryRead(call.Http.Request.Query, out var page, out var problem)) return call.Refuse(problem);
        if (!TryTime("after", after, out var from, out problem) || !TryTime("before", before, out var to, out problem)) return call.Refuse(problem);
        return await call.AskAsync(new SearchAudit(org, q, from, to, page.Limit, page.Cursor), p => new { items = p.Items, nextCursor = p.NextCursor });
    }

    private static async Task<IResult> SummaryAsync(string org, string? q, string? after, string? before, ApiCall call) =>
        !TryTime("after", after, out var from, out var problem) || !TryTime("before", before, out var to, out problem) ? call.Refuse(problem) : await call.AskAsync(new SummarizeAudit(org, q, from, to), s => s);

    private static async Task<IResult> OriginalAsync(string org, Guid id, ApiCall call)
    {
        var result = await call.Portal.AskAsync(call.Actor, new GetAuditOriginal(org, id), call.Aborted);
        return result.TryGet(out var original, out var problem) ? Results.Bytes(original, "application/octet-stream", $"{id}.original") : call.Refuse(problem);
    }

    internal static bool TryTime(string name, string? text, out DateTime? at, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Problem? problem)
    {
        (at, problem) = (null, null);
        if (string.IsNullOrEmpty(text)) return true;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var read))
        {
            at = read.UtcDateTime;
            return true;
        }

        var message = $"{name} is an instant such as 2026-01-31T23:59:59Z or a day.";
        problem = new Problem(ProblemKind.Malformed, "time.malformed", message, [new FieldError(name, "time.malformed", message)]);
        return false;
    }
}
