using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>What the imported bills themselves add up to, before any allocation.</summary>
/// <param name="Totals">By currency.</param>
/// <param name="Bills">How many bills (provider, billing account, billing period) have cost in the days.</param>
public sealed record InvoiceTotals(IReadOnlyList<WideMoney> Totals, int Bills);

/// <summary>
/// The sums of the imported lines as the import itself added them up, independent of the allocation: what a report must equal. Filters that depend on the
/// allocation (workspace, project, businessUnit, costCenter, label) are refused, as bills know nothing of them.
/// </summary>
/// <param name="Where">As in <see cref="CostQuery"/>.</param>
public sealed record GetInvoiceTotals(string Org, DateOnly From, DateOnly To, CostMetric Metric = CostMetric.Billed, IReadOnlyList<string>? Where = null) : Query<InvoiceTotals>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Read;

    public override async Task<Result<InvoiceTotals>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!CostConditions.Read(Where).TryGet(out var conditions, out var problem)) return problem;
        if (conditions.All.Any(c => c.Dimension.Kind is not (CostDimensionKind.Key or CostDimensionKind.Tag)))
            return Problem.Invalid("where", "costs.where.allocated", "Bills can be filtered by their own columns and tags, not by where their cost was allocated.");
        if (From >= To) return new InvoiceTotals([], 0);
        var db = new CostDb(scope.Db);
        var parameters = new CostParameters();
        var (from, to) = (parameters.Add(From), parameters.Add(To));
        var keys = conditions.OnKeys(db.Sql, parameters);
        var rows = await db.ReadAsync($"""
            SELECT d.slice_id, k.billing_currency, {db.Sql.NumberText($"SUM(d.{CostColumns.Name(Metric)})")}
            FROM cost_daily d JOIN cost_slices s ON s.organization_id = @org AND s.id = d.slice_id AND s.is_active = {db.Sql.True} JOIN cost_keys k ON k.organization_id = @org AND k.id = d.key_id
            WHERE d.organization_id = @org AND d.day >= {from} AND d.day < {to}{keys} GROUP BY d.slice_id, k.billing_currency
            """, r => (Slice: r.GetInt64(0), Money: new WideMoney(WideAmount.Parse(r.GetString(2)), r.GetString(1))), cancellationToken, parameters.All);
        var totals = rows.GroupBy(r => r.Money.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new WideMoney(g.Aggregate(WideAmount.Zero, (sum, r) => sum + r.Money.Amount), g.Key)).ToList();
        return new InvoiceTotals(totals, rows.Select(r => r.Slice).Distinct().Count());
    }
}
