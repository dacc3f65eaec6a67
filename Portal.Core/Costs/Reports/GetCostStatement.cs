using System.Numerics;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>What one place bears. Slugs with their names; all null = unallocated.</summary>
/// <param name="Amount">Of the statement's metric; these add up to the bills.</param>
/// <param name="Markup">What the rules add or take off, outside the metric; 18 decimals.</param>
public sealed record CostStatementRow(
    string? BusinessUnit, string? BusinessUnitName, string? Workspace, string? WorkspaceName, string? Project, string? ProjectName, string? CostCenter, string Currency, WideAmount Amount, WideAmount Markup)
{
    public bool IsUnallocated => BusinessUnit is null && Workspace is null && Project is null && CostCenter is null;
}

/// <summary>The cost-allocation report of a period.</summary>
/// <param name="Totals">What the rows add up to, by currency.</param>
/// <param name="Bills">What the imported bills add up to; equal to <paramref name="Totals"/>, computed on another way.</param>
public sealed record CostStatementReport(IReadOnlyList<CostStatementRow> Rows, IReadOnlyList<WideMoney> Totals, InvoiceTotals Bills, DateTime? DataAsOf, int? RuleVersion)
{
    public bool EqualsBills => Totals.SequenceEqual(Bills.Totals);
}

/// <summary>Costs by business unit, workspace, project and cost center with the markup beside them: what is charged on.</summary>
/// <param name="From">First UTC charge day.</param>
/// <param name="To">The day after the last.</param>
public sealed record GetCostStatement(string Org, DateOnly From, DateOnly To, CostMetric Metric = CostMetric.Billed) : Query<CostStatementReport>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Read;

    public override async Task<Result<CostStatementReport>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        foreach (var (day, field) in new[] { (From, "from"), (To, "to") })
            if (EffectiveDay.Check(day, field) is { } error) return Problem.Invalid([error]);
        if (!(await new GetInvoiceTotals(Org, From, To, Metric).HandleAsync(scope, cancellationToken)).TryGet(out var bills, out var problem)) return problem;
        var state = await scope.Db.Set<CostState>().Select(s => new { s.DataAsOfUtc, s.RuleVersion }).SingleOrDefaultAsync(cancellationToken);
        var names = await CostNames.LoadAsync(scope.Db, [CostDimensionKind.BusinessUnit, CostDimensionKind.Workspace, CostDimensionKind.Project], cancellationToken);
        var db = new CostDb(scope.Db);
        // The percent is a group of its own, so that the multiplication happens here, exact on every engine.
        var parts = await db.ReadAsync($"""
            SELECT f.business_unit_id, f.workspace_id, f.project_id, f.cost_center, f.markup_percent, k.billing_currency, {db.Sql.NumberText($"SUM(f.{CostColumns.Name(Metric)})")}
            FROM cost_facts f JOIN cost_keys k ON k.organization_id = @org AND k.id = f.key_id
            WHERE f.organization_id = @org AND f.day >= @from AND f.day < @to
            GROUP BY f.business_unit_id, f.workspace_id, f.project_id, f.cost_center, f.markup_percent, k.billing_currency
            """, r => (Place: (Unit: r.Id(0), Workspace: r.Id(1), Project: r.Id(2), Center: r.Text(3), Currency: r.GetString(5)), Percent: r.IsDBNull(4) ? 0 : r.GetDecimal(4), Amount: WideAmount.Parse(r.GetString(6))),
            cancellationToken, ("from", From), ("to", To));
        var rows = parts.GroupBy(p => p.Place).Select(g =>
        {
            var (unit, workspace, project) = (Name(names, CostDimensionKind.BusinessUnit, g.Key.Unit), Name(names, CostDimensionKind.Workspace, g.Key.Workspace), Name(names, CostDimensionKind.Project, g.Key.Project));
            return new CostStatementRow(
                unit?.Slug, unit?.Name, workspace?.Slug, workspace?.Name, project?.Slug, project?.Name, g.Key.Center, g.Key.Currency,
                g.Aggregate(WideAmount.Zero, (sum, p) => sum + p.Amount), g.Aggregate(WideAmount.Zero, (sum, p) => sum + Markup(p.Amount, p.Percent)));
        }).ToList();
        var totals = rows.GroupBy(r => r.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new WideMoney(g.Aggregate(WideAmount.Zero, (sum, r) => sum + r.Amount), g.Key)).ToList();
        return new CostStatementReport(
            [.. rows.OrderBy(r => r.IsUnallocated).ThenBy(r => r.BusinessUnitName is null).ThenBy(r => r.BusinessUnitName, StringComparer.Ordinal).ThenBy(r => r.WorkspaceName, StringComparer.Ordinal).ThenBy(r => r.ProjectName, StringComparer.Ordinal).ThenBy(r => r.CostCenter, StringComparer.Ordinal).ThenBy(r => r.Currency, StringComparer.Ordinal)],
            totals, bills, state?.DataAsOfUtc, state?.RuleVersion);
    }

    /// <summary>amount × percent ÷ 100, rounded half away from zero at 18 decimals; a percent has at most six.</summary>
    internal static WideAmount Markup(WideAmount amount, decimal percent)
    {
        if (percent == 0) return WideAmount.Zero;
        var divisor = new BigInteger(100_000_000);
        var product = amount.Atto * (BigInteger)(percent * 1_000_000);
        var quotient = BigInteger.DivRem(product, divisor, out var rest);
        return WideAmount.FromAtto(BigInteger.Abs(rest) * 2 >= divisor ? quotient + product.Sign : quotient);
    }

    private static (string Slug, string Name)? Name(CostNames names, CostDimensionKind kind, Guid? id) => id is { } known ? names.Of(kind, known) : null;
}

/// <summary>The report as a file: a permission and an audit entry of its own.</summary>
public sealed record ExportCostStatement(string Org, DateOnly From, DateOnly To, CostMetric Metric = CostMetric.Billed) : Query<CostStatementReport>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Export;

    public override bool IsProtected => true;

    public override Task<Result<CostStatementReport>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) => new GetCostStatement(Org, From, To, Metric).HandleAsync(scope, cancellationToken);
}
