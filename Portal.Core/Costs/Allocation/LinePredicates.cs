using System.Globalization;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>
/// The organization's numbered conditions on lines' own columns. An import evaluates them line by line; a new one is evaluated once for the lines that are
/// there, by a statement that rebuilds their roll-up.
/// </summary>
internal sealed class LinePredicates
{
    public const int Max = 300;

    private readonly Dictionary<string, int> _numbers;

    private LinePredicates(IReadOnlyList<(int Number, AllocationCondition Condition)> all)
    {
        All = all;
        _numbers = all.ToDictionary(p => p.Condition.Definition, p => p.Number, StringComparer.Ordinal);
    }

    public IReadOnlyList<(int Number, AllocationCondition Condition)> All { get; }

    public static async Task<LinePredicates> LoadAsync(CostDb db, CancellationToken cancellationToken) =>
        new(await db.ReadAsync("SELECT number, definition FROM cost_line_predicates WHERE organization_id = @org ORDER BY number",
            r => (r.GetInt32(0), AllocationCondition.FromDefinition(r.GetString(1))), cancellationToken));

    public int NumberOf(AllocationCondition condition) => _numbers[condition.Definition];

    /// <summary>Gives the conditions numbers and rebuilds the roll-up of all active lines where one is new. The organization's cost state must be locked.</summary>
    /// <returns>The predicates, and whether the roll-up was rebuilt.</returns>
    public async Task<(LinePredicates All, bool Rebuilt)> EnsureAsync(CostDb db, IReadOnlyList<AllocationCondition> conditions, CancellationToken cancellationToken)
    {
        var missing = Missing(conditions);
        if (missing.Count == 0) return (this, false);
        var all = All.ToList();
        foreach (var condition in missing)
        {
            var number = all.Count == 0 ? 1 : all[^1].Number + 1;
            await db.ExecuteAsync("INSERT INTO cost_line_predicates (organization_id, number, definition) VALUES (@org, @number, @definition)", cancellationToken, ("number", number), ("definition", condition.Definition));
            all.Add((number, condition));
        }

        var result = new LinePredicates(all);
        var imports = await db.ReadAsync(
            $"SELECT DISTINCT i.number, i.id FROM cost_imports i JOIN cost_slices s ON s.organization_id = @org AND s.import_id = i.id AND s.is_active = {db.Sql.True} WHERE i.organization_id = @org ORDER BY i.number",
            r => (r.GetInt64(0), r.GetGuid(1)), cancellationToken);
        foreach (var (number, id) in imports) await result.RebuildAsync(db, number, id, cancellationToken);
        return (result, true);
    }

    public IReadOnlyList<AllocationCondition> Missing(IReadOnlyList<AllocationCondition> conditions) => [.. conditions.Where(c => !_numbers.ContainsKey(c.Definition))];

    /// <summary>Makes the roll-up of an import's active slices anew from its lines.</summary>
    public async Task RebuildAsync(CostDb db, long importNumber, Guid importId, CancellationToken cancellationToken)
    {
        var parameters = new List<(string, object?)> { ("import", importId), ("low", importNumber << 32), ("high", (importNumber + 1) << 32) };
        var active = $"(SELECT s.id FROM cost_slices s WHERE s.organization_id = @org AND s.import_id = @import AND s.is_active = {db.Sql.True})";
        await db.ExecuteAsync($"DELETE FROM cost_daily WHERE organization_id = @org AND slice_id IN {active}", cancellationToken, ("import", importId));
        var sql = RebuildStatement(db.Sql, active, parameters);
        await db.ExecuteAsync(sql, cancellationToken, [.. parameters]);
    }

    internal string RebuildStatement(CostSql sql, string active, List<(string Name, object? Value)> parameters)
    {
        var matched = All.Count == 0 ? "''" : sql.Concat([.. All.Select(p => string.Create(CultureInfo.InvariantCulture, $"CASE WHEN {Where(sql, p.Condition, parameters)} THEN '{p.Number}' END"))]);
        return $"""
            INSERT INTO cost_daily (organization_id, slice_id, day, key_id, matched, billed, effective, contracted, list, consumed, line_count)
            SELECT @org, x.slice_id, x.day, x.key_id, x.matched, SUM(x.billed_cost), SUM(x.effective_cost), SUM(x.contracted_cost), SUM(x.list_cost), SUM(COALESCE(x.consumed_quantity, 0)), COUNT(*)
            FROM (SELECT l.slice_id, {sql.DayOf("l.charge_period_start")} AS day, l.key_id, {matched} AS matched, l.billed_cost, l.effective_cost, l.contracted_cost, l.list_cost, l.consumed_quantity
                  FROM cost_lines l WHERE l.organization_id = @org AND l.id >= @low AND l.id < @high AND l.slice_id IN {active}) x
            GROUP BY x.slice_id, x.day, x.key_id, x.matched
            """;
    }

    private static string Where(CostSql sql, AllocationCondition condition, List<(string Name, object? Value)> parameters)
    {
        string Parameter(string value)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"v{parameters.Count}");
            parameters.Add((name, value));
            return "@" + name;
        }

        var text = condition.Column is not { } column ? sql.JsonValue("l.extra", Parameter(condition.Name))
            : FocusSpecification.Get(column).Type switch
            {
                FocusColumnType.Decimal => sql.NumberText($"l.{CostColumns.Name(column)}"),
                FocusColumnType.DateTime => sql.TimeText($"l.{CostColumns.Name(column)}"),
                _ => $"l.{CostColumns.Name(column)}",
            };
        if (condition.Prefix is { } prefix) return sql.StartsWith(text, Parameter(prefix));
        return $"{sql.Exact($"COALESCE({text}, '')")} IN ({string.Join(", ", (condition.Values ?? []).Select(Parameter))})";
    }
}
