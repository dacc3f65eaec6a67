using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>Cost reports, the lines behind them, and both as files.</summary>
internal static class CostsApi
{
    public static void MapCosts(this RouteGroupBuilder api)
    {
        var costs = api.MapGroup("/organizations/{org}").WithTags("Costs");
        costs.MapGet("/costs", (string org, ApiCall call) => WithQuery(call, q => call.AskAsync(new GetCosts(org, q), ReportView.Of)))
            .WithName("getCosts").WithSummary("Costs by any dimensions and periods: from, to (exclusive), metric, groupBy and where (both repeatable), granularity, currency");
        costs.MapGet("/costs/export", (string org, ApiCall call) => WithQuery(call, q => ExportAsync(org, q, call)))
            .WithName("exportCosts").WithSummary("The same report as a file: format=csv|xlsx|jsonl");
        costs.MapGet("/cost-lines", (string org, Guid? import, ApiCall call) => WithQuery(call, q =>
                call.ListAsync(page => new ListCostLines(org, new CostLineFilter(q.From, q.To, q.Where, import), page), l => l)))
            .WithName("listCostLines").WithSummary("The lines behind a figure, all columns, in the order of their imports and rows");
        costs.MapGet("/costs/invoices", (string org, ApiCall call) => WithQuery(call, q => call.AskAsync(new GetInvoiceTotals(org, q.From, q.To, q.Metric, q.Where), t => t)))
            .WithName("getInvoiceTotals").WithSummary("What the imported bills add up to before allocation");
        costs.MapGet("/cost-report", (string org, ApiCall call) => WithQuery(call, q => call.AskAsync(new GetCostStatement(org, q.From, q.To, q.Metric), r => r)))
            .WithName("getCostReport").WithSummary("Costs by business unit, workspace, project and cost center with markup; rows add up to the bills");
        costs.MapGet("/cost-report/export", (string org, ApiCall call) => WithQuery(call, q => ExportStatementAsync(org, q, call)))
            .WithName("exportCostReport").WithSummary("The cost-allocation report as a file: format=csv|xlsx|jsonl");
    }

    private static Task<IResult> WithQuery(ApiCall call, Func<CostQuery, Task<IResult>> answer) =>
        CostQueryText.Read(call.Http.Request.Query).TryGet(out var query, out var problem) ? answer(query) : Task.FromResult(call.Refuse(problem));

    private static async Task<IResult> ExportAsync(string org, CostQuery query, ApiCall call)
    {
        if (!TableFile.TryReadFormat(call.Http.Request.Query, out var format, out var refused)) return call.Refuse(refused);
        var answer = await call.Portal.AskAsync(call.Actor, new ExportCosts(org, query), call.Aborted);
        return answer.TryGet(out var report, out var problem) ? CostFile.Costs(report, query, format) : call.Refuse(problem);
    }

    private static async Task<IResult> ExportStatementAsync(string org, CostQuery query, ApiCall call)
    {
        if (!TableFile.TryReadFormat(call.Http.Request.Query, out var format, out var refused)) return call.Refuse(refused);
        var answer = await call.Portal.AskAsync(call.Actor, new ExportCostStatement(org, query.From, query.To, query.Metric), call.Aborted);
        return answer.TryGet(out var report, out var problem) ? CostFile.Statement(report, query, format) : call.Refuse(problem);
    }

    /// <summary>As the contract has it; <see cref="RowView.Names"/> are what people call keys that are slugs.</summary>
    private sealed record ReportView(IReadOnlyList<RowView> Rows, IReadOnlyList<WideMoney> Total, DateTime? DataAsOf, int? RuleVersion)
    {
        public static ReportView Of(CostReport r) => new([.. r.Rows.Select(x => new RowView(x.Keys, x.KeyNames.Count > 0 ? x.KeyNames : null, x.PeriodStart, x.Amount))], r.Total, r.DataAsOf, r.RuleVersion);
    }

    private sealed record RowView(IReadOnlyDictionary<string, string?> Keys, IReadOnlyDictionary<string, string>? Names, DateOnly? PeriodStart, WideMoney Amount);
}
