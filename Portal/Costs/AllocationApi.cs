using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>Versioned rules that say whose costs the lines are.</summary>
internal static class AllocationApi
{
    public static void MapAllocation(this RouteGroupBuilder api)
    {
        var rules = api.MapGroup("/organizations/{org}/allocation-rules").WithTags("Allocation");
        rules.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListAllocationRuleSets(org, page), r => r))
            .WithName("listAllocationRules").WithSummary("All versions, newest first");
        rules.MapGet("/{version:int}", (string org, int version, ApiCall call) => call.AskAsync(new GetAllocationRuleSet(org, version), r => r))
            .WithName("getAllocationRules").WithSummary("One version");
        rules.MapPost("", SaveAsync).WithName("saveAllocationRules").WithSummary("Makes a new version; 202 with a job while lines are re-allocated");
        rules.MapPost("/preview", PreviewAsync).WithName("previewAllocationRules").WithSummary("What the rules would change, per business unit");
    }

    private static async Task<IResult> SaveAsync(string org, AllocationRulesInput input, ApiCall call)
    {
        var result = await call.Portal.SendAsync(call.Actor, new SaveAllocationRules(org, input), call.Aborted);
        if (!result.TryGet(out var saved, out var problem)) return call.Refuse(problem);
        var set = saved.RuleSet;
        call.Http.Response.Headers.Location = saved.JobId is { } job ? $"/api/v1/jobs/{job}" : $"/api/v1/organizations/{org}/allocation-rules/{set.Version}";
        return Results.Json(
            new { set.Id, set.Version, set.EffectiveFrom, set.Rules, CreatedBy = set.CreatedByName, set.CreatedAtUtc, saved.JobId }, ApiJson.Options,
            statusCode: saved.JobId is null ? StatusCodes.Status201Created : StatusCodes.Status202Accepted);
    }

    private static Task<IResult> PreviewAsync(string org, AllocationRulesInput input, ApiCall call)
    {
        var errors = new List<FieldError>();
        var metric = CostsApi.Word(call, "metric", CostMetric.Billed, errors);
        return errors.Count > 0
            ? Task.FromResult(call.Refuse(new Problem(ProblemKind.Malformed, "query.malformed", errors[0].Message, errors)))
            : call.AskAsync(new PreviewAllocationRules(org, input, metric), p => new
            {
                p.From, p.Metric, p.Rules,
                BusinessUnits = p.BusinessUnits.Select(u => new
                {
                    u.BusinessUnit, u.Name, Before = new WideMoney(u.Before, u.Currency), After = new WideMoney(u.After, u.Currency), Difference = new WideMoney(u.After - u.Before, u.Currency),
                }),
            });
    }
}
