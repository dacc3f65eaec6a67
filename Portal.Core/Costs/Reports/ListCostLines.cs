using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>Which lines to list.</summary>
/// <param name="From">First UTC charge day.</param>
/// <param name="To">The day after the last.</param>
/// <param name="Where">As in <see cref="CostQuery"/>: a line of a split cost is listed under each target that bears a part of its day.</param>
public sealed record CostLineFilter(DateOnly From, DateOnly To, IReadOnlyList<string>? Where = null, Guid? ImportId = null);

/// <summary>Where (a part of) a line's cost went.</summary>
public sealed record CostLineTarget(string? Workspace, string? Project, string? BusinessUnit, string? CostCenter, int? RuleVersion, int? RuleIndex, string? Reason);

/// <summary>One line of a bill with all columns of its file.</summary>
/// <param name="Id">Its key in the list.</param>
/// <param name="Row">Its data record in the file, from 1.</param>
/// <param name="Columns">By FOCUS column name, and the columns that FOCUS does not know; nulls left out; numbers and dates canonical.</param>
public sealed record CostLineRow(long Id, Guid ImportId, long Row, DateOnly Day, IReadOnlyDictionary<string, string> Columns, IReadOnlyList<CostLineTarget> Targets);

/// <summary>The lines behind a figure, in the order of their imports and rows, by keyed paging. The cursor is the last line's id.</summary>
public sealed record ListCostLines(string Org, CostLineFilter Filter, PageRequest Page) : Query<Paged<CostLineRow>>
{
    private const int FirstStretch = 4000;
    private const int LastStretch = 256_000;

    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Read;

    public override async Task<Result<Paged<CostLineRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!CostConditions.Read(Filter.Where).TryGet(out var conditions, out var problem)) return problem;
        long after = 0;
        if (Page.Cursor is not null && !long.TryParse(Page.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after)) return Problem.Invalid("cursor", "cursor.unreadable", "The cursor is not one that this list gave out.");
        if (Filter.From >= Filter.To) return new Paged<CostLineRow>([], null);
        var names = await CostNames.LoadAsync(scope.Db, [CostDimensionKind.Workspace, CostDimensionKind.Project, CostDimensionKind.BusinessUnit], cancellationToken);
        var db = new CostDb(scope.Db);
        var lines = await LinesAsync(db, conditions, names, after, cancellationToken);
        var more = lines.Count > Page.Limit;
        if (more) lines.RemoveRange(Page.Limit, lines.Count - Page.Limit);
        if (lines.Count == 0) return new Paged<CostLineRow>([], null);
        var targets = await TargetsAsync(db, lines, names, cancellationToken);
        return new Paged<CostLineRow>(
            [.. lines.Select(l => new CostLineRow(l.Id, l.ImportId, l.Id & uint.MaxValue, l.Day, l.Columns, [.. targets[(l.SliceId, l.Day, l.KeyId)].Select(t => t.Target).Distinct()]))],
            more ? lines[^1].Id.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>
    /// The facts say which imports hold matching lines; those are walked in the order of their key, in stretches that grow while nothing matches. So a page costs
    /// little where lines are many, and one pass at most where they are few.
    /// </summary>
    private async Task<List<CostLineColumns>> LinesAsync(CostDb db, CostConditions conditions, CostNames names, long after, CancellationToken cancellationToken)
    {
        var slices = new CostParameters();
        var import = Filter.ImportId is { } id ? $" AND f.slice_id IN (SELECT s.id FROM cost_slices s WHERE s.organization_id = @org AND s.import_id = {slices.Add(id)})" : "";
        var found = await db.ReadAsync($"{db.Sql.ReportPrefix}SELECT DISTINCT f.slice_id FROM cost_facts f WHERE {Facts(db.Sql, conditions, slices, names)}{import}", r => r.GetInt64(0) >> 32, cancellationToken, slices.All);
        var result = new List<CostLineColumns>();
        foreach (var number in found.Distinct().Order())
        {
            var (at, high) = (Math.Max(after, number << 32), (number + 1) << 32);
            for (var stretch = FirstStretch; at < high && result.Count <= Page.Limit; stretch = Math.Min(stretch * 4, LastStretch))
            {
                var last = await db.ScalarAsync(
                    $"SELECT MAX(l.id) FROM (SELECT c.id FROM cost_lines c WHERE c.organization_id = @org AND c.id > @at AND c.id < @high ORDER BY c.id {CostSql.First("@stretch")}) l", cancellationToken,
                    ("at", at), ("high", high), ("stretch", stretch));
                if (last is not long end) break;
                var parameters = new CostParameters();
                var (low, top, limit) = (parameters.Add(at), parameters.Add(end), parameters.Add(Page.Limit + 1 - result.Count));
                result.AddRange(await db.ReadAsync(db.Sql.ReportPrefix + Statement(db.Sql, conditions, parameters, names, low, top, limit), CostLineColumns.Read, cancellationToken, parameters.All));
                at = end;
            }

            if (result.Count > Page.Limit) break;
        }

        return result;
    }

    private string Facts(CostSql sql, CostConditions conditions, CostParameters parameters, CostNames names)
    {
        var (from, to) = (parameters.Add(Filter.From), parameters.Add(Filter.To));
        return $"f.organization_id = @org AND f.day >= {from} AND f.day < {to}{conditions.OnFacts(sql, parameters, names.IdOf)}";
    }

    internal string Statement(CostSql sql, CostConditions conditions, CostParameters parameters, CostNames names, string low, string top, string limit)
    {
        var (start, end) = (parameters.Add(Filter.From.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)), parameters.Add(Filter.To.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)));
        return $"""
            SELECT l.id, l.slice_id, l.key_id, s.import_id, {sql.DayOf("l.charge_period_start")}, {CostLineColumns.Select(sql)}
            FROM (SELECT DISTINCT f.slice_id, f.day, f.key_id FROM cost_facts f WHERE {Facts(sql, conditions, parameters, names)}) m
            JOIN cost_lines l ON l.slice_id = m.slice_id AND l.key_id = m.key_id AND {sql.DayOf("l.charge_period_start")} = m.day
            JOIN cost_slices s ON s.organization_id = @org AND s.id = l.slice_id AND s.is_active = {sql.True}
            JOIN cost_keys k ON k.organization_id = @org AND k.id = l.key_id
            WHERE l.organization_id = @org AND l.id > {low} AND l.id <= {top} AND l.charge_period_start >= {start} AND l.charge_period_start < {end}
            ORDER BY l.id {CostSql.First(limit)}
            """;
    }

    private static async Task<ILookup<(long, DateOnly, long), (long Slice, DateOnly Day, long Key, CostLineTarget Target)>> TargetsAsync(CostDb db, List<CostLineColumns> lines, CostNames names, CancellationToken cancellationToken)
    {
        string? Slug(CostDimensionKind kind, Guid? id) => id is { } known ? names.Of(kind, known).Slug : null;
        var wanted = JsonSerializer.Serialize(lines.Select(l => (l.SliceId, l.Day, l.KeyId)).Distinct().Select(l => new { slice_id = l.SliceId, day = l.Day, key_id = l.KeyId }));
        var rows = await db.ReadAsync($"""
            SELECT f.slice_id, f.day, f.key_id, f.workspace_id, f.project_id, f.business_unit_id, f.cost_center, f.rule_version, f.rule_index, f.reason
            FROM {db.Sql.Rows("@wanted", "n", "slice_id bigint", "day date", "key_id bigint")} JOIN cost_facts f ON f.organization_id = @org AND f.day = n.day AND f.slice_id = n.slice_id AND f.key_id = n.key_id
            """, r => (Slice: r.GetInt64(0), Day: r.Day(1), Key: r.GetInt64(2), Target: new CostLineTarget(
                Slug(CostDimensionKind.Workspace, r.Id(3)), Slug(CostDimensionKind.Project, r.Id(4)), Slug(CostDimensionKind.BusinessUnit, r.Id(5)), r.Text(6), r.IsDBNull(7) ? null : r.GetInt32(7), r.IsDBNull(8) ? null : r.GetInt32(8), r.Text(9))),
            cancellationToken, ("wanted", wanted));
        return rows.ToLookup(r => (r.Slice, r.Day, r.Key));
    }
}
