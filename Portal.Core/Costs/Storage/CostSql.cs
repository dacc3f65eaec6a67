namespace Hexabase.Portal.Costs.Storage;

/// <summary>
/// What differs between PostgreSQL and SQL Server in the statements on costs. Everything else is written once, in SQL that both read. Arguments are
/// column names and parameter names of the code, never input; input travels as parameters.
/// </summary>
internal abstract class CostSql
{
    private static readonly CostSql PostgreSql = new PostgreSqlCostSql();
    private static readonly CostSql SqlServer = new SqlServerCostSql();

    public static CostSql Of(bool postgreSql) => postgreSql ? PostgreSql : SqlServer;

    /// <summary>A number as text without loss.</summary>
    public abstract string NumberText(string expression);

    /// <summary>An instant as text in the form 2024-09-01T00:00:00Z.</summary>
    public abstract string TimeText(string expression);

    /// <summary>The value of a key of a JSON object column, as text; null where there is none.</summary>
    public abstract string JsonValue(string column, string parameter);

    /// <summary>The text with byte-wise comparison, whatever the database's collation.</summary>
    public abstract string Exact(string expression);

    public abstract string StartsWith(string expression, string parameter);

    /// <summary>The first day of the period that holds the day.</summary>
    public abstract string PeriodStart(Reports.CostGranularity granularity, string day, int fiscalYearStartMonth);

    /// <summary>The rows of a JSON array parameter as a table; columns as "name type" with the words bigint, int, date, uuid, text, numeric, time.</summary>
    public abstract string Rows(string parameter, string alias, params string[] columns);

    /// <summary>An UPDATE lock of the organization's <c>cost_states</c> row, made if missing.</summary>
    public abstract string LockState { get; }

    /// <summary>Puts keys of the row set @rows into cost_keys that are not there.</summary>
    public abstract string InsertKeys(string columns, string rows);

    /// <summary>A table for a preview with the columns of cost_facts, gone at the end of the transaction.</summary>
    public abstract (string Create, string Name, string? Drop) PreviewFacts { get; }

    /// <summary>The UTC day of an instant.</summary>
    public abstract string DayOf(string expression);

    /// <summary>Texts put together.</summary>
    public abstract string Concat(IReadOnlyList<string> expressions);

    /// <summary>Computes a common table expression once.</summary>
    public abstract string Materialized { get; }

    /// <summary>
    /// Stands before a report. Right after an import the server's statistics know nothing of the new rows, and a plan for "few rows" visits them in nested loops;
    /// hash joins are right for reports of any size.
    /// </summary>
    public abstract string ReportPrefix { get; }

    public abstract string True { get; }

    public abstract string False { get; }

    public static string First(string parameter) => $"OFFSET 0 ROWS FETCH NEXT {parameter} ROWS ONLY";
}
