using System.Text.Json;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>A value of a dimension; <see cref="Name"/> differs from it where it is a slug.</summary>
public sealed record DimensionValue(string Value, string Name);

/// <summary>The values of a dimension that occur, for pickers, in order. For dimension "tag" or "label": the keys that there are.</summary>
/// <param name="Prefix">Only values that begin so; case counts.</param>
/// <param name="Limit">1 to 200.</param>
public sealed record ListDimensionValues(string Org, string Dimension, string? Prefix = null, int Limit = 50) : Query<IReadOnlyList<DimensionValue>>
{
    private const int MaxTagSets = 20_000;

    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Read;

    public override async Task<Result<IReadOnlyList<DimensionValue>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(Limit, 1, 200);
        var prefix = Prefix ?? "";
        if (prefix.Contains('\0', StringComparison.Ordinal) || !CostDimension.IsWhole(prefix)) return new List<DimensionValue>();
        if (Dimension is "tag") return await TagKeysAsync(scope, prefix, limit, cancellationToken);
        if (Dimension is "label") return Pick((await LabelsAsync(scope, cancellationToken)).Select(l => l.Key), prefix, limit);
        if (CostDimension.Find(Dimension) is not { } dimension) return Problem.Invalid([CostDimension.Unknown("dimension", Dimension)]);
        if (dimension.Kind == CostDimensionKind.Label) return Pick((await LabelsAsync(scope, cancellationToken)).Where(l => l.Key == dimension.KeyText).Select(l => l.Value), prefix, limit);
        return dimension.IsFact && dimension.Kind != CostDimensionKind.CostCenter ? await PlacesAsync(scope, dimension.Kind, prefix, limit, cancellationToken) : await TextsAsync(scope, dimension, prefix, limit, cancellationToken);
    }

    internal static string Statement(CostSql sql, CostDimension dimension, CostParameters parameters)
    {
        var expression = dimension.Kind == CostDimensionKind.CostCenter ? sql.Exact("k.cost_center") : dimension.Expression(sql, dimension.Kind == CostDimensionKind.Tag ? parameters.Add(dimension.KeyText) : null);
        var table = dimension.Kind == CostDimensionKind.CostCenter ? "cost_facts" : "cost_keys";
        return $"SELECT DISTINCT x.v FROM (SELECT {expression} AS v FROM {table} k WHERE k.organization_id = @org) x WHERE x.v IS NOT NULL AND {sql.StartsWith("x.v", "@prefix")} ORDER BY x.v {CostSql.First("@limit")}";
    }

    private static async Task<Result<IReadOnlyList<DimensionValue>>> TextsAsync(ReadScope scope, CostDimension dimension, string prefix, int limit, CancellationToken cancellationToken)
    {
        var db = new CostDb(scope.Db);
        var parameters = new CostParameters();
        var sql = Statement(db.Sql, dimension, parameters);
        return await db.ReadAsync(sql, r => new DimensionValue(r.GetString(0), r.GetString(0)), cancellationToken, [.. parameters.All, ("prefix", prefix), ("limit", limit)]);
    }

    private static async Task<Result<IReadOnlyList<DimensionValue>>> PlacesAsync(ReadScope scope, CostDimensionKind kind, string prefix, int limit, CancellationToken cancellationToken)
    {
        var names = await CostNames.LoadAsync(scope.Db, [kind], cancellationToken);
        return names.All(kind).Where(n => n.Slug.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) || n.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .OrderBy(n => n.Name, StringComparer.Ordinal).Take(limit).Select(n => new DimensionValue(n.Slug, n.Name)).ToList();
    }

    private static async Task<Result<IReadOnlyList<DimensionValue>>> TagKeysAsync(ReadScope scope, string prefix, int limit, CancellationToken cancellationToken)
    {
        // The newest sets of tags know the keys in use.
        var sets = await scope.Db.Set<CostKey>().OrderByDescending(k => k.Id).Select(k => EF.Property<string?>(k, "Tags")).Where(t => t != null).Take(MaxTagSets).Distinct().ToListAsync(cancellationToken);
        return Pick(sets.OfType<string>().SelectMany(Keys), prefix, limit);
    }

    private static async Task<List<KeyValuePair<string, string>>> LabelsAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var texts = await scope.Db.Set<Workspace>().Select(w => w.Labels).Union(scope.Db.Set<Project>().Select(p => p.Labels)).Take(MaxTagSets).ToListAsync(cancellationToken);
        return [.. texts.SelectMany(t => JsonSerializer.Deserialize<Dictionary<string, string>>(t, JobJson.Options) ?? [])];
    }

    private static List<string> Keys(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(p => p.Name)];
    }

    private static Result<IReadOnlyList<DimensionValue>> Pick(IEnumerable<string> values, string prefix, int limit) =>
        values.Where(v => v.StartsWith(prefix, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(limit).Select(v => new DimensionValue(v, v)).ToList();
}
