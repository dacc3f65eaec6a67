using System.Text;
using Hexabase.Portal.Costs.Storage;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>
/// The statement of a report. The keys that occur are looked up once (that is where tags are read from JSON) and each distinct combination of their values gets
/// a number; the facts are then added up once, by numbers instead of texts. The lines are never touched, and a tag that nobody foresaw costs what a column costs.
/// </summary>
internal static class CostStatement
{
    /// <summary>Columns: the dimensions in order, then period (null for a total), currency, amount as text.</summary>
    public static string Report(CostSql sql, CostQuery query, IReadOnlyList<CostDimension> dimensions, CostConditions conditions, CostParameters parameters, Func<CostDimensionKind, string, Guid?> ids, int fiscalYearStartMonth)
    {
        var labels = dimensions.Any(d => d.Kind == CostDimensionKind.Label);
        var facts = dimensions.Where(d => d.IsFact).Select(d => d.FactColumn).Concat(labels ? ["workspace_id", "project_id"] : []).Distinct(StringComparer.Ordinal).ToList();
        var period = query.Granularity == CostGranularity.Total ? null : sql.PeriodStart(query.Granularity, "f.day", fiscalYearStartMonth);
        var (from, to) = (parameters.Add(query.From), parameters.Add(query.To));
        var where = $"f.organization_id = @org AND f.day >= {from} AND f.day < {to}{conditions.OnFacts(sql, parameters, ids)}";

        var inner = string.Concat(facts.Select(f => $", f.{f}"));
        var group = string.Concat(facts.Select(f => $", x.{f}")) + (period is null ? "" : ", x.period");
        var values = new StringBuilder();
        var ranks = "";
        for (var i = 0; i < dimensions.Count; i++)
        {
            var d = dimensions[i];
            if (d.Kind is not (CostDimensionKind.Key or CostDimensionKind.Tag)) continue;
            values.Append(", ").Append(d.Expression(sql, d.Kind == CostDimensionKind.Tag ? parameters.Add(d.KeyText) : null)).Append(" AS d").Append(i);
            ranks += $"r.d{i}, ";
        }

        var text = new StringBuilder();
        text.Append("WITH k AS ").Append(sql.Materialized).Append("(SELECT r.*, DENSE_RANK() OVER (ORDER BY ").Append(ranks).Append("r.billing_currency) AS c FROM (SELECT k.id, k.billing_currency").Append(values)
            .Append(" FROM cost_keys k WHERE k.organization_id = @org AND k.id IN (SELECT f.key_id FROM cost_facts f WHERE ").Append(where).Append(')');
        if (query.Currency is { } currency) text.Append(" AND ").Append(sql.Exact("k.billing_currency")).Append(" = ").Append(parameters.Add(currency));
        text.Append(") r), g AS ").Append(sql.Materialized).Append("(SELECT x.c").Append(group).Append(", SUM(x.amount) AS amount FROM (SELECT k.c").Append(inner).Append(period is null ? "" : $", {period} AS period")
            .Append(", f.").Append(CostColumns.Name(query.Metric)).Append(" AS amount FROM cost_facts f JOIN k ON k.id = f.key_id WHERE ").Append(where).Append(") x GROUP BY x.c").Append(group)
            .Append("), u AS (SELECT DISTINCT ").Append(ranks).Append("r.billing_currency, r.c FROM k r) SELECT ");
        var outer = string.Concat(dimensions.Select((_, i) => $"y.d{i}, "));
        text.Append(outer).Append("y.period, y.billing_currency, ").Append(sql.NumberText(labels ? "SUM(y.amount)" : "y.amount")).Append(" FROM (SELECT ");
        for (var i = 0; i < dimensions.Count; i++)
        {
            var d = dimensions[i];
            text.Append(d.IsFact ? $"g.{d.FactColumn}" : d.Kind == CostDimensionKind.Label ? d.Expression(sql, parameters.Add(d.KeyText)) : $"u.d{i}").Append(" AS d").Append(i).Append(", ");
        }

        text.Append(period is null ? "CAST(NULL AS date)" : "g.period").Append(" AS period, u.billing_currency, g.amount FROM g JOIN u ON u.c = g.c");
        if (labels) text.Append(" LEFT JOIN workspaces w ON w.organization_id = @org AND w.id = g.workspace_id LEFT JOIN projects p ON p.organization_id = @org AND p.id = g.project_id");
        text.Append(") y");
        // Several workspaces may share a label's value; everything else is grouped already.
        if (labels) text.Append(" GROUP BY ").Append(outer).Append("y.period, y.billing_currency");
        return text.ToString();
    }
}
