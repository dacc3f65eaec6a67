using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Budgets;

/// <summary>Budgets, where they stand, and their alerts.</summary>
internal static class BudgetsApi
{
    public static void MapBudgets(this RouteGroupBuilder api)
    {
        var budgets = api.MapGroup("/organizations/{org}/budgets").WithTags("Budgets");
        budgets.MapPost("", (string org, BudgetInput input, ApiCall call) =>
                call.CreateAsync(new CreateBudget(org, input), BudgetView.Of, b => $"/api/v1/organizations/{org}/budgets/{b.Slug}", b => b.Version))
            .WithName("createBudget").WithSummary("Makes a budget for the organization, a business unit, workspace, project, label, user or environment");
        budgets.MapGet("", (string org, DateOnly? asOf, string? state, ApiCall call) => call.ListAsync(page => new ListBudgets(org, page, asOf, state), BudgetView.Of, BudgetFiles.Budgets))
            .WithName("listBudgets").WithSummary("Budgets with where they stand; sorts: nearness (default), name");
        budgets.MapGet("/{budget}", (string org, string budget, DateOnly? asOf, ApiCall call) => call.AskAsync(new GetBudget(org, budget, asOf), BudgetView.Of, b => b.Version))
            .WithName("getBudget").WithSummary("One budget as it reads today or read on a day");
        budgets.MapPut("/{budget}", (string org, string budget, DateOnly? effectiveFrom, BudgetInput input, ApiCall call) =>
                call.SendAsync(new ChangeBudget(org, budget, input, effectiveFrom, call.IfMatch), BudgetView.Of, b => b.Version))
            .WithName("changeBudget").WithSummary("Replaces what a budget says, from a day on (effectiveFrom, default today)");
        budgets.MapDelete("/{budget}", (string org, string budget, ApiCall call) => call.RemoveAsync(new DeleteBudget(org, budget, call.IfMatch)))
            .WithName("deleteBudget").WithSummary("Removes a budget; the audit log keeps what it said");
        budgets.MapGet("/{budget}/status", (string org, string budget, DateOnly? asOf, ApiCall call) => call.AskAsync(new GetBudgetStatus(org, budget, asOf), s => s))
            .WithName("getBudgetStatus").WithSummary("Where a budget stands now or stood at the end of a day");
        budgets.MapGet("/{budget}/burn", (string org, string budget, string? period, DateOnly? asOf, ApiCall call) => call.AskAsync(new GetBudgetBurn(org, budget, period, asOf), b => b))
            .WithName("getBudgetBurn").WithSummary("A period's cost and forecast day by day; period=daily|monthly|quarterly|yearly");
        budgets.MapGet("/{budget}/revisions", (string org, string budget, ApiCall call) =>
                call.AskAsync(new ListBudgetRevisions(org, budget), rows => new { items = rows.Select(BudgetView.Of).ToList(), nextCursor = (string?)null }))
            .WithName("listBudgetRevisions").WithSummary("What a budget said from which day on, newest first");
        MapAlerts(api);
    }

    private static void MapAlerts(RouteGroupBuilder api)
    {
        var alerts = api.MapGroup("/organizations/{org}/budget-alerts").WithTags("Budgets");
        alerts.MapGet("", (string org, string? budget, bool? open, ApiCall call) => call.ListAsync(page => new ListBudgetAlerts(org, page, budget, open ?? false), a => a))
            .WithName("listBudgetAlerts").WithSummary("Thresholds that were reached, newest first");
        alerts.MapPost("/{alert:guid}/acknowledge", (string org, Guid alert, ApiCall call) => call.SendAsync(new AcknowledgeBudgetAlert(org, alert, call.IfMatch), a => a, a => a.Version))
            .WithName("acknowledgeBudgetAlert").WithSummary("Takes an alert from the queue; who and when is kept");
    }
}
