using System.IO.Compression;
using Hexabase.Portal.Audit.Export;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit;

/// <summary>The audit log as a stream, and as a file that a job makes.</summary>
internal static class AuditExportApi
{
    public static void MapAuditExports(this RouteGroupBuilder api)
    {
        var audit = api.MapGroup("/organizations/{org}/audit").WithTags("Audit");
        audit.MapGet("/export", (string org, ApiCall call) => TryRead(call, out var request, out var problem) ? StreamAsync(org, request, call) : Task.FromResult(call.Refuse(problem)))
            .WithName("exportAudit").WithSummary("The log as a stream: after, before, q, format=jsonl (a bundle with proofs)|csv|xlsx|cef|ocsf, gzip=true").Produces(200, contentType: "application/jsonl");
        audit.MapPost("/exports", (string org, ApiCall call) => TryRead(call, out var request, out var problem) ? call.StartAsync(new StartAuditExport(org, request), s => s.JobId) : Task.FromResult(call.Refuse(problem)))
            .WithName("startAuditExport").WithSummary("The same as a job, for big logs: its file is fetched when the job has succeeded");
        audit.MapGet("/exports/{job:guid}/file", FileAsync).WithName("getAuditExportFile").WithSummary("The file of an export job").Produces(200, contentType: "application/octet-stream");
    }

    private static async Task<IResult> StreamAsync(string org, AuditExportRequest request, ApiCall call)
    {
        var waited = await call.Portal.AskAsync(call.Actor, new AwaitAuditCheckpoint(org), call.Aborted);
        if (waited.Problem is { } early) return call.Refuse(early);
        var response = call.Http.Response;
        var packs = call.Http.Request.Query["gzip"].ToString() is "true" or "1";
        GZipStream? packed = null;
        var begun = false;
        try
        {
            var answer = await call.Portal.AskAsync(call.Actor, new ExportAudit(org, request, Begin), call.Aborted);
            if (answer.Problem is { } problem)
            {
                if (!begun) return call.Refuse(problem);
                // Half a file is on its way: only a broken connection tells the caller; a bundle without its closing line says so as well.
                call.Http.Abort();
                return Results.Empty;
            }

            if (packed is not null) await packed.DisposeAsync();
            return Results.Empty;
        }
        catch (Exception) when (begun)
        {
            call.Http.Abort();
            throw;
        }

        Stream Begin(AuditExportFile file)
        {
            begun = true;
            response.ContentType = packs ? "application/gzip" : file.MediaType;
            response.Headers.ContentDisposition = $"attachment; filename=\"{file.Name}{(packs ? ".gz" : "")}\"";
            if (!packs) return response.Body;
            return packed = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        }
    }

    private static async Task<IResult> FileAsync(string org, Guid job, ApiCall call)
    {
        var answer = await call.Portal.AskAsync(call.Actor, new GetAuditExportFile(org, job), call.Aborted);
        return answer.TryGet(out var file, out var problem)
            ? Results.Stream(new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.SequentialScan | FileOptions.Asynchronous), "application/octet-stream", file.FileName)
            : call.Refuse(problem);
    }

    private static bool TryRead(ApiCall call, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out AuditExportRequest? request, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Problem? problem)
    {
        request = null;
        var query = call.Http.Request.Query;
        if (!AuditApi.TryTime("after", query["after"], out var after, out problem) || !AuditApi.TryTime("before", query["before"], out var before, out problem)) return false;
        request = new AuditExportRequest(query["q"].ToString() is { Length: > 0 } q ? q : null, after, before, query["format"].ToString() is { Length: > 0 } format ? format : AuditRowFormat.Bundle);
        return true;
    }
}
