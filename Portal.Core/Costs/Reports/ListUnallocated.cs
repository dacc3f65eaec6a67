using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>Cost that no rule placed.</summary>
/// <param name="Reason">"noRule", "splitBaseZero" (the targets of a proportional split were allocated nothing in the month) or "splitBaseNegative".</param>
/// <param name="OldestDay">The first UTC charge day of it.</param>
/// <param name="AgeDays">Days from then to today.</param>
/// <param name="Owner">The account that it was billed to: FOCUS BillingAccountName.</param>
public sealed record UnallocatedRow(string? Service, string? SubAccount, string? Owner, string Reason, WideMoney Amount, long Lines, DateOnly OldestDay, int AgeDays);

/// <summary>Unallocated cost by service, account and reason; the largest amounts first, at most 1,000 rows.</summary>
public sealed record ListUnallocated(string Org, DateOnly From, DateOnly To, CostMetric Metric = CostMetric.Billed) : Query<IReadOnlyList<UnallocatedRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Read;

    public override async Task<Result<IReadOnlyList<UnallocatedRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (From >= To) return new List<UnallocatedRow>();
        var db = new CostDb(scope.Db);
        var today = scope.TodayUtc;
        return await db.ReadAsync(db.Sql.ReportPrefix + Statement(db.Sql, Metric), r => new UnallocatedRow(
            r.Text(0), r.Text(1), r.Text(2), r.Text(3) ?? "noRule", new WideMoney(WideAmount.Parse(r.GetString(5)), r.GetString(4)), r.GetInt64(6), r.Day(7), Math.Max(0, today.DayNumber - r.Day(7).DayNumber)),
            cancellationToken, ("from", From), ("to", To), ("limit", 1000));
    }

    internal static string Statement(CostSql sql, CostMetric metric) => $"""
        SELECT y.service, y.account, y.owner, y.reason, y.billing_currency, {sql.NumberText("SUM(y.amount)")}, CAST(SUM(y.lines) AS bigint), MIN(y.day)
        FROM (SELECT {sql.Exact("k.service_name")} AS service, {sql.Exact("k.sub_account_id")} AS account, {sql.Exact("k.billing_account_name")} AS owner, x.reason, k.billing_currency, x.amount, x.lines, x.day
              FROM (SELECT f.key_id, f.reason, SUM(f.{CostColumns.Name(metric)}) AS amount, SUM(f.line_count) AS lines, MIN(f.day) AS day FROM cost_facts f
                    WHERE f.organization_id = @org AND f.kind = 0 AND f.day >= @from AND f.day < @to GROUP BY f.key_id, f.reason) x
              JOIN cost_keys k ON k.organization_id = @org AND k.id = x.key_id) y
        GROUP BY y.service, y.account, y.owner, y.reason, y.billing_currency
        ORDER BY SUM(y.amount) DESC, y.service, y.account, y.owner, y.reason, y.billing_currency {CostSql.First("@limit")}
        """;
}
