using Hexabase.Portal.Access;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>Bills in FOCUS format: the body goes to the spool as it arrives, a job reads it.</summary>
internal static class ImportsApi
{
    private const long MaxBytes = 20L * 1024 * 1024 * 1024;
    private const int DiskFull = 28;
    private static readonly string[] MediaTypes = ["text/csv", "text/plain", "application/csv", "application/gzip", "application/x-gzip", "application/octet-stream"];

    public static void MapImports(this RouteGroupBuilder api)
    {
        var imports = api.MapGroup("/organizations/{org}/cost-imports").WithTags("Costs");
        imports.MapPost("", ImportAsync).WithMetadata(new StreamedBody(MaxBytes)).WithName("importCosts").WithSummary("Imports a FOCUS file: text/csv, or gzip by Content-Encoding or application/gzip");
        imports.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListImports(org, page), i => i)).WithName("listCostImports").WithSummary("Imports, newest first");
        imports.MapGet("/{id:guid}", (string org, Guid id, ApiCall call) => call.AskAsync(new GetImport(org, id), i => i)).WithName("getCostImport").WithSummary("One import");
        imports.MapGet("/{id:guid}/rejected", RejectedAsync).WithName("getRejectedRows").WithSummary("The refused rows as a file with reasons");
        api.MapGet("/organizations/{org}/cost-slices", (string org, Guid? import, DateOnly? billingPeriod, ApiCall call) =>
                call.AskAsync(new ListImportSlices(org, import, billingPeriod), rows => new { items = rows, nextCursor = (string?)null }))
            .WithName("listCostSlices").WithSummary("What each billing period is made of, superseded versions included").WithTags("Costs");
    }

    private static async Task<IResult> ImportAsync(string org, string? name, string? onError, string? mode, CostImportSpool spool, ApiCall call)
    {
        var request = call.Http.Request;
        var type = request.ContentType?.Split(';')[0].Trim();
        if (type is not null && !MediaTypes.Contains(type, StringComparer.OrdinalIgnoreCase)) return call.Refuse(Unsupported("Send the file itself as text/csv or application/gzip."));
        if (request.Headers.ContentEncoding.ToString() is not ("" or "gzip" or "identity")) return call.Refuse(Unsupported("Content-Encoding is gzip or none."));
        var file = spool.NewFile();
        // Who may not import is refused before the first byte of perhaps gigabytes is stored.
        var reached = await call.Portal.AskAsync(call.Actor, new ReachOrganization(org), call.Aborted);
        if (!reached.TryGet(out var tenant, out var refusal)) return call.Refuse(refusal);
        if (!AccessPolicy.May(call.Actor, CostsPermissions.Import, tenant.Id)) return await call.StartAsync(new StartCostImport(org, file, name, onError, mode), s => s.JobId);
        try
        {
            await using (var target = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 128 * 1024 }))
                await request.Body.CopyToAsync(target, call.Aborted);
            var result = await call.Portal.SendAsync(call.Actor, new StartCostImport(org, file, name, onError, mode), call.Aborted);
            if (!result.Succeeded) spool.Discard(file);
            else call.Http.Response.Headers.Location = $"/api/v1/jobs/{result.Value.JobId}";
            return call.Answer(result, r => new { r.JobId, r.ImportId }, StatusCodes.Status202Accepted, null);
        }
        catch (IOException e) when (e.HResult == DiskFull)
        {
            spool.Discard(file);
            return call.Refuse(Problem.Unavailable("storage.full", "The disk that takes uploads is full. Nothing was imported; free space and repeat the request."));
        }
        catch
        {
            spool.Discard(file);
            throw;
        }
    }

    private static async Task<IResult> RejectedAsync(string org, Guid id, ApiCall call)
    {
        var result = await call.Portal.AskAsync(call.Actor, new GetRejectedRows(org, id), call.Aborted);
        return result.TryGet(out var file, out var problem) ? Results.File(file.Path, "text/csv; charset=utf-8", file.FileName) : call.Refuse(problem);
    }

    private static Problem Unsupported(string message) => new(ProblemKind.UnsupportedMediaType, "mediaType.unsupported", message);
}
