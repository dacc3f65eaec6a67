using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Budgets;

public sealed record LabelScope(string? Key, string? Value);

/// <summary>What a budget counts: exactly one of these. Values are ids or slugs; the organization's is its own id or slug.</summary>
public sealed record BudgetScopeInput(
    string? Organization = null, string? BusinessUnit = null, string? Workspace = null, string? Project = null, LabelScope? Label = null, string? User = null, string? Environment = null);

/// <summary>At least one limit, all in one currency, each above 0 with at most ten decimals.</summary>
public sealed record BudgetLimitsInput(Money? Daily = null, Money? Monthly = null, Money? Quarterly = null, Money? Yearly = null);

/// <summary>A budget as typed.</summary>
/// <param name="Metric">billed (default), effective, contracted or list.</param>
/// <param name="Thresholds">Ratios of the limit above 0 and up to 10, distinct: alerts on actual cost; default 0.8 and 1.</param>
/// <param name="ForecastThresholds">The same on the forecast; default 1.</param>
/// <param name="SoftLimit">Ratio of the limit.</param>
/// <param name="HardLimit">Ratio of the limit, not below the soft one.</param>
/// <param name="GraceHours">0 to 720 after the hard limit; default 24.</param>
/// <param name="Recipients">At most 50.</param>
public sealed record BudgetInput(
    string? Name, BudgetScopeInput? Scope, BudgetLimitsInput? Limits, string? Metric = null, IReadOnlyList<decimal>? Thresholds = null, IReadOnlyList<decimal>? ForecastThresholds = null,
    decimal? SoftLimit = null, decimal? HardLimit = null, int? GraceHours = null, IReadOnlyList<string>? Recipients = null);

/// <summary>The checked input.</summary>
internal sealed record BudgetSettings(
    string Name, BudgetScopeSettings Scope, CostMetric Metric, string Currency, IReadOnlyDictionary<BudgetPeriodKind, decimal> Limits, IReadOnlyList<decimal> Thresholds,
    IReadOnlyList<decimal> ForecastThresholds, decimal? SoftLimit, decimal? HardLimit, int GraceHours, List<string> Recipients)
{
    public void ApplyTo(BudgetRevision revision)
    {
        (revision.ScopeKind, revision.ScopeId, revision.ScopeKey, revision.ScopeValue) = (Scope.Kind, Scope.Id, Scope.Key, Scope.Value);
        revision.Metric = Metric;
        revision.Currency = Currency;
        decimal? Limit(BudgetPeriodKind kind) => Limits.TryGetValue(kind, out var limit) ? limit : null;
        revision.DailyLimit = Limit(BudgetPeriodKind.Daily);
        revision.MonthlyLimit = Limit(BudgetPeriodKind.Monthly);
        revision.QuarterlyLimit = Limit(BudgetPeriodKind.Quarterly);
        revision.YearlyLimit = Limit(BudgetPeriodKind.Yearly);
        revision.Thresholds = BudgetRevision.Text(Thresholds);
        revision.ForecastThresholds = BudgetRevision.Text(ForecastThresholds);
        revision.SoftLimit = SoftLimit;
        revision.HardLimit = HardLimit;
        revision.GraceHours = GraceHours;
    }
}

internal sealed record BudgetScopeSettings(BudgetScopeKind Kind, Guid? Id = null, string? Key = null, string? Value = null);
