using System.Globalization;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Budgets;

/// <summary>What costs a budget counts.</summary>
public enum BudgetScopeKind
{
    Organization,

    /// <summary>A unit and the units below it.</summary>
    BusinessUnit,
    Workspace,
    Project,
    Label,
    User,
    Environment,
}

/// <summary>A budget: a name with a history of policies (<see cref="BudgetRevision"/>).</summary>
public sealed class Budget : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Slug { get; init; }

    public required string Name { get; set; }

    /// <summary>E-mail addresses or channel names that are told of alerts.</summary>
    [Personal]
    public List<string> Recipients { get; set; } = [];

    public required DateTime CreatedAtUtc { get; init; }

    public DateTime ChangedAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<Budget>(e =>
    {
        e.ToTable("budgets");
        e.HasIndex(x => new { x.OrganizationId, x.Slug }).IsUnique();
        e.Property(x => x.Slug).HasMaxLength(Kernel.Slug.MaxLength);
        e.Property(x => x.Name).HasMaxLength(200);
        e.PrimitiveCollection(x => x.Recipients).HasAnnotation("Portal:LongText", true);
    });
}

/// <summary>What a budget says from a day on: scope, limits, thresholds. The newest that began on or before a day holds on it; the first also before.</summary>
public sealed class BudgetRevision : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid BudgetId { get; init; }

    public required DateOnly EffectiveFrom { get; init; }

    public BudgetScopeKind ScopeKind { get; set; }

    /// <summary>The business unit, workspace or project.</summary>
    public Guid? ScopeId { get; set; }

    /// <summary>The label's key.</summary>
    public string? ScopeKey { get; set; }

    /// <summary>The label's value, the environment or the user.</summary>
    public string? ScopeValue { get; set; }

    public CostMetric Metric { get; set; }

    /// <summary>ISO 4217, of all limits.</summary>
    public string Currency { get; set; } = "";

    public decimal? DailyLimit { get; set; }

    public decimal? MonthlyLimit { get; set; }

    public decimal? QuarterlyLimit { get; set; }

    public decimal? YearlyLimit { get; set; }

    /// <summary>Ratios of the limit, ascending, comma-separated: "0.8,1".</summary>
    public string Thresholds { get; set; } = "";

    public string ForecastThresholds { get; set; } = "";

    /// <summary>Ratio of the limit.</summary>
    public decimal? SoftLimit { get; set; }

    /// <summary>Ratio of the limit.</summary>
    public decimal? HardLimit { get; set; }

    public int GraceHours { get; set; }

    internal BudgetPolicy ToPolicy(int fiscalYearStartMonth)
    {
        var limits = new Dictionary<BudgetPeriodKind, Amount>();
        foreach (var (kind, limit) in new[] { (BudgetPeriodKind.Daily, DailyLimit), (BudgetPeriodKind.Monthly, MonthlyLimit), (BudgetPeriodKind.Quarterly, QuarterlyLimit), (BudgetPeriodKind.Yearly, YearlyLimit) })
        {
            if (limit is { } set) limits[kind] = Amount.FromDecimal(set);
        }

        return new BudgetPolicy(Currency, limits, Ratios(Thresholds), Ratios(ForecastThresholds), SoftLimit, HardLimit, GraceHours, fiscalYearStartMonth);
    }

    internal static IReadOnlyList<decimal> Ratios(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(r => decimal.Parse(r, CultureInfo.InvariantCulture))];

    internal static string Text(IEnumerable<decimal> ratios) => string.Join(',', ratios.Select(r => r.ToString("0.####", CultureInfo.InvariantCulture)));

    /// <summary>The revision that holds on a day.</summary>
    internal static BudgetRevision? On(IEnumerable<BudgetRevision> history, DateOnly day)
    {
        var ordered = history.OrderBy(r => r.EffectiveFrom).ToList();
        return ordered.LastOrDefault(r => r.EffectiveFrom <= day) ?? (ordered.Count > 0 ? ordered[0] : null);
    }

    internal static void Configure(ModelBuilder model) => model.Entity<BudgetRevision>(e =>
    {
        e.ToTable("budget_revisions");
        e.HasIndex(x => new { x.OrganizationId, x.BudgetId, x.EffectiveFrom }).IsUnique();
        e.HasOne<Budget>().WithMany().HasForeignKey(x => x.BudgetId);
        e.Property(x => x.ScopeKey).HasMaxLength(63);
        e.Property(x => x.ScopeValue).HasMaxLength(256);
        e.Property(x => x.Currency).HasMaxLength(3);
        e.Property(x => x.DailyLimit).HasPrecision(28, 10);
        e.Property(x => x.MonthlyLimit).HasPrecision(28, 10);
        e.Property(x => x.QuarterlyLimit).HasPrecision(28, 10);
        e.Property(x => x.YearlyLimit).HasPrecision(28, 10);
        e.Property(x => x.Thresholds).HasMaxLength(200);
        e.Property(x => x.ForecastThresholds).HasMaxLength(200);
        e.Property(x => x.SoftLimit).HasPrecision(9, 4);
        e.Property(x => x.HardLimit).HasPrecision(9, 4);
    });
}

/// <summary>A threshold was reached: raised exactly once for a budget, period and threshold.</summary>
public sealed class BudgetAlert : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid BudgetId { get; init; }

    public required BudgetPeriodKind PeriodKind { get; init; }

    public required DateOnly PeriodStart { get; init; }

    /// <summary>Ratio of the limit.</summary>
    public required decimal Threshold { get; init; }

    /// <summary>By the forecast, not yet by actual cost.</summary>
    public required bool OnForecast { get; init; }

    /// <summary>Actual or forecast cost when it was raised, rounded to ten decimals.</summary>
    public required decimal Amount { get; init; }

    public required decimal Limit { get; init; }

    public required string Currency { get; init; }

    public required DateTime RaisedAtUtc { get; init; }

    [Personal]
    public string? AcknowledgedBy { get; set; }

    public DateTime? AcknowledgedAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<BudgetAlert>(e =>
    {
        e.ToTable("budget_alerts");
        e.HasIndex(x => new { x.BudgetId, x.PeriodKind, x.PeriodStart, x.Threshold, x.OnForecast }).IsUnique();
        e.HasIndex(x => new { x.OrganizationId, x.RaisedAtUtc });
        e.HasOne<Budget>().WithMany().HasForeignKey(x => x.BudgetId);
        e.Property(x => x.Threshold).HasPrecision(9, 4);
        e.Property(x => x.Amount).HasPrecision(28, 10);
        e.Property(x => x.Limit).HasPrecision(28, 10);
        e.Property(x => x.Currency).HasMaxLength(3);
        e.Property(x => x.AcknowledgedBy).HasMaxLength(300);
    });
}
