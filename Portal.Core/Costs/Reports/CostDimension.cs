using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Reports;

internal enum CostDimensionKind
{
    /// <summary>A column of the key.</summary>
    Key,
    Tag,
    Label,
    Workspace,
    Project,
    BusinessUnit,
    CostCenter,
}

/// <summary>
/// What costs can be grouped and filtered by: businessUnit, workspace, project, costCenter, provider, service, serviceCategory, region (RegionName, RegionId where that is null),
/// subAccount, chargeCategory, tag:KEY, label:KEY, and further key columns of FOCUS by their names (BillingAccountId, SkuId, ...) as column:NAME.
/// </summary>
internal sealed record CostDimension(string Name, CostDimensionKind Kind, FocusColumn? Column = null, string? KeyText = null)
{
    public static readonly IReadOnlyList<string> Names =
        ["businessUnit", "workspace", "project", "costCenter", "provider", "service", "serviceCategory", "region", "subAccount", "chargeCategory", "tag:KEY", "label:KEY"];

    /// <summary>Whether it is a column of the fact itself.</summary>
    public bool IsFact => Kind is CostDimensionKind.Workspace or CostDimensionKind.Project or CostDimensionKind.BusinessUnit or CostDimensionKind.CostCenter;

    /// <summary>The fact's column; of labels none.</summary>
    public string FactColumn => Kind switch
    {
        CostDimensionKind.Workspace => "workspace_id",
        CostDimensionKind.Project => "project_id",
        CostDimensionKind.BusinessUnit => "business_unit_id",
        CostDimensionKind.CostCenter => "cost_center",
        _ => throw new InvalidOperationException($"{Name} is no column of a fact."),
    };

    public static CostDimension? Find(string name) => name switch
    {
        "businessUnit" => new(name, CostDimensionKind.BusinessUnit),
        "workspace" => new(name, CostDimensionKind.Workspace),
        "project" => new(name, CostDimensionKind.Project),
        "costCenter" => new(name, CostDimensionKind.CostCenter),
        "provider" => new(name, CostDimensionKind.Key, FocusColumn.ProviderName),
        "service" => new(name, CostDimensionKind.Key, FocusColumn.ServiceName),
        "serviceCategory" => new(name, CostDimensionKind.Key, FocusColumn.ServiceCategory),
        "region" => new(name, CostDimensionKind.Key, FocusColumn.RegionName),
        "subAccount" => new(name, CostDimensionKind.Key, FocusColumn.SubAccountId),
        "chargeCategory" => new(name, CostDimensionKind.Key, FocusColumn.ChargeCategory),
        _ when name.StartsWith("tag:", StringComparison.Ordinal) && IsKeyText(name[4..]) => new(name, CostDimensionKind.Tag, FocusColumn.Tags, name[4..]),
        _ when name.StartsWith("label:", StringComparison.Ordinal) && IsKeyText(name[6..]) => new(name, CostDimensionKind.Label, null, name[6..]),
        _ when name.StartsWith("column:", StringComparison.Ordinal) && FocusSpecification.TryGetColumn(name[7..], out var column) && CostColumns.IsKey(column) => new(name, CostDimensionKind.Key, column),
        _ => null,
    };

    public static FieldError Unknown(string field, string name) => new(field, "costs.dimension.unknown",
        $"'{(name.Length > 60 ? name[..60] + "…" : name)}' is no dimension of costs. There are {string.Join(", ", Names)}, and column:NAME for further columns of FOCUS.", Args: [name]);

    /// <summary>The value on a key row of the alias k, or for labels on the aliases w (workspace) and p (project).</summary>
    public string Expression(CostSql sql, string? parameter) => Kind switch
    {
        CostDimensionKind.Tag => sql.Exact(sql.JsonValue("k.tags", parameter ?? throw new InvalidOperationException("A tag needs its key."))),
        CostDimensionKind.Label => sql.Exact($"COALESCE({sql.JsonValue("p.labels", parameter ?? throw new InvalidOperationException("A label needs its key."))}, {sql.JsonValue("w.labels", parameter)})"),
        CostDimensionKind.Key when Column == FocusColumn.RegionName => sql.Exact("COALESCE(k.region_name, k.region_id)"),
        CostDimensionKind.Key when Column is { } time && CostColumns.IsTime(time) => sql.TimeText($"k.{CostColumns.Name(time)}"),
        CostDimensionKind.Key when Column is { } column => sql.Exact($"k.{CostColumns.Name(column)}"),
        _ => throw new InvalidOperationException($"{Name} is a column of the fact."),
    };

    // U+0000 and broken characters are in no stored text, and the database refuses them as parameters.
    private static bool IsKeyText(string text) => text.Length is > 0 and <= 500 && !text.Contains('\0', StringComparison.Ordinal) && IsWhole(text);

    internal static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return false;
        }

        return true;
    }
}
