using System.Globalization;
using Hexabase.Portal.Costs.Reports;

namespace Hexabase.Portal.Costs.Storage;

internal sealed class SqlServerCostSql : CostSql
{
    private const string Collation = "COLLATE Latin1_General_100_BIN2";

    public override string LockState =>
        "UPDATE cost_states WITH (UPDLOCK, HOLDLOCK) SET revision = revision + 1 WHERE organization_id = @org; " +
        "IF @@ROWCOUNT = 0 INSERT INTO cost_states (organization_id, revision) VALUES (@org, 1)";

    public override (string Create, string Name, string? Drop) PreviewFacts =>
        ("SELECT TOP 0 * INTO #preview_facts FROM cost_facts", "#preview_facts", "DROP TABLE #preview_facts");

    public override string Materialized => "";

    public override string ReportPrefix => "";

    public override string True => "1";

    public override string False => "0";

    public override string NumberText(string expression) => $"CONVERT(varchar(60), {expression})";

    public override string TimeText(string expression) => $"CONVERT(varchar(19), {expression}, 126) + 'Z'";

    // A path needs its quotes and backslashes escaped; objects and arrays come from JSON_QUERY.
    public override string JsonValue(string column, string parameter)
    {
        var path = $"N'$.\"' + REPLACE(REPLACE({parameter}, N'\\', N'\\\\'), N'\"', N'\\\"') + N'\"'";
        return $"COALESCE(JSON_VALUE({column}, {path}), JSON_QUERY({column}, {path}))";
    }

    public override string Exact(string expression) => $"{expression} {Collation}";

    public override string StartsWith(string expression, string parameter) => $"LEFT({expression}, LEN({parameter} + N'x') - 1) = {parameter} {Collation}";

    public override string PeriodStart(CostGranularity granularity, string day, int fiscalYearStartMonth) => granularity switch
    {
        CostGranularity.Day => day,
        CostGranularity.Month => $"DATEFROMPARTS(YEAR({day}), MONTH({day}), 1)",
        CostGranularity.Quarter => $"DATEFROMPARTS(YEAR({day}), (MONTH({day}) - 1) / 3 * 3 + 1, 1)",
        CostGranularity.FiscalYear => string.Create(CultureInfo.InvariantCulture,
            $"DATEFROMPARTS(YEAR(DATEADD(month, {1 - fiscalYearStartMonth}, {day})), {fiscalYearStartMonth}, 1)"),
        _ => "CAST(NULL AS date)",
    };

    public override string Rows(string parameter, string alias, params string[] columns) =>
        $"OPENJSON({parameter}) WITH ({string.Join(", ", columns.Select(Column))}) AS {alias}";

    public override string InsertKeys(string columns, string rows) =>
        $"INSERT INTO cost_keys (organization_id, {columns}) SELECT @org, {columns} FROM {rows} " +
        "WHERE NOT EXISTS (SELECT 1 FROM cost_keys k WITH (UPDLOCK, HOLDLOCK) WHERE k.organization_id = @org AND k.hash = n.hash)";

    public override string DayOf(string expression) => $"CAST({expression} AS date)";

    public override string Concat(IReadOnlyList<string> expressions) => expressions.Count == 1 ? $"COALESCE({expressions[0]}, '')" : $"CONCAT_WS(',', {string.Join(", ", expressions)})";


    private static string Column(string definition)
    {
        var space = definition.IndexOf(' ', StringComparison.Ordinal);
        var (name, type) = (definition[..space], definition[(space + 1)..]);
        var own = type switch
        {
            "text" => "nvarchar(max)",
            "uuid" => "uniqueidentifier",
            "numeric" => "decimal(38,18)",
            "time" => "datetime2(7)",
            _ => type,
        };
        return $"{name} {own} '$.{name}'";
    }
}
