using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Budgets;

/// <summary>Makes a budget; it is evaluated at once, so that what is reached already is told.</summary>
public sealed record CreateBudget(string Org, BudgetInput Input) : Command<BudgetRow>
{
    public override string Action => "budget.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Write;

    public override async Task<Result<BudgetRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await BudgetCheck.RunAsync(Input, scope, cancellationToken)).TryGet(out var settings, out var problem)) return problem;
        if (await BudgetLookup.RefusesAsync(scope, settings.Scope, cancellationToken) is { } beyond) return beyond;
        var stem = Slug.Stem(settings.Name);
        var taken = await scope.Db.Set<Budget>().Where(b => b.Slug.StartsWith(stem)).Select(b => b.Slug).ToListAsync(cancellationToken);
        var budget = new Budget
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, Slug = Slug.From(settings.Name, "budget", taken.ToHashSet(StringComparer.Ordinal)), Name = settings.Name,
            Recipients = settings.Recipients, CreatedAtUtc = scope.NowUtc, ChangedAtUtc = scope.NowUtc,
        };
        var revision = new BudgetRevision { Id = Ids.New(), OrganizationId = scope.OrganizationId, BudgetId = budget.Id, EffectiveFrom = scope.TodayUtc };
        settings.ApplyTo(revision);
        scope.Db.Add(budget);
        scope.Db.Add(revision);
        await BudgetAlerts.RaiseAsync(scope, [(budget, revision)], new BudgetFactsReader(scope), cancellationToken);
        scope.Audit("budget", budget.Id, budget.Name, revision.ScopeKind == BudgetScopeKind.Workspace ? revision.ScopeId : null, null, BudgetLookup.View(budget, revision));
        scope.Touch(LiveTopic.Budgets, budget.Id, 1);
        return BudgetRow.Of(budget, revision, await BudgetLookup.ScopeRowAsync(scope, revision, cancellationToken), 1);
    }
}
