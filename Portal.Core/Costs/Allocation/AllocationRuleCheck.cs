using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>What rules may name: the organization's workspaces, projects and business units.</summary>
internal interface IAllocationTargets
{
    AllocationTarget? Find(AllocationTargetKind kind, string key);
}

/// <summary>Turns rules as sent into rules, or says field by field (<c>rules[2].split.weights</c>) what is wrong.</summary>
internal sealed class AllocationRuleCheck(IAllocationTargets targets)
{
    public const int MaxRules = 1000;
    private const int MaxConditions = 50;
    private const int MaxValues = 1000;
    private const int MaxTargets = 200;
    private const int MaxValueLength = 2000;

    private readonly List<FieldError> _errors = [];

    public Result<IReadOnlyList<AllocationRule>> Check(IReadOnlyList<AllocationRuleInput>? input)
    {
        if (input is null) return Problem.Invalid("rules", "allocation.rules.missing", "rules is missing: send a list, empty to leave everything unallocated.");
        if (input.Count > MaxRules) return Problem.Invalid("rules", "allocation.rules.tooMany", $"{input.Count} rules were sent; at most {MaxRules} fit.", input.Count, MaxRules);
        var rules = new List<AllocationRule>();
        for (var i = 0; i < input.Count && _errors.Count < 100; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"rules[{i}]");
            if (input[i] is not { } rule) Fail(at, "allocation.rule.missing", $"{at} is null: send a rule or leave it out.");
            else if (Rule(at, rule) is { } made) rules.Add(made);
        }

        return _errors.Count > 0 ? Problem.Invalid(_errors) : rules;
    }

    private AllocationRule? Rule(string at, AllocationRuleInput input)
    {
        var before = _errors.Count;
        if (TextRule.Check($"{at}.name", input.Name, 200, out var name) is { } nameError) _errors.Add(nameError);
        var conditions = Conditions($"{at}.match", input.Match);
        AllocationTarget? target = null;
        AllocationSplit? split = null;
        if (input.Target is null == input.Split is null) Fail(at, "allocation.rule.destination", $"{at} needs exactly one of target and split.");
        else if (input.Target is { } one) target = Target($"{at}.target", one);
        else if (input.Split is { } several) split = Split($"{at}.split", several);
        if (input.MarkupPercent is < -100 or > 1000) Fail($"{at}.markupPercent", "allocation.markup.range", $"{at}.markupPercent is outside -100 to 1000.");
        else if (input.MarkupPercent is { } markup && decimal.Round(markup, 6) != markup) Fail($"{at}.markupPercent", "allocation.markup.decimals", $"{at}.markupPercent has more than 6 decimals.");
        return _errors.Count > before ? null : new AllocationRule(name, conditions, target, split, input.MarkupPercent);
    }

    private List<AllocationCondition> Conditions(string at, IReadOnlyDictionary<string, JsonElement>? match)
    {
        var conditions = new List<AllocationCondition>();
        if (match is null) Fail(at, "allocation.match.missing", $"{at} is missing: name columns or tags and their values; an empty object matches every line.");
        else if (match.Count > MaxConditions) Fail(at, "allocation.match.tooMany", $"{at} has {match.Count} conditions; at most {MaxConditions} fit.");
        else
        {
            foreach (var (name, value) in match)
            {
                if (Condition($"{at}.{name}", name, value) is { } condition) conditions.Add(condition);
            }
        }

        return conditions;
    }

    private AllocationCondition? Condition(string at, string name, JsonElement value)
    {
        FocusColumn? column = null;
        string? tag = null;
        if (name.StartsWith("tag:", StringComparison.Ordinal) && name.Length is > 4 and < 500) tag = name[4..];
        else if (FocusSpecification.TryGetColumn(name, out var exact) || FocusSpecification.TryGetColumnBySpelling(name, out exact)) column = exact;
        else if (!name.StartsWith("x_", StringComparison.Ordinal) || name.Length is < 3 or > 300)
        {
            Fail(at, "allocation.match.column", $"'{Shown(name)}' is no FOCUS column, no x_ column and no tag:KEY. Correct the name.");
            return null;
        }

        var (values, prefix) = Operand(at, value);
        if (values is null && prefix is null) return null;
        if (prefix is not null && column is { } number && FocusSpecification.Get(number).Type == FocusColumnType.Decimal)
        {
            Fail(at, "allocation.match.prefix", $"{column} is a number; a prefix needs a text column.");
            return null;
        }

        return new AllocationCondition(column?.ToString() ?? name, column, tag, column is { } c && values is not null ? Canonical(at, c, values) : values, prefix);
    }

    /// <summary>Numbers and dates compare in one writing.</summary>
    private List<string> Canonical(string at, FocusColumn column, IReadOnlyList<string> values)
    {
        var result = new List<string>();
        foreach (var value in values)
        {
            var type = FocusSpecification.Get(column).Type;
            if (value.Length == 0 || type is not (FocusColumnType.Decimal or FocusColumnType.DateTime)) result.Add(value);
            else if (type == FocusColumnType.Decimal && Amount.TryParse(value, out var amount)) result.Add(amount.ToString());
            else if (type == FocusColumnType.DateTime && DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                result.Add(time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            else Fail(at, "allocation.match.value", $"'{Shown(value)}' is no value that {column} can have.");
        }

        return result;
    }

    private (IReadOnlyList<string>? Values, string? Prefix) Operand(string at, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String when Text(at, value) is { } one:
                return ([one], null);
            case JsonValueKind.Array when value.GetArrayLength() is > 0 and <= MaxValues && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String):
                var list = value.EnumerateArray().Select(v => Text(at, v)).OfType<string>().ToList();
                return list.Count == value.GetArrayLength() ? (list, null) : (null, null);
            case JsonValueKind.Object when value.EnumerateObject().Count() == 1 && value.TryGetProperty("prefix", out var prefix) && prefix.ValueKind == JsonValueKind.String && prefix.GetString() is { Length: > 0 }:
                return (null, Text(at, prefix));
            case JsonValueKind.String:
                return (null, null);
            default:
                Fail(at, "allocation.match.value", $"{at} is a string, a list of 1 to {MaxValues} strings, or {{\"prefix\": \"...\"}} with a prefix that is not empty.");
                return (null, null);
        }
    }

    private string? Text(string at, JsonElement value)
    {
        try
        {
            var text = value.GetString() ?? "";
            if (text.Length <= MaxValueLength && !text.Contains('\0', StringComparison.Ordinal)) return text;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
        }

        Fail(at, "allocation.match.value", $"{at} holds a value that no bill can hold: at most {MaxValueLength} characters, no U+0000, whole characters.");
        return null;
    }

    private AllocationTarget? Target(string at, AllocationTargetInput input)
    {
        (AllocationTargetKind Kind, string? Key, string Name)[] named =
        [
            (AllocationTargetKind.Workspace, input.Workspace, "workspace"), (AllocationTargetKind.Project, input.Project, "project"),
            (AllocationTargetKind.BusinessUnit, input.BusinessUnit, "businessUnit"), (AllocationTargetKind.CostCenter, input.CostCenter, "costCenter"),
        ];
        var given = named.Where(n => n.Key is not null).ToList();
        if (given is not [{ Key: { } key } only])
        {
            Fail(at, "allocation.target.one", $"{at} needs exactly one of workspace, project, businessUnit and costCenter.");
            return null;
        }

        if (only.Kind == AllocationTargetKind.CostCenter)
        {
            if (TextRule.Check($"{at}.costCenter", key, 80, out var clean) is not { } error) return new AllocationTarget(only.Kind, clean, null);
            _errors.Add(error);
            return null;
        }

        var found = targets.Find(only.Kind, key);
        if (found is null) Fail($"{at}.{only.Name}", "allocation.target.notFound", $"There is no {only.Name} '{Shown(key)}' in this organization.");
        return found;
    }

    private AllocationSplit? Split(string at, AllocationSplitInput input)
    {
        var before = _errors.Count;
        AllocationSplitKind? kind = input.Kind switch
        {
            "even" => AllocationSplitKind.Even,
            "fixed" => AllocationSplitKind.Fixed,
            "proportional" => AllocationSplitKind.Proportional,
            _ => null,
        };
        if (kind is null) Fail($"{at}.kind", "allocation.split.kind", $"{at}.kind is even, fixed or proportional.");
        if (input.Basis is not (null or "cost" or "usage")) Fail($"{at}.basis", "allocation.split.basis", $"{at}.basis is cost or usage.");
        else if (input.Basis is not null && kind is not AllocationSplitKind.Proportional) Fail($"{at}.basis", "allocation.split.basis", $"{at}.basis belongs to proportional splits only.");
        var count = input.Targets?.Count ?? 0;
        if (count is 0 or > MaxTargets)
        {
            Fail($"{at}.targets", "allocation.split.targets", $"{at}.targets needs 1 to {MaxTargets} targets.");
            return null;
        }

        var found = new List<(AllocationTarget Target, decimal Weight)>();
        for (var i = 0; i < count; i++)
        {
            var here = string.Create(CultureInfo.InvariantCulture, $"{at}.targets[{i}]");
            if (input.Targets?[i] is not { } one) Fail(here, "allocation.target.one", $"{here} is null.");
            else if (Target(here, one) is { } target)
            {
                if (found.Any(f => f.Target.Kind == target.Kind && f.Target.Key == target.Key)) Fail(here, "allocation.split.twice", $"{here} is named twice.");
                found.Add((target, input.Weights is { } w && i < w.Count ? w[i] : 1));
            }
        }

        Weights(at, kind, input.Weights, count);
        if (_errors.Count > before || kind is not { } known) return null;
        var ordered = found.OrderBy(f => f.Target.Key, StringComparer.Ordinal).ThenBy(f => f.Target.Kind).ToList();
        return new AllocationSplit(known, [.. ordered.Select(f => f.Target)], [.. ordered.Select(f => f.Weight)], input.Basis == "usage");
    }

    private void Weights(string at, AllocationSplitKind? kind, IReadOnlyList<decimal>? weights, int count)
    {
        if (kind is AllocationSplitKind.Even or AllocationSplitKind.Proportional)
        {
            if (weights is not null) Fail($"{at}.weights", "allocation.split.weights", $"{at}.weights belongs to fixed splits only.");
        }
        else if (kind == AllocationSplitKind.Fixed)
        {
            if (weights?.Count != count) Fail($"{at}.weights", "allocation.split.weights", $"{at}.weights needs one percent per target.");
            else if (weights.Any(w => w is < 0 or > 100)) Fail($"{at}.weights", "allocation.split.weights", $"{at}.weights are percents from 0 to 100.");
            else if (weights.Sum() != 100) Fail($"{at}.weights", "allocation.split.weights", string.Create(CultureInfo.InvariantCulture, $"{at}.weights sum to {weights.Sum()}, not to 100."), weights.Sum());
        }
    }

    private void Fail(string field, string code, string message, params object?[] args) => _errors.Add(new FieldError(field, code, message, Args: args));

    private static string Shown(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
