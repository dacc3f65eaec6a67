using System.Globalization;
using Hexabase.Portal.Costs.Reports;

namespace Hexabase.Portal.Costs.Storage;

internal sealed class PostgreSqlCostSql : CostSql
{
    public override string LockState =>
        "INSERT INTO cost_states (organization_id, revision) VALUES (@org, 1) ON CONFLICT (organization_id) DO UPDATE SET revision = cost_states.revision + 1";

    public override (string Create, string Name, string? Drop) PreviewFacts =>
        ("CREATE TEMPORARY TABLE preview_facts (LIKE cost_facts) ON COMMIT DROP", "preview_facts", null);

    public override string Materialized => "MATERIALIZED ";

    public override string ReportPrefix => "SET LOCAL enable_nestloop = off; SET LOCAL jit = off; ";

    public override string True => "true";

    public override string False => "false";

    public override string NumberText(string expression) => $"trim_scale({expression})::text";

    public override string TimeText(string expression) => $"to_char({expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";

    // json, not jsonb: it keeps nested values as they were written, and it parses faster.
    public override string JsonValue(string column, string parameter) => $"({column}::json ->> {parameter})";

    public override string Exact(string expression) => $"{expression} COLLATE \"C\"";

    public override string StartsWith(string expression, string parameter) => $"starts_with({expression}, {parameter})";

    public override string PeriodStart(CostGranularity granularity, string day, int fiscalYearStartMonth) => granularity switch
    {
        CostGranularity.Day => day,
        CostGranularity.Month => $"date_trunc('month', {day})::date",
        CostGranularity.Quarter => $"date_trunc('quarter', {day})::date",
        CostGranularity.FiscalYear => string.Create(CultureInfo.InvariantCulture,
            $"(date_trunc('year', {day} - interval '{fiscalYearStartMonth - 1} months') + interval '{fiscalYearStartMonth - 1} months')::date"),
        _ => "NULL::date",
    };

    public override string Rows(string parameter, string alias, params string[] columns) =>
        $"json_to_recordset({parameter}::json) AS {alias}({string.Join(", ", columns.Select(c => c.Replace(" time", " timestamptz", StringComparison.Ordinal)))})";

    public override string InsertKeys(string columns, string rows) =>
        $"INSERT INTO cost_keys (organization_id, {columns}) SELECT @org, {columns} FROM {rows} ON CONFLICT (organization_id, hash) DO NOTHING";

    public override string DayOf(string expression) => $"({expression} AT TIME ZONE 'UTC')::date";

    public override string Concat(IReadOnlyList<string> expressions) => $"concat_ws(',', {string.Join(", ", expressions)})";

}
