using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Costs;

/// <summary>Cost reports as files. In spreadsheets every amount stands twice: as a number, and as text that keeps the digits which they cut off.</summary>
internal static class CostFile
{
    public static IResult Costs(CostReport report, CostQuery query, TableFormat format)
    {
        var dimensions = (query.GroupBy ?? []).Distinct(StringComparer.Ordinal).ToList();
        var columns = new List<TableColumn>();
        foreach (var dimension in dimensions)
        {
            columns.Add(new TableColumn(dimension));
            if (IsPlace(dimension)) columns.Add(new TableColumn(dimension + "Name"));
        }

        if (query.Granularity != CostGranularity.Total) columns.Add(new TableColumn("periodStart"));
        columns.AddRange([new TableColumn("metric"), new TableColumn("currency"), new TableColumn("amount", true)]);
        if (format == TableFormat.Xlsx) columns.Add(new TableColumn("amountExact"));
        return new TableFile(Name("costs", query), columns, report.Rows.Select(Row)).ToResult(format);

        IReadOnlyList<string?> Row(CostReportRow row)
        {
            var cells = new List<string?>(columns.Count);
            foreach (var dimension in dimensions)
            {
                cells.Add(row.Keys[dimension]);
                if (IsPlace(dimension)) cells.Add(row.KeyNames.GetValueOrDefault(dimension));
            }

            if (query.Granularity != CostGranularity.Total) cells.Add(row.PeriodStart is { } day ? CostQueryText.Day(day) : null);
            cells.AddRange([CostQueryText.Word(query.Metric), row.Amount.Currency, row.Amount.Amount.ToString()]);
            if (format == TableFormat.Xlsx) cells.Add(row.Amount.Amount.ToString());
            return cells;
        }
    }

    public static IResult Statement(CostStatementReport report, CostQuery query, TableFormat format)
    {
        var exact = format == TableFormat.Xlsx;
        List<TableColumn> columns =
        [
            new("businessUnit"), new("businessUnitName"), new("workspace"), new("workspaceName"), new("project"), new("projectName"), new("costCenter"), new("allocated"), new("metric"), new("currency"),
            new("amount", true), new("markup", true), new("charged", true),
        ];
        if (exact) columns.AddRange([new("amountExact"), new("markupExact")]);
        var metric = CostQueryText.Word(query.Metric);
        var rows = report.Rows.Select(r => (IReadOnlyList<string?>)
        [
            r.BusinessUnit, r.BusinessUnitName, r.Workspace, r.WorkspaceName, r.Project, r.ProjectName, r.CostCenter, r.IsUnallocated ? "no" : "yes", metric, r.Currency,
            r.Amount.ToString(), r.Markup.ToString(), (r.Amount + r.Markup).ToString(), .. exact ? new[] { r.Amount.ToString(), r.Markup.ToString() } : [],
        ]);
        return new TableFile(Name("cost-report", query), columns, rows).ToResult(format);
    }

    private static bool IsPlace(string dimension) => dimension is "businessUnit" or "workspace" or "project";

    private static string Name(string kind, CostQuery query) => $"{kind}-{CostQueryText.Day(query.From)}-to-{CostQueryText.Day(query.To.AddDays(query.To > query.From ? -1 : 0))}";
}
