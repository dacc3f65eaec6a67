using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Budgets;

/// <summary>
/// Evaluates the budgets of every organization once a UTC day: a forecast may cross a threshold without any new cost, and a period may begin. What
/// changes costs evaluates in its own commit. Several replicas may do it; an alert exists once by its key.
/// </summary>
public sealed class BudgetWatch(IPortal portal, TimeProvider clock, ILogger<BudgetWatch> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateOnly? done = null;
        using var timer = new PeriodicTimer(Pause, clock);
        do
        {
            var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            if (done != today && await EvaluateAllAsync(stoppingToken)) done = today;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One round over all organizations that have budgets; false where something has to be tried again.</summary>
    public async Task<bool> EvaluateAllAsync(CancellationToken cancellationToken)
    {
        var actor = Actor.System("budgets");
        var page = new PageRequest(PageRequest.MaxLimit);
        var complete = true;
        do
        {
            var organizations = await portal.AskAsync(actor, new ListOrganizations(page), cancellationToken);
            if (!organizations.TryGet(out var found, out var problem))
            {
                log.LogWarning("Budgets are evaluated later: {Code}", problem.Code);
                return false;
            }

            foreach (var organization in found.Items)
            {
                var key = organization.Id.ToString();
                var budgets = await portal.AskAsync(actor, new HasBudgets(key), cancellationToken);
                if (budgets is { Succeeded: true, Value: false }) continue;
                var result = budgets.Succeeded ? await portal.SendAsync(actor, new EvaluateBudgets(key), cancellationToken) : budgets.Problem;
                if (result.Succeeded) continue;
                log.LogWarning("Budgets of {Organization} are evaluated later: {Code}", organization.Id, result.Problem.Code);
                complete = false;
            }

            page = page with { Cursor = found.NextCursor };
        }
        while (page.Cursor is not null);
        return complete;
    }
}

/// <summary>Does the organization have any budget? Spares it a daily audit entry where it has none.</summary>
internal sealed record HasBudgets(string Org) : Query<bool>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Read;

    public override async Task<Result<bool>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.AnyAsync(scope.Db.Set<Budget>(), cancellationToken);
}
