using System.Globalization;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>One condition as typed: a column or <c>tag:KEY</c>, and values by line, or a prefix.</summary>
public sealed class ConditionModel
{
    public string? Column { get; set; } = "ServiceName";

    public bool IsPrefix { get; set; }

    /// <summary>One value a line; any of them matches.</summary>
    public string? Values { get; set; }
}

/// <summary>One target as typed.</summary>
public sealed class TargetModel
{
    /// <summary>"workspace", "project", "businessUnit" or "costCenter".</summary>
    public string? Kind { get; set; } = "workspace";

    public string? Key { get; set; }

    /// <summary>Percent of a fixed split.</summary>
    public string? Weight { get; set; }
}

/// <summary>One rule as typed.</summary>
public sealed class RuleModel
{
    /// <summary>For the page: the rule keeps its fields when it moves.</summary>
    public Guid Id { get; } = Ids.New();

    public string? Name { get; set; }

    public List<ConditionModel> Conditions { get; } = [];

    /// <summary>"target", "even", "fixed" or "proportional".</summary>
    public string? Way { get; set; } = "target";

    /// <summary>"cost" or "usage".</summary>
    public string? Basis { get; set; } = "cost";

    public List<TargetModel> Targets { get; } = [];

    public string? Markup { get; set; }

    public static RuleModel Of(AllocationRuleInput rule)
    {
        var model = new RuleModel { Name = rule.Name, Way = rule.Split?.Kind ?? "target", Basis = rule.Split?.Basis ?? "cost", Markup = rule.MarkupPercent?.ToString("0.######", CultureInfo.InvariantCulture) };
        foreach (var (column, value) in rule.Match ?? new Dictionary<string, JsonElement>())
        {
            model.Conditions.Add(value.ValueKind switch
            {
                JsonValueKind.Object => new ConditionModel { Column = column, IsPrefix = true, Values = value.TryGetProperty("prefix", out var prefix) ? prefix.GetString() : "" },
                JsonValueKind.Array => new ConditionModel { Column = column, Values = string.Join('\n', value.EnumerateArray().Select(v => v.GetString())) },
                _ => new ConditionModel { Column = column, Values = value.GetString() },
            });
        }

        if (rule.Target is { } target) model.Targets.Add(Of(target, null));
        var weights = rule.Split?.Weights;
        foreach (var (part, i) in (rule.Split?.Targets ?? []).Select((t, i) => (t, i))) model.Targets.Add(Of(part, weights is not null && i < weights.Count ? weights[i] : null));
        return model;
    }

    /// <param name="index">The rule's place in the list, for the fields of errors.</param>
    public AllocationRuleInput Read(int index, List<FieldError> errors)
    {
        var field = string.Create(CultureInfo.InvariantCulture, $"rules[{index}]");
        var match = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var condition in Conditions)
        {
            var column = (condition.Column ?? "").Trim();
            var values = (condition.Values ?? "").Split('\n').Select(v => v.Trim('\r')).ToList();
            object value = condition.IsPrefix ? new { prefix = values[0] } : values.Count == 1 ? values[0] : values;
            if (!match.TryAdd(column, JsonSerializer.SerializeToElement(value))) errors.Add(new FieldError($"{field}.match", "allocation.match.twice", $"{column} stands twice: put its values into one condition.", Args: [column]));
        }

        var markup = Number(Markup, $"{field}.markupPercent", errors);
        if (Way == "target") return new AllocationRuleInput(Name, match, Targets.Count > 0 ? Input(Targets[0]) : null, null, markup);
        var weights = Way == "fixed" ? Targets.Select(t => Number(t.Weight, $"{field}.split.weights", errors) ?? 0).ToList() : null;
        return new AllocationRuleInput(Name, match, null, new AllocationSplitInput(Way, [.. Targets.Select(Input)], weights, Way == "proportional" ? Basis : null), markup);
    }

    private static decimal? Number(string? text, string field, List<FieldError> errors)
    {
        var plain = (text ?? "").Normalize(NormalizationForm.FormKC).Replace("\u2212", "-", StringComparison.Ordinal).Trim().TrimEnd('%');
        if (plain.Length == 0) return null;
        if (decimal.TryParse(plain, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        errors.Add(new FieldError(field, "number.unreadable", $"{field} is not a number."));
        return null;
    }

    private static TargetModel Of(AllocationTargetInput target, decimal? weight)
    {
        var (kind, key) = target switch
        {
            { Workspace: { } workspace } => ("workspace", workspace),
            { Project: { } project } => ("project", project),
            { BusinessUnit: { } unit } => ("businessUnit", unit),
            _ => ("costCenter", target.CostCenter),
        };
        return new TargetModel { Kind = kind, Key = key, Weight = weight?.ToString("0.######", CultureInfo.InvariantCulture) };
    }

    private static AllocationTargetInput Input(TargetModel target) => target.Kind switch
    {
        "project" => new AllocationTargetInput(Project: target.Key),
        "businessUnit" => new AllocationTargetInput(BusinessUnit: target.Key),
        "costCenter" => new AllocationTargetInput(CostCenter: target.Key),
        _ => new AllocationTargetInput(Workspace: target.Key),
    };
}
