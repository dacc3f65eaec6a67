using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>Where costs go: immutable versions of rules, and what a new one would change.</summary>
internal static class AllocationRulesApi
{
    public static void MapAllocationRules(this RouteGroupBuilder api)
    {
        var rules = api.MapGroup("/organizations/{org}/allocation-rules").WithTags("Allocation");
        rules.MapPost("", (string org, AllocationRulesInput input, ApiCall call) => SaveAsync(org, input, call))
            .WithName("saveAllocationRules").WithSummary("Makes a new version; 202 with a job while many costs are allocated anew");
        rules.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListAllocationRuleSets(org, page), r => r, CostListFiles.AllocationRules))
            .WithName("listAllocationRules").WithSummary("All versions, newest first");
        rules.MapGet("/{version:int}", (string org, int version, ApiCall call) => call.AskAsync(new GetAllocationRuleSet(org, version), r => r))
            .WithName("getAllocationRules").WithSummary("One version");
        rules.MapPost("/preview", (string org, AllocationRulesInput input, ApiCall call) => PreviewAsync(org, input, call))
            .WithName("previewAllocationRules").WithSummary("What a version would change per business unit, without saving it; metric as in costs");
    }

    private static async Task<IResult> SaveAsync(string org, AllocationRulesInput input, ApiCall call)
    {
        var result = await call.Portal.SendAsync(call.Actor, new SaveAllocationRules(org, input), call.Aborted);
        if (!result.TryGet(out var saved, out var problem)) return call.Refuse(problem);
        call.Http.Response.Headers.Location = saved.JobId is { } job ? $"/api/v1/jobs/{job}" : $"/api/v1/organizations/{org}/allocation-rules/{saved.RuleSet.Version}";
        return saved.JobId is { } jobId
            ? Results.Json(new { jobId, version = saved.RuleSet.Version, ruleSet = saved.RuleSet }, ApiJson.Options, statusCode: StatusCodes.Status202Accepted)
            : Results.Json(saved.RuleSet, ApiJson.Options, statusCode: StatusCodes.Status201Created);
    }

    private static Task<IResult> PreviewAsync(string org, AllocationRulesInput input, ApiCall call)
    {
        var errors = new List<FieldError>();
        var metric = CostQueryText.ReadWord(call.Http.Request.Query, "metric", "billed", CostQueryText.Metrics.Select(m => m.Word), errors);
        return errors.Count > 0
            ? Task.FromResult(call.Refuse(new Problem(ProblemKind.Malformed, "query.malformed", errors[0].Message, errors)))
            : call.AskAsync(new PreviewAllocationRules(org, input, CostQueryText.Metric(metric) ?? CostMetric.Billed), PreviewView.Of);
    }

    /// <summary>Money as everywhere in the API.</summary>
    private sealed record PreviewView(DateOnly From, CostMetric Metric, IReadOnlyList<UnitView> BusinessUnits, IReadOnlyList<RuleView> Rules)
    {
        public static PreviewView Of(AllocationPreview p) => new(
            p.From, p.Metric, [.. p.BusinessUnits.Select(r => new UnitView(r.BusinessUnit, r.Name, new(r.Before, r.Currency), new(r.After, r.Currency), new(r.Difference, r.Currency)))],
            [.. p.Rules.Select(r => new RuleView(r.Rule, r.Name, new(r.Amount, r.Currency), r.Lines))]);
    }

    /// <param name="BusinessUnit">Null = unallocated, or a cost center alone.</param>
    private sealed record UnitView(string? BusinessUnit, string? Name, WideMoney Before, WideMoney After, WideMoney Difference);

    private sealed record RuleView(int Rule, string Name, WideMoney Amount, long Lines);
}
