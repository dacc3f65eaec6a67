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
        var state = await scope.Db.Set<CostState>().Select(s => new { s.Revision, s.DataAsOfUtc, s.RuleVersion }).SingleOrDefaultAsync(cancellationToken);
        var kinds = dimensions.Select(d => d.Kind).Concat(conditions.All.Select(c => c.Dimension.Kind)).ToList();
        var names = await CostNames.LoadAsync(scope.Db, kinds, cancellationToken);
        if (Query.From >= Query.To || state is null) return new CostReport([], [], state?.DataAsOfUtc, state?.RuleVersion);
        var db = new CostDb(scope.Db);
        var parameters = new CostParameters();
        var sql = db.Sql.ReportPrefix + CostStatement.Report(db.Sql, Query, dimensions, conditions, parameters, names.IdOf, scope.Tenant?.FiscalYearStartMonth ?? 1);
        // Labels are no part of the facts, and only a snapshot keeps revision and facts together.
        var cache = kinds.Contains(CostDimensionKind.Label) || !scope.Db.Database.IsNpgsql() ? null : scope.Service<CostReportCache>();
        var key = cache is null ? "" : CostReportCache.KeyOf(scope.OrganizationId, state.Revision, sql, parameters.All, names.Fingerprint);
        if (cache?.Find(key) is not { } sums)
        {
            var rows = await RowsAsync(db, sql, parameters, dimensions, names, cancellationToken);
            sums = new CostSums(rows, [.. rows.GroupBy(r => r.Amount.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new WideMoney(g.Aggregate(WideAmount.Zero, (sum, r) => sum + r.Amount.Amount), g.Key))]);
            cache?.Add(key, sums);
        }

        return new CostReport(sums.Rows, sums.Total, state.DataAsOfUtc, state.RuleVersion);
    }

    private static async Task<List<CostReportRow>> RowsAsync(CostDb db, string sql, CostParameters parameters, IReadOnlyList<CostDimension> dimensions, CostNames names, CancellationToken cancellationToken)
    {
        string[] columns = [.. dimensions.Select(d => d.Name)];
        var shared = new Dictionary<string, string>(StringComparer.Ordinal);
        var rows = await db.ReadAsync(sql, reader =>
        {
            var keys = new string?[columns.Length];
            Dictionary<string, string>? shown = null;
            for (var i = 0; i < keys.Length; i++)
            {
                var dimension = dimensions[i];
                if (dimension.Kind is not (CostDimensionKind.Workspace or CostDimensionKind.Project or CostDimensionKind.BusinessUnit)) keys[i] = Share(shared, reader.Text(i));
                else if (reader.Id(i) is { } id)
                {
                    (keys[i], var name) = names.Of(dimension.Kind, id);
                    (shown ??= new(StringComparer.Ordinal))[dimension.Name] = name;
                }
            }

            var at = keys.Length;
            return (Keys: new CostRowKeys(columns, keys), Names: shown ?? NoNames, Period: reader.IsDBNull(at) ? (DateOnly?)null : reader.Day(at),
                Amount: new WideMoney(WideAmount.Parse(reader.GetString(at + 2)), Share(shared, reader.GetString(at + 1)) ?? ""));
        }, cancellationToken, parameters.All);
        rows.Sort((a, b) =>
        {
            var order = Nullable.Compare(a.Period, b.Period);
            if (order == 0) order = a.Keys.CompareTo(b.Keys);
            return order != 0 ? order : string.CompareOrdinal(a.Amount.Currency, b.Amount.Currency);
        });
        return [.. rows.Select(r => new CostReportRow(r.Keys, r.Names, r.Period, r.Amount))];
    }

    // The same few texts stand in thousands of rows, which a cache may keep.
    private static string? Share(Dictionary<string, string> shared, string? text)
    {
        if (text is null) return null;
        if (shared.TryGetValue(text, out var known)) return known;
        shared[text] = text;
        return text;
    }

    private static readonly Dictionary<string, string> NoNames = [];

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
        if (Query.Currency is { } currency && !Currencies.IsKnown(currency)) errors.Add(new FieldError("currency", "currency.unknown", "currency is not an ISO 4217 code, such as USD or JPY.", Args: [AuditWriter.Clip(currency, 20)]));
        var conditions = CostConditions.Read(Query.Where);
        if (conditions.Problem?.Errors is { } more) errors.AddRange(more);
        return errors.Count > 0 ? Problem.Invalid(errors) : (dimensions, conditions.Value);
    }
}
