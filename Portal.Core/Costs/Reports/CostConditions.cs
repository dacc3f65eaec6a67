using System.Globalization;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>The checked filters of a report as conditions on the facts (alias f).</summary>
internal sealed class CostConditions
{
    private CostConditions(IReadOnlyList<(CostDimension Dimension, IReadOnlyList<string> Values)> all) => All = all;

    public IReadOnlyList<(CostDimension Dimension, IReadOnlyList<string> Values)> All { get; }

    public static Result<CostConditions> Read(IReadOnlyList<string>? where)
    {
        var errors = new List<FieldError>();
        var found = new List<(CostDimension Dimension, string Value)>();
        foreach (var (text, i) in (where ?? []).Select((t, i) => (t, i)))
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"where[{i}]");
            // A tag's key may hold '=': the first one behind which a dimension is complete ends the name.
            var equal = text.IndexOf('=', StringComparison.Ordinal);
            if (equal <= 0) errors.Add(new FieldError(field, "costs.where.form", $"{field} is not of the form dimension=value."));
            else if (CostDimension.Find(text[..equal]) is not { } dimension) errors.Add(CostDimension.Unknown(field, text[..equal]));
            else if (text.Contains('\0', StringComparison.Ordinal) || !CostDimension.IsWhole(text)) errors.Add(new FieldError(field, "costs.where.value", $"{field} holds a character that no bill can hold."));
            else found.Add((dimension, text[(equal + 1)..]));
        }

        if (found.Count > 100) errors.Add(new FieldError("where", "costs.where.tooMany", "At most 100 filters fit."));
        return errors.Count > 0 ? Problem.Invalid(errors) : new CostConditions([.. found.GroupBy(f => f.Dimension).Select(g => (g.Key, (IReadOnlyList<string>)[.. g.Select(v => v.Value).Distinct(StringComparer.Ordinal)]))]);
    }

    /// <summary>The conditions in SQL, each beginning with AND.</summary>
    /// <param name="ids">Slug (or id) to id of workspaces, projects and business units.</param>
    public string OnFacts(CostSql sql, CostParameters parameters, Func<CostDimensionKind, string, Guid?> ids)
    {
        var result = "";
        foreach (var (dimension, values) in All.Where(a => a.Dimension.IsFact))
        {
            var column = $"f.{dimension.FactColumn}";
            var alternatives = values.Select(v =>
                v.Length == 0 ? $"{column} IS NULL"
                : dimension.Kind == CostDimensionKind.CostCenter ? $"{sql.Exact(column)} = {parameters.Add(v)}"
                : ids(dimension.Kind, v) is { } id ? $"{column} = {parameters.Add(id)}"
                : "1 = 0");
            result += $" AND ({string.Join(" OR ", alternatives)})";
        }

        if (OnKeys(sql, parameters) is { Length: > 0 } keys) result += $" AND f.key_id IN (SELECT k.id FROM cost_keys k WHERE k.organization_id = @org{keys})";
        foreach (var (dimension, values) in All.Where(a => a.Dimension.Kind == CostDimensionKind.Label))
        {
            var key = parameters.Add(dimension.KeyText);
            // Only workspaces and projects with the label are named, so that facts stay the only large table.
            var value = dimension.Expression(sql, key);
            result += $" AND EXISTS (SELECT 1 FROM (SELECT 1 AS one) o LEFT JOIN workspaces w ON w.organization_id = @org AND w.id = f.workspace_id LEFT JOIN projects p ON p.organization_id = @org AND p.id = f.project_id WHERE {Alternatives(value, values, parameters)})";
        }

        return result;
    }

    /// <summary>The conditions on keys (alias k) alone, each beginning with AND; empty for none.</summary>
    public string OnKeys(CostSql sql, CostParameters parameters)
    {
        var result = "";
        foreach (var (dimension, values) in All.Where(a => a.Dimension.Kind is CostDimensionKind.Key or CostDimensionKind.Tag))
            result += $" AND {Alternatives(dimension.Expression(sql, dimension.Kind == CostDimensionKind.Tag ? parameters.Add(dimension.KeyText) : null), values, parameters)}";
        return result;
    }

    private static string Alternatives(string expression, IReadOnlyList<string> values, CostParameters parameters) =>
        $"({string.Join(" OR ", values.Select(v => v.Length == 0 ? $"{expression} IS NULL" : $"{expression} = {parameters.Add(v)}"))})";
}

/// <summary>The parameters of a statement that is put together, by number.</summary>
internal sealed class CostParameters
{
    private readonly List<(string Name, object? Value)> _all = [];

    public (string Name, object? Value)[] All => [.. _all];

    /// <returns>The parameter as it is written in SQL.</returns>
    public string Add(object? value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"p{_all.Count}");
        _all.Add((name, value));
        return "@" + name;
    }
}
