using Hexabase.Portal.Access;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Budgets;

/// <summary>What a budget counts, with the name of the place.</summary>
public sealed record BudgetScopeRow(BudgetScopeKind Kind, Guid? Id, string? Slug, string? Name, string? Key, string? Value);

public sealed record BudgetLimitsRow(Money? Daily, Money? Monthly, Money? Quarterly, Money? Yearly);

/// <summary>A budget as people and programs see it.</summary>
/// <param name="EffectiveFrom">Since when it reads so.</param>
public sealed record BudgetRow(
    Guid Id, string Slug, string Name, BudgetScopeRow Scope, BudgetLimitsRow Limits, CostMetric Metric, IReadOnlyList<decimal> Thresholds, IReadOnlyList<decimal> ForecastThresholds,
    decimal? SoftLimit, decimal? HardLimit, int GraceHours, IReadOnlyList<string> Recipients, DateOnly EffectiveFrom, DateTime CreatedAtUtc, long Version)
{
    /// <summary>Where it stands; in lists only.</summary>
    public BudgetOutcome? Status { get; init; }

    /// <summary>The largest of used and forecast ÷ limit over its periods; null = unknown.</summary>
    public decimal? Nearness => Status?.Periods.Max(p => p.Nearness);

    internal static BudgetRow Of(Budget budget, BudgetRevision r, BudgetScopeRow scope, long version)
    {
        Money? Of(decimal? limit) => limit is { } set ? new Money(Amount.FromDecimal(set), r.Currency) : null;
        return new BudgetRow(
            budget.Id, budget.Slug, budget.Name, scope, new BudgetLimitsRow(Of(r.DailyLimit), Of(r.MonthlyLimit), Of(r.QuarterlyLimit), Of(r.YearlyLimit)), r.Metric,
            BudgetRevision.Ratios(r.Thresholds), BudgetRevision.Ratios(r.ForecastThresholds), r.SoftLimit, r.HardLimit, r.GraceHours, budget.Recipients, r.EffectiveFrom, budget.CreatedAtUtc, version);
    }
}

internal static class BudgetLookup
{
    public static IQueryable<Budget> Find(ReadScope scope, string key) => Guid.TryParseExact(key, "D", out var id)
        ? scope.Db.Set<Budget>().Where(b => b.Id == id)
        : scope.Db.Set<Budget>().Where(b => b.Slug == key);

    /// <summary>The place of a budget's scope; budgets by label, user or environment belong to the organization. To whom no grant reaches it, the budget looks like one that does not exist.</summary>
    /// <param name="asOf">For what it was about on a day: that place and today's must both be reached.</param>
    public static async Task<Result<AccessTarget>> PlaceAsync(ReadScope scope, string key, CancellationToken cancellationToken, DateOnly? asOf = null)
    {
        var whole = new AccessTarget(scope.OrganizationId);
        var narrow = scope.Actor.Grants.Any(g => g.OrganizationId == scope.OrganizationId && g.Scope is GrantScope.BusinessUnit or GrantScope.Workspace or GrantScope.Project);
        if (!narrow && !AccessPolicy.AsksForPlace(scope.Actor, scope.OrganizationId)) return whole;
        var budget = await Find(scope, key).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        if (budget is null) return Problem.NotFound("budget");
        var history = await scope.Db.Set<BudgetRevision>().AsNoTracking().Where(r => r.BudgetId == budget.Id).ToListAsync(cancellationToken);
        Result<AccessTarget> place = whole;
        foreach (var day in new[] { scope.TodayUtc, asOf ?? scope.TodayUtc }.Distinct())
        {
            place = BudgetRevision.On(history, day) is { } revision ? await PlaceAsync(scope, revision.ScopeKind, revision.ScopeId, cancellationToken) : whole;
            place = place.OrMissing(scope, "budget");
            if (!place.Succeeded) break;
        }

        return place;
    }

    /// <summary>The revisions about places that a grant of the actor reaches.</summary>
    public static async Task<IReadOnlyList<BudgetRevision>> ReachedAsync(ReadScope scope, IReadOnlyList<BudgetRevision> history, CancellationToken cancellationToken)
    {
        if (AccessReach.Includes(scope, new AccessTarget(scope.OrganizationId))) return history;
        var reached = new List<BudgetRevision>(history.Count);
        foreach (var revision in history)
            if ((await PlaceAsync(scope, revision.ScopeKind, revision.ScopeId, cancellationToken)).TryGet(out var place, out _) && AccessReach.Includes(scope, place)) reached.Add(revision);
        return reached;
    }

    /// <summary>Null where the actor may write budgets at the place that the budget shall be about: it may be another than the one it is about now.</summary>
    public static async Task<Problem?> RefusesAsync(ReadScope scope, BudgetScopeSettings wanted, CancellationToken cancellationToken)
    {
        if (!(await PlaceAsync(scope, wanted.Kind, wanted.Id, cancellationToken)).TryGet(out var place, out var problem)) return problem;
        var permission = BudgetsPermissions.Write;
        return AccessPolicy.Decide(scope.Actor, permission, place).Allowed
            ? null
            : new Problem(ProblemKind.Forbidden, "access.denied", $"This needs the permission {permission} at the place that the budget is about, which you do not have there now.", Args: [permission.ToString()]);
    }

    /// <summary>The place of a scope, whoever asks.</summary>
    internal static async Task<Result<AccessTarget>> PlaceAsync(ReadScope scope, BudgetScopeKind kind, Guid? id, CancellationToken cancellationToken)
    {
        switch (kind, id)
        {
            case (BudgetScopeKind.BusinessUnit, { } unit):
                return await BusinessUnitPlace.LocateAsync(scope, unit.ToString(), cancellationToken);
            case (BudgetScopeKind.Workspace, { } workspace):
                return await WorkspacePlace.LocateAsync(scope, workspace.ToString(), cancellationToken);
            case (BudgetScopeKind.Project, { } project):
                var owner = await scope.Db.Set<Project>().Where(p => p.Id == project).Select(p => p.WorkspaceId).SingleAsync(cancellationToken);
                return (await WorkspacePlace.LocateAsync(scope, owner.ToString(), cancellationToken)).Map(t => t with { ProjectId = project });
            default:
                return new AccessTarget(scope.OrganizationId);
        }
    }

    public static async Task<BudgetScopeRow> ScopeRowAsync(ReadScope scope, BudgetRevision r, CancellationToken cancellationToken) =>
        (await ScopeRowsAsync(scope, [r], cancellationToken))[0];

    public static async Task<IReadOnlyList<BudgetScopeRow>> ScopeRowsAsync(ReadScope scope, IReadOnlyList<BudgetRevision> revisions, CancellationToken cancellationToken)
    {
        List<Guid> Ids(BudgetScopeKind kind) => [.. revisions.Where(r => r.ScopeKind == kind).Select(r => r.ScopeId).OfType<Guid>().Distinct()];
        var names = new Dictionary<Guid, (string Slug, string Name)>();
        var (units, workspaces, projects) = (Ids(BudgetScopeKind.BusinessUnit), Ids(BudgetScopeKind.Workspace), Ids(BudgetScopeKind.Project));
        if (units.Count > 0)
            foreach (var u in await scope.Db.Set<BusinessUnit>().Where(u => units.Contains(u.Id)).Select(u => new { u.Id, u.Slug, u.Name }).ToListAsync(cancellationToken)) names[u.Id] = (u.Slug, u.Name);
        if (workspaces.Count > 0)
            foreach (var w in await scope.Db.Set<Workspace>().Where(w => workspaces.Contains(w.Id)).Select(w => new { w.Id, w.Slug, w.Name }).ToListAsync(cancellationToken)) names[w.Id] = (w.Slug, w.Name);
        if (projects.Count > 0)
            foreach (var p in await scope.Db.Set<Project>().Where(p => projects.Contains(p.Id)).Select(p => new { p.Id, p.Slug, p.Name }).ToListAsync(cancellationToken)) names[p.Id] = (p.Slug, p.Name);
        return [.. revisions.Select(r =>
        {
            var id = r.ScopeKind == BudgetScopeKind.Organization ? scope.OrganizationId : r.ScopeId;
            var name = r.ScopeKind == BudgetScopeKind.Organization ? (scope.Tenant?.Slug, scope.Tenant?.Name) : r.ScopeId is { } place && names.TryGetValue(place, out var found) ? (found.Slug, found.Name) : ((string?)null, (string?)null);
            return new BudgetScopeRow(r.ScopeKind, id, name.Item1, name.Item2, r.ScopeKey, r.ScopeValue);
        })];
    }

    /// <summary>What the audit entry shows of a budget.</summary>
    public static object View(Budget budget, BudgetRevision r) => new
    {
        budget.Name,
        Scope = new { Kind = Words.Of(r.ScopeKind), Id = r.ScopeId, Key = r.ScopeKey, Value = r.ScopeValue },
        Limits = new { r.Currency, Daily = Plain(r.DailyLimit), Monthly = Plain(r.MonthlyLimit), Quarterly = Plain(r.QuarterlyLimit), Yearly = Plain(r.YearlyLimit) },
        Metric = Words.Of(r.Metric), Thresholds = BudgetRevision.Ratios(r.Thresholds), ForecastThresholds = BudgetRevision.Ratios(r.ForecastThresholds),
        SoftLimit = Plain(r.SoftLimit), HardLimit = Plain(r.HardLimit), r.GraceHours, budget.Recipients, r.EffectiveFrom,
    };

    // Without the trailing zeros that a database column adds.
    private static string? Plain(decimal? value) => value is { } set ? Amount.FromDecimal(set).ToString(null, null) : null;
}
