using System.Data.Common;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>Which daily rows are allocated anew.</summary>
/// <param name="ImportId">Only the slices of this import; null = all active slices.</param>
internal sealed record AllocationRange(DateOnly From, DateOnly To, Guid? ImportId = null);

/// <summary>
/// Writes the allocated roll-up from the daily one. Rules look at keys, so they are evaluated once per distinct key and not per row; rows with one target or
/// none are then written by the database itself, and only rows of splits are read, divided exactly and written. A preview runs the same code into a table of
/// its own.
/// </summary>
internal sealed class CostAllocator(CostDb db, AllocationPlaces places, AllocationTimeline timeline, LinePredicates predicates, string table = "cost_facts")
{
    private const int BatchSize = 4000;

    private static readonly string[] MapColumns =
    [
        "key_id bigint", "matched text", "from_day date", "to_day date", "kind int", "workspace_id uuid", "project_id uuid", "business_unit_id uuid", "cost_center text",
        "rule_version int", "rule_index int", "markup_percent numeric", "reason text",
    ];

    private static readonly string[] FactColumns =
    [
        "day date", "daily_id bigint", "part int", "slice_id bigint", "key_id bigint", "kind int", "workspace_id uuid", "project_id uuid", "business_unit_id uuid", "cost_center text",
        "rule_version int", "rule_index int", "markup_percent numeric", "reason text", "billed numeric", "effective numeric", "contracted numeric", "list numeric", "consumed numeric", "line_count bigint",
    ];

    private static readonly string[] SumColumns = ["billed", "effective", "contracted", "list", "consumed"];

    private static readonly string FactNames = string.Join(", ", FactColumns.Select(c => c[..c.IndexOf(' ', StringComparison.Ordinal)]));

    private readonly List<MapRow> _splits = [];

    /// <summary>Rewrites the range. The organization's cost state must be locked unless it is a preview.</summary>
    public async Task RewriteAsync(AllocationRange range, CancellationToken cancellationToken)
    {
        // A proportional split looks at what its targets got in the whole month from all imports.
        if (timeline.HasProportionalSplit) range = WholeMonths(range);
        var rows = Rows(range.ImportId);
        (string, object?)[] parameters = [("from", range.From), ("to", range.To), ("import", range.ImportId ?? Guid.Empty)];
        if (table == "cost_facts") await db.ExecuteAsync($"DELETE FROM cost_facts WHERE organization_id = @org AND day >= @from AND day < @to AND slice_id IN {Slices(range.ImportId)}", cancellationToken, parameters);
        if (timeline.Eras.All(e => e.Rules.Count == 0))
        {
            await db.ExecuteAsync($"""
                INSERT INTO {table} (organization_id, {FactNames})
                SELECT @org, d.day, d.id, 0, d.slice_id, d.key_id, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'noRule', d.billed, d.effective, d.contracted, d.list, d.consumed, d.line_count
                FROM cost_daily d WHERE {rows}
                """, cancellationToken, parameters);
            return;
        }

        var keys = await db.ReadAsync($"SELECT DISTINCT d.key_id, d.matched FROM cost_daily d WHERE {rows}", r => (Key: r.GetInt64(0), Matched: r.GetString(1)), cancellationToken, parameters);
        keys.Sort((a, b) => a.Key.CompareTo(b.Key));
        foreach (var batch in keys.Chunk(BatchSize))
        {
            var map = await AssignAsync(batch, range, cancellationToken);
            _splits.AddRange(map.Where(m => m.Kind == CostFactKind.Split));
            var direct = map.Where(m => m.Kind != CostFactKind.Split).ToList();
            if (direct.Count == 0) continue;
            await db.ExecuteAsync($"""
                INSERT INTO {table} (organization_id, {FactNames})
                SELECT @org, d.day, d.id, 0, d.slice_id, d.key_id, m.kind, m.workspace_id, m.project_id, m.business_unit_id, m.cost_center, m.rule_version, m.rule_index, m.markup_percent, m.reason,
                       d.billed, d.effective, d.contracted, d.list, d.consumed, d.line_count
                FROM {db.Sql.Rows("@map", "m", MapColumns)}
                JOIN cost_daily d ON d.key_id = m.key_id AND d.matched = m.matched AND d.day >= m.from_day AND d.day < m.to_day
                WHERE {rows}
                """, cancellationToken, [.. parameters, ("map", ToJson(direct))]);
        }

        if (_splits.Count > 0) await SplitAsync(range, rows, parameters, cancellationToken);
    }

    private static AllocationRange WholeMonths(AllocationRange range) => new(
        range.From == DateOnly.MinValue ? range.From : new DateOnly(range.From.Year, range.From.Month, 1),
        range.To >= new DateOnly(9999, 12, 1) ? DateOnly.MaxValue : range.To.Day == 1 ? range.To : new DateOnly(range.To.Year, range.To.Month, 1).AddMonths(1));

    private string Slices(Guid? import) =>
        $"(SELECT s.id FROM cost_slices s WHERE s.organization_id = @org AND s.is_active = {db.Sql.True}{(import is null ? "" : " AND s.import_id = @import")})";

    private string Rows(Guid? import) => $"d.organization_id = @org AND d.day >= @from AND d.day < @to AND d.slice_id IN {Slices(import)}";

    /// <summary>Says for each key, from which day to which, where it goes.</summary>
    private async Task<List<MapRow>> AssignAsync((long Key, string Matched)[] keys, AllocationRange range, CancellationToken cancellationToken)
    {
        var columns = timeline.Eras.SelectMany(e => e.Rules).SelectMany(r => r.Conditions).Where(c => !c.IsLine).Select(c => c.Column ?? FocusColumn.Tags).Distinct().ToArray();
        var values = new Dictionary<long, AllocationKey>();
        if (columns.Length > 0)
        {
            var select = string.Join(", ", columns.Select(c => CostColumns.IsTime(c) ? db.Sql.TimeText($"k.{CostColumns.Name(c)}") : $"k.{CostColumns.Name(c)}"));
            foreach (var key in await db.ReadAsync(
                $"SELECT k.id, {select} FROM {db.Sql.Rows("@ids", "n", "id bigint")} JOIN cost_keys k ON k.id = n.id WHERE k.organization_id = @org",
                r => new AllocationKey(r.GetInt64(0), columns, r), cancellationToken, ("ids", JsonSerializer.Serialize(keys.Select(k => k.Key).Distinct().Select(k => new { id = k })))))
                values[key.Id] = key;
        }

        var result = new List<MapRow>(keys.Length);
        foreach (var (id, matched) in keys)
        {
            var lines = matched.Length == 0 ? [] : matched.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToHashSet();
            var key = values.GetValueOrDefault(id);
            foreach (var era in timeline.Eras)
            {
                var (from, to) = (Max(era.From, range.From), Min(era.To, range.To));
                if (from >= to) continue;
                var index = IndexOfMatch(era.Rules, key, lines);
                Assign(result, new MapRow(id, matched, from, to, CostFactKind.Unallocated, null, null, null, null, era.Version == 0 ? null : era.Version, index, null, "noRule"), index is { } i ? era.Rules[i] : null);
            }
        }

        return result;
    }

    private void Assign(List<MapRow> result, MapRow row, AllocationRule? rule)
    {
        if (rule is null)
        {
            result.Add(row with { RuleVersion = null });
            return;
        }

        row = row with { MarkupPercent = rule.MarkupPercent, Reason = null };
        if (rule.Target is not { } target)
        {
            result.Add(row with { Kind = CostFactKind.Split, Rule = rule });
            return;
        }

        foreach (var place in places.Timeline(target))
        {
            var (from, to) = (Max(row.From, place.From), Min(row.To, place.To));
            if (from >= to) continue;
            result.Add(row with
            {
                From = from, To = to, Kind = CostFactKind.Direct,
                WorkspaceId = place.WorkspaceId, ProjectId = place.ProjectId, BusinessUnitId = place.BusinessUnitId, CostCenter = place.CostCenter,
            });
        }
    }

    private int? IndexOfMatch(IReadOnlyList<AllocationRule> rules, AllocationKey? key, IReadOnlyCollection<int> lines)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].Conditions.All(c => c.IsLine ? lines.Contains(predicates.NumberOf(c)) : c.Holds(key?.Value(c)))) return i;
        }

        return null;
    }

    private async Task SplitAsync(AllocationRange range, string rows, (string, object?)[] parameters, CancellationToken cancellationToken)
    {
        var shares = new SplitShares(timeline.HasProportionalSplit ? await BasesAsync(range, cancellationToken) : []);
        foreach (var batch in _splits.Chunk(BatchSize))
        {
            var map = ToJson(batch);
            var rules = batch.GroupBy(b => (b.RuleVersion, b.RuleIndex)).ToDictionary(g => g.Key, g => g.First().Rule ?? throw new InvalidOperationException("A split without its rule."));
            long last = 0;
            while (true)
            {
                var page = await db.ReadAsync($"""
                    SELECT d.id, d.day, d.slice_id, d.key_id, k.billing_currency, d.line_count, {db.Sql.NumberText("d.billed")}, {db.Sql.NumberText("d.effective")}, {db.Sql.NumberText("d.contracted")}, {db.Sql.NumberText("d.list")},
                           {db.Sql.NumberText("d.consumed")}, m.rule_version, m.rule_index
                    FROM {db.Sql.Rows("@map", "m", MapColumns)}
                    JOIN cost_daily d ON d.key_id = m.key_id AND d.matched = m.matched AND d.day >= m.from_day AND d.day < m.to_day
                    JOIN cost_keys k ON k.organization_id = @org AND k.id = d.key_id
                    WHERE {rows} AND d.id > @last ORDER BY d.id {CostSql.First("@limit")}
                    """, SplitDay.Read, cancellationToken, [.. parameters, ("map", map), ("last", last), ("limit", BatchSize)]);
                if (page.Count == 0) break;
                last = page[^1].Id;
                var facts = new List<FactRow>();
                foreach (var day in page) SplitOne(facts, day, rules[(day.RuleVersion, day.RuleIndex)], shares);
                foreach (var part in facts.Chunk(BatchSize))
                {
                    await db.ExecuteAsync($"INSERT INTO {table} (organization_id, {FactNames}) SELECT @org, {FactNames} FROM {db.Sql.Rows("@facts", "n", FactColumns)}", cancellationToken,
                        ("facts", JsonSerializer.Serialize(part, FactJson)));
                }

                if (page.Count < BatchSize) break;
            }
        }
    }

    /// <summary>The parts of one daily row; together they are it.</summary>
    private void SplitOne(List<FactRow> facts, SplitDay day, AllocationRule rule, SplitShares shares)
    {
        var split = rule.Split ?? throw new InvalidOperationException("The rule has no split.");
        var parts = new BigInteger[split.Targets.Count, 4];
        var left = new BigInteger[4];
        string? reason = null;
        for (var metric = 0; metric < 4; metric++)
        {
            var (weights, problem) = shares.Of(split, day.Day, day.Currency, metric);
            if (weights is null)
            {
                left[metric] = day.Amounts[metric];
                if (reason is null || !left[metric].IsZero) reason = problem;
                continue;
            }

            var divided = LargestRemainder.Divide(day.Amounts[metric], weights);
            for (var t = 0; t < divided.Length; t++) parts[t, metric] = divided[t];
        }

        var number = 0;
        var lines = day.LineCount;
        void Add(short kind, AllocationPlace place, string? why, BigInteger consumed, Func<int, BigInteger> amount)
        {
            facts.Add(new FactRow(day.Day, day.Id, number++, day.SliceId, day.KeyId, kind, place.WorkspaceId, place.ProjectId, place.BusinessUnitId, place.CostCenter, day.RuleVersion, day.RuleIndex,
                kind == CostFactKind.Split ? rule.MarkupPercent : null, why, Text(amount(0)), Text(amount(1)), Text(amount(2)), Text(amount(3)), Text(consumed), lines));
            lines = 0;
        }

        for (var t = 0; t < split.Targets.Count; t++)
        {
            var at = t;
            if (Enumerable.Range(0, 4).Any(m => !parts[at, m].IsZero)) Add(CostFactKind.Split, PlaceOf(split.Targets[t], day.Day), null, BigInteger.Zero, m => parts[at, m]);
        }

        if (left.Any(l => !l.IsZero) || (number == 0 && reason is not null)) Add(CostFactKind.Unallocated, default, reason, number == 0 ? day.Consumed : BigInteger.Zero, m => left[m]);
        if (number == 0) Add(CostFactKind.Split, PlaceOf(split.Targets[0], day.Day), null, BigInteger.Zero, _ => BigInteger.Zero);
    }

    private AllocationPlace PlaceOf(AllocationTarget target, DateOnly day) => places.Timeline(target).First(p => day >= p.From && day < p.To);

    /// <summary>What each place was allocated directly in each month.</summary>
    private Task<List<SplitBase>> BasesAsync(AllocationRange range, CancellationToken cancellationToken) => db.ReadAsync($"""
        SELECT x.month, k.billing_currency, x.workspace_id, x.project_id, x.business_unit_id, x.cost_center,
               {string.Join(", ", SumColumns.Select(c => db.Sql.NumberText($"SUM(x.{c})")))}
        FROM (SELECT {db.Sql.PeriodStart(CostGranularity.Month, "f.day", 1)} AS month, f.key_id, f.workspace_id, f.project_id, f.business_unit_id, f.cost_center, f.billed, f.effective, f.contracted, f.list, f.consumed
              FROM {table} f WHERE f.organization_id = @org AND f.kind = 1 AND f.day >= @from AND f.day < @to) x
        JOIN cost_keys k ON k.organization_id = @org AND k.id = x.key_id
        GROUP BY x.month, k.billing_currency, x.workspace_id, x.project_id, x.business_unit_id, x.cost_center
        """, SplitBase.Read, cancellationToken, ("from", range.From), ("to", range.To));

    private static string Text(BigInteger atto) => WideAmount.FromAtto(atto).ToString();

    private static DateOnly Max(DateOnly a, DateOnly b) => a > b ? a : b;

    private static DateOnly Min(DateOnly a, DateOnly b) => a < b ? a : b;

    private static readonly JsonSerializerOptions FactJson = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private static string ToJson(IEnumerable<MapRow> rows) => JsonSerializer.Serialize(
        rows.Select(r => new { key_id = r.KeyId, matched = r.Matched, from_day = r.From, to_day = r.To, kind = r.Kind, workspace_id = r.WorkspaceId, project_id = r.ProjectId, business_unit_id = r.BusinessUnitId, cost_center = r.CostCenter, rule_version = r.RuleVersion, rule_index = r.RuleIndex, markup_percent = r.MarkupPercent, reason = r.Reason }), FactJson);

    private sealed record MapRow(
        long KeyId, string Matched, DateOnly From, DateOnly To, short Kind, Guid? WorkspaceId, Guid? ProjectId, Guid? BusinessUnitId, string? CostCenter, int? RuleVersion, int? RuleIndex,
        decimal? MarkupPercent, string? Reason)
    {
        public AllocationRule? Rule { get; init; }
    }

    private sealed record FactRow(
        DateOnly Day, long DailyId, int Part, long SliceId, long KeyId, short Kind, Guid? WorkspaceId, Guid? ProjectId, Guid? BusinessUnitId, string? CostCenter, int? RuleVersion, int? RuleIndex,
        decimal? MarkupPercent, string? Reason, string Billed, string Effective, string Contracted, string List, string Consumed, long LineCount);

    private sealed record SplitDay(long Id, DateOnly Day, long SliceId, long KeyId, string Currency, long LineCount, BigInteger[] Amounts, BigInteger Consumed, int? RuleVersion, int? RuleIndex)
    {
        public static SplitDay Read(DbDataReader r) => new(
            r.GetInt64(0), r.Day(1), r.GetInt64(2), r.GetInt64(3), r.GetString(4), r.GetInt64(5), [.. Enumerable.Range(6, 4).Select(i => WideAmount.Parse(r.GetString(i)).Atto)],
            WideAmount.Parse(r.GetString(10)).Atto, r.GetInt32(11), r.GetInt32(12));
    }
}
