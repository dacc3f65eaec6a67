using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Costs;

/// <summary>Bills coming in.</summary>
internal static class CostImportsApi
{
    public static void MapCostImports(this RouteGroupBuilder api)
    {
        var imports = api.MapGroup("/organizations/{org}/cost-imports").WithTags("Cost imports");
        imports.MapPost("", (string org, ApiCall call, CostUpload upload) => upload.ReceiveAsync(org, call)).WithMetadata(new StreamedBody(CostUpload.MaxBytes))
            .WithName("importCosts").WithSummary("Imports a FOCUS file: the body is the CSV, plain or gzip; name, onError=reject|skip, mode=append|replace");
        imports.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListImports(org, page), i => i, CostListFiles.Imports))
            .WithName("listCostImports").WithSummary("The imports, newest first");
        imports.MapGet("/{import:guid}", (string org, Guid import, ApiCall call) => call.AskAsync(new GetImport(org, import), i => i))
            .WithName("getCostImport").WithSummary("One import");
        imports.MapGet("/{import:guid}/slices", (string org, Guid import, ApiCall call) => call.AskAsync(new ListImportSlices(org, import), s => new { items = s, nextCursor = (string?)null }))
            .WithName("listCostImportSlices").WithSummary("What an import brought by provider, billing account and billing period, and which of it counts");
        api.MapGet("/organizations/{org}/cost-slices", (string org, Guid? import, DateOnly? billingPeriod, ApiCall call) =>
                call.AskAsync(new ListImportSlices(org, import, billingPeriod), s => new { items = s, nextCursor = (string?)null }))
            .WithName("listCostSlices").WithSummary("What each billing period is made of, superseded versions included").WithTags("Cost imports");
        imports.MapGet("/{import:guid}/rejected-rows", async (string org, Guid import, ApiCall call) =>
            {
                var answer = await call.Portal.AskAsync(call.Actor, new GetRejectedRows(org, import), call.Aborted);
                return answer.TryGet(out var file, out var problem)
                    ? Results.Stream(new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.SequentialScan | FileOptions.Asynchronous), "text/csv; charset=utf-8", file.FileName)
                    : call.Refuse(problem);
            })
            .WithName("getRejectedRows").WithSummary("The rows that an import left out, with their reasons, as a file");
    }
}
