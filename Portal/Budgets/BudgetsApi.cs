using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Budgets;

/// <summary>Budgets, where they stand, and their alerts.</summary>
internal static class BudgetsApi
{
    public static void MapBudgets(this RouteGroupBuilder api)
    {
        var budgets = api.MapGroup("/organizations/{org}/budgets").WithTags("Budgets");
        budgets.MapGet("", (string org, DateOnly? asOf, ApiCall call) => call.ListAsync(page => new ListBudgets(org, page, asOf), View))
            .WithName("listBudgets").WithSummary("The budgets of an organization and where they stand");
        budgets.MapPost("", (string org, BudgetInput input, ApiCall call) => call.CreateAsync(new CreateBudget(org, input), View, b => $"/api/v1/organizations/{org}/budgets/{b.Slug}", b => b.Version))
            .WithName("createBudget").WithSummary("Makes a budget");
        budgets.MapGet("/{budget}", (string org, string budget, DateOnly? asOf, ApiCall call) => call.AskAsync(new GetBudget(org, budget, asOf), View, b => b.Version))
            .WithName("getBudget").WithSummary("One budget, by id or slug");
        budgets.MapPut("/{budget}", (string org, string budget, BudgetInput input, DateOnly? effectiveFrom, ApiCall call) =>
                call.SendAsync(new ChangeBudget(org, budget, input, effectiveFrom, call.IfMatch), View, b => b.Version))
            .WithName("changeBudget").WithSummary("Changes a budget from a day on");
        budgets.MapDelete("/{budget}", (string org, string budget, ApiCall call) => call.RemoveAsync(new DeleteBudget(org, budget, call.IfMatch)))
            .WithName("deleteBudget").WithSummary("Ends a budget");
        budgets.MapGet("/{budget}/status", (string org, string budget, DateOnly? asOf, ApiCall call) => call.AskAsync(new GetBudgetStatus(org, budget, asOf), Status))
            .WithName("getBudgetStatus").WithSummary("Actual cost, forecast and breach date of each period");

        var alerts = api.MapGroup("/organizations/{org}/budget-alerts").WithTags("Budgets");
        alerts.MapGet("", (string org, string? budget, bool? open, ApiCall call) => call.ListAsync(page => new ListBudgetAlerts(org, page, budget, open ?? false), a => a))
            .WithName("listBudgetAlerts").WithSummary("Reached thresholds, newest first");
        alerts.MapPost("/{id:guid}/acknowledge", (string org, Guid id, ApiCall call) => call.SendAsync(new AcknowledgeBudgetAlert(org, id, call.IfMatch), a => a, a => a.Version))
            .WithName("acknowledgeBudgetAlert").WithSummary("Notes that somebody takes care");
    }

    private static object View(BudgetRow b) => new
    {
        b.Id, b.Slug, b.Name, Scope = Scope(b.Scope), b.Limits, b.Metric, b.Thresholds, b.ForecastThresholds, b.SoftLimit, b.HardLimit, b.GraceHours, b.Recipients,
        b.EffectiveFrom, b.CreatedAtUtc, b.Version, Status = b.Status is null ? null : Status(b.Status),
    };

    private static object Status(BudgetOutcome s) => new { s.State, s.Periods, s.GraceEndsAtUtc, s.NotConverted };

    /// <summary>The same shape as in the input: one member, named for the kind of place.</summary>
    private static Dictionary<string, object?> Scope(BudgetScopeRow s)
    {
        var kind = s.Kind.ToString();
        object? place = s.Key is not null ? new { s.Key, s.Value } : s.Slug ?? s.Value ?? s.Id?.ToString();
        return new(StringComparer.Ordinal) { [char.ToLowerInvariant(kind[0]) + kind[1..]] = place };
    }
}
