using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Budgets;

/// <summary>Replaces what a budget says, from a day on: days before keep what held then, revisions recorded for later days are replaced.</summary>
/// <param name="Budget">Id or slug.</param>
/// <param name="EffectiveFrom">UTC day, default today.</param>
public sealed record ChangeBudget(string Org, string Budget, BudgetInput Input, DateOnly? EffectiveFrom = null, long? ExpectedVersion = null) : Command<BudgetRow>
{
    public override string Action => "budget.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Write;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => BudgetLookup.PlaceAsync(scope, Budget, cancellationToken);

    public override async Task<Result<BudgetRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var budget = await BudgetLookup.Find(scope, Budget).SingleOrDefaultAsync(cancellationToken);
        if (budget is null) return Problem.NotFound("budget");
        scope.Audit("budget", budget.Id, budget.Name);
        if (ExpectedVersion is { } expected && expected != budget.Version) return Problem.Stale("budget", budget.Version);
        if (!(await BudgetCheck.RunAsync(Input, scope, cancellationToken)).TryGet(out var settings, out var problem)) return problem;
        if (await BudgetLookup.RefusesAsync(scope, settings.Scope, cancellationToken) is { } beyond) return beyond;
        var from = EffectiveFrom ?? scope.TodayUtc;
        if (EffectiveDay.Check(from) is { } dayError) return Problem.Invalid([dayError]);

        var history = await scope.Db.Set<BudgetRevision>().Where(r => r.BudgetId == budget.Id).OrderBy(r => r.EffectiveFrom).ToListAsync(cancellationToken);
        var before = BudgetRevision.On(history, from);
        var oldView = before is null ? null : BudgetLookup.View(budget, before);
        scope.Db.RemoveRange(history.Where(r => r.EffectiveFrom > from));
        var revision = history.Find(r => r.EffectiveFrom == from);
        if (revision is null) scope.Db.Add(revision = new BudgetRevision { Id = Ids.New(), OrganizationId = scope.OrganizationId, BudgetId = budget.Id, EffectiveFrom = from });
        settings.ApplyTo(revision);
        budget.Name = settings.Name;
        if (!budget.Recipients.SequenceEqual(settings.Recipients, StringComparer.Ordinal)) budget.Recipients = settings.Recipients;
        budget.ChangedAtUtc = scope.NowUtc;
        if (from <= scope.TodayUtc) await BudgetAlerts.RaiseAsync(scope, [(budget, revision)], new BudgetFactsReader(scope), cancellationToken);

        scope.Audit("budget", budget.Id, budget.Name, revision.ScopeKind == BudgetScopeKind.Workspace ? revision.ScopeId : null, oldView, BudgetLookup.View(budget, revision));
        var version = budget.Version + 1;
        scope.Touch(LiveTopic.Budgets, budget.Id, version);
        return BudgetRow.Of(budget, revision, await BudgetLookup.ScopeRowAsync(scope, revision, cancellationToken), version);
    }
}

/// <summary>Removes a budget with its revisions and alerts; the audit log keeps what it said.</summary>
public sealed record DeleteBudget(string Org, string Budget, long? ExpectedVersion = null) : Command<Done>
{
    public override string Action => "budget.delete";

    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Write;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => BudgetLookup.PlaceAsync(scope, Budget, cancellationToken);

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var budget = await BudgetLookup.Find(scope, Budget).SingleOrDefaultAsync(cancellationToken);
        if (budget is null) return Problem.NotFound("budget");
        scope.Audit("budget", budget.Id, budget.Name);
        if (ExpectedVersion is { } expected && expected != budget.Version) return Problem.Stale("budget", budget.Version);
        var history = await scope.Db.Set<BudgetRevision>().Where(r => r.BudgetId == budget.Id).ToListAsync(cancellationToken);
        var current = BudgetRevision.On(history, scope.TodayUtc);
        scope.Db.RemoveRange(history);
        scope.Db.RemoveRange(await scope.Db.Set<BudgetAlert>().Where(a => a.BudgetId == budget.Id).ToListAsync(cancellationToken));
        scope.Db.Remove(budget);
        scope.Audit("budget", budget.Id, budget.Name, oldValue: current is null ? new { budget.Name } : BudgetLookup.View(budget, current));
        scope.Touch(LiveTopic.Budgets, budget.Id);
        return default(Done);
    }
}
