using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>Costs by any dimensions and periods, exact, from the allocated roll-up. Unallocated cost and missing values are rows with a null key.</summary>
public sealed record GetCosts(string Org, CostQuery Query) : Query<CostReport>
{
    public const int MaxDimensions = 8;

    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Read;

    public override async Task<Result<CostReport>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!Check().TryGet(out var asked, out var problem)) return problem;
        var (dimensions, conditions) = asked;
        var state = await scope.Db.Set<CostState>().Select(s => new { s.DataAsOfUtc, s.RuleVersion }).SingleOrDefaultAsync(cancellationToken);
        var kinds = dimensions.Select(d => d.Kind).Concat(conditions.All.Select(c => c.Dimension.Kind)).ToList();
        var names = await CostNames.LoadAsync(scope.Db, kinds, cancellationToken);
        var rows = Query.From < Query.To ? await RowsAsync(scope, dimensions, conditions, names, cancellationToken) : [];
        var totals = rows.GroupBy(r => r.Amount.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new WideMoney(g.Aggregate(WideAmount.Zero, (sum, r) => sum + r.Amount.Amount), g.Key)).ToList();
        return new CostReport(rows, totals, state?.DataAsOfUtc, state?.RuleVersion);
    }

    private async Task<List<CostReportRow>> RowsAsync(ReadScope scope, IReadOnlyList<CostDimension> dimensions, CostConditions conditions, CostNames names, CancellationToken cancellationToken)
    {
        var db = new CostDb(scope.Db);
        var parameters = new CostParameters();
        var sql = db.Sql.ReportPrefix + CostStatement.Report(db.Sql, Query, dimensions, conditions, parameters, names.IdOf, scope.Tenant?.FiscalYearStartMonth ?? 1);
        var rows = await db.ReadAsync(sql, reader =>
        {
            var keys = new Dictionary<string, string?>(dimensions.Count, StringComparer.Ordinal);
            Dictionary<string, string>? shown = null;
            for (var i = 0; i < dimensions.Count; i++)
            {
                var dimension = dimensions[i];
                if (dimension.Kind is not (CostDimensionKind.Workspace or CostDimensionKind.Project or CostDimensionKind.BusinessUnit)) keys[dimension.Name] = reader.Text(i);
                else if (reader.Id(i) is not { } id) keys[dimension.Name] = null;
                else
                {
                    var (slug, name) = names.Of(dimension.Kind, id);
                    keys[dimension.Name] = slug;
                    (shown ??= new(StringComparer.Ordinal))[dimension.Name] = name;
                }
            }

            var at = dimensions.Count;
            return new CostReportRow(keys, shown ?? NoNames, reader.IsDBNull(at) ? null : reader.Day(at), new WideMoney(WideAmount.Parse(reader.GetString(at + 2)), reader.GetString(at + 1)));
        }, cancellationToken, parameters.All);
        rows.Sort((a, b) => Compare(a, b, dimensions));
        return rows;
    }

    private static readonly Dictionary<string, string> NoNames = [];

    private static int Compare(CostReportRow a, CostReportRow b, IReadOnlyList<CostDimension> dimensions)
    {
        var order = Nullable.Compare(a.PeriodStart, b.PeriodStart);
        for (var i = 0; order == 0 && i < dimensions.Count; i++) order = string.CompareOrdinal(a.Keys[dimensions[i].Name], b.Keys[dimensions[i].Name]);
        return order != 0 ? order : string.CompareOrdinal(a.Amount.Currency, b.Amount.Currency);
    }

    private Result<(IReadOnlyList<CostDimension> Dimensions, CostConditions Conditions)> Check()
    {
        var errors = new List<FieldError>();
        var dimensions = new List<CostDimension>();
        foreach (var name in (Query.GroupBy ?? []).Distinct(StringComparer.Ordinal))
        {
            if (CostDimension.Find(name) is { } dimension) dimensions.Add(dimension);
            else errors.Add(CostDimension.Unknown("groupBy", name));
        }

        if (dimensions.Count > MaxDimensions) errors.Add(new FieldError("groupBy", "costs.groupBy.tooMany", $"At most {MaxDimensions} dimensions fit."));
        if (Query.Currency is { } currency && !Currencies.IsKnown(currency)) errors.Add(new FieldError("currency", "currency.unknown", "currency is not an ISO 4217 code, such as USD or JPY."));
        var conditions = CostConditions.Read(Query.Where);
        if (conditions.Problem?.Errors is { } more) errors.AddRange(more);
        return errors.Count > 0 ? Problem.Invalid(errors) : (dimensions, conditions.Value);
    }
}
