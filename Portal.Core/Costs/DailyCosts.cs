using System.Data.Common;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>Cost per UTC charge day for other slices: budgets, forecasts.</summary>
public static class DailyCosts
{
    /// <summary>
    /// The days that have cost under the filter, in order, one entry per day and currency (several where their sum is beyond an <see cref="Amount"/>). A business unit
    /// includes the units below it on that day.
    /// </summary>
    public static async Task<IReadOnlyList<DailyCost>> ReadAsync(ReadScope scope, CostFilter filter, CostMetric metric, UtcRange range, CancellationToken cancellationToken)
    {
        if (range.From >= range.To) return [];
        var db = new CostDb(scope.Db);
        var parameters = new CostParameters();
        var where = await WhereAsync(scope, db, filter, range, parameters, cancellationToken);
        var rows = await db.ReadAsync(db.Sql.ReportPrefix + Statement(db.Sql, metric, where), Read, cancellationToken, parameters.All);
        return [.. rows.SelectMany(Split)];
    }

    /// <summary>Several filters over one range, answered in their order.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<DailyCost>>> ReadAsync(ReadScope scope, IReadOnlyList<CostFilter> filters, CostMetric metric, UtcRange range, CancellationToken cancellationToken)
    {
        var known = new Dictionary<CostFilter, IReadOnlyList<DailyCost>>();
        foreach (var filter in filters.Distinct()) known[filter] = await ReadAsync(scope, filter, metric, range, cancellationToken);
        return [.. filters.Select(f => known[f])];
    }

    internal static string Statement(CostSql sql, CostMetric metric, string where) => $"""
        SELECT x.day, k.billing_currency, {sql.NumberText("SUM(x.amount)")}
        FROM (SELECT f.day, f.key_id, SUM(f.{CostColumns.Name(metric)}) AS amount FROM cost_facts f WHERE {where} GROUP BY f.day, f.key_id) x
        JOIN cost_keys k ON k.organization_id = @org AND k.id = x.key_id
        GROUP BY x.day, k.billing_currency ORDER BY x.day, k.billing_currency
        """;

    private static async Task<string> WhereAsync(ReadScope scope, CostDb db, CostFilter filter, UtcRange range, CostParameters parameters, CancellationToken cancellationToken)
    {
        var where = $"f.organization_id = @org AND f.day >= {parameters.Add(range.From)} AND f.day < {parameters.Add(range.To)}";
        if (filter.WorkspaceId is { } workspace) where += $" AND f.workspace_id = {parameters.Add(workspace)}";
        if (filter.ProjectId is { } project) where += $" AND f.project_id = {parameters.Add(project)}";
        if (filter.BusinessUnitId is { } unit)
        {
            var places = await AllocationPlaces.LoadAsync(scope.Db, cancellationToken);
            var parts = places.Below(unit, range).Select(b =>
                $"(f.day >= {parameters.Add(b.From)} AND f.day < {parameters.Add(b.To)} AND f.business_unit_id IN ({string.Join(", ", b.Units.Select(u => parameters.Add(u)))}))").ToList();
            where += $" AND ({string.Join(" OR ", parts)})";
        }

        if (filter.Environment is { } environment)
            where += $" AND f.workspace_id IN (SELECT w.id FROM workspaces w WHERE w.organization_id = @org AND LOWER(w.environment) = LOWER({parameters.Add(environment)}))";
        if (filter.Label is { } label)
        {
            if (CostDimension.Find($"label:{label.Key}") is not { } dimension) return where + " AND 1 = 0";
            var value = dimension.Expression(db.Sql, parameters.Add(label.Key));
            where += $" AND EXISTS (SELECT 1 FROM (SELECT 1 AS one) o LEFT JOIN workspaces w ON w.organization_id = @org AND w.id = f.workspace_id LEFT JOIN projects p ON p.organization_id = @org AND p.id = f.project_id WHERE {value} = {parameters.Add(label.Value)})";
        }

        return where;
    }

    private static (DateOnly Day, string Currency, WideAmount Amount) Read(DbDataReader reader) => (reader.Day(0), reader.GetString(1), WideAmount.Parse(reader.GetString(2)));

    private static IEnumerable<DailyCost> Split((DateOnly Day, string Currency, WideAmount Amount) row)
    {
        // An amount ends at 1.7 * 10^20; what is beyond comes in pieces that add up.
        var most = new WideAmount(new Amount(Int128.MaxValue));
        var left = row.Amount;
        while (!left.TryNarrow(out _))
        {
            var piece = left.Sign > 0 ? new Amount(Int128.MaxValue) : new Amount(-Int128.MaxValue);
            yield return new DailyCost(row.Day, new Money(piece, row.Currency));
            left = left.Sign > 0 ? left - most : left + most;
        }

        left.TryNarrow(out var rest);
        yield return new DailyCost(row.Day, new Money(rest, row.Currency));
    }
}
