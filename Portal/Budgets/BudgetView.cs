using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Budgets;

/// <summary>A budget in the API: what is read has the form of what is sent, so that it can be changed and sent back.</summary>
/// <param name="EffectiveFrom">Since when it reads so.</param>
/// <param name="Status">Where it stands; in lists only.</param>
internal sealed record BudgetView(
    Guid Id, string Slug, string Name, BudgetScopeInput Scope, BudgetLimitsRow Limits, CostMetric Metric, IReadOnlyList<decimal> Thresholds, IReadOnlyList<decimal> ForecastThresholds,
    decimal? SoftLimit, decimal? HardLimit, int GraceHours, IReadOnlyList<string> Recipients, DateOnly EffectiveFrom, DateTime CreatedAtUtc, long Version, BudgetOutcome? Status)
{
    public static BudgetView Of(BudgetRow b) => new(
        b.Id, b.Slug, b.Name, Input(b.Scope), b.Limits, b.Metric, b.Thresholds, b.ForecastThresholds, b.SoftLimit, b.HardLimit, b.GraceHours, b.Recipients, b.EffectiveFrom, b.CreatedAtUtc, b.Version, b.Status);

    public static BudgetScopeInput Input(BudgetScopeRow scope) => scope.Kind switch
    {
        BudgetScopeKind.Organization => new BudgetScopeInput(Organization: scope.Slug),
        BudgetScopeKind.BusinessUnit => new BudgetScopeInput(BusinessUnit: scope.Slug),
        BudgetScopeKind.Workspace => new BudgetScopeInput(Workspace: scope.Slug),
        BudgetScopeKind.Project => new BudgetScopeInput(Project: scope.Slug),
        BudgetScopeKind.Label => new BudgetScopeInput(Label: new LabelScope(scope.Key, scope.Value)),
        BudgetScopeKind.User => new BudgetScopeInput(User: scope.Value),
        BudgetScopeKind.Environment => new BudgetScopeInput(Environment: scope.Value),
        _ => throw new InvalidOperationException($"Unknown scope {scope.Kind}."),
    };
}
