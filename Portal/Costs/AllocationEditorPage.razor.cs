using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Shell;
using Hexabase.Portal.Workspaces;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Costs;

/// <summary>A new version of the allocation rules, begun from the newest one, shown with its effect before it is saved.</summary>
public sealed partial class AllocationEditorPage
{
    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    private static readonly string[] Columns =
        ["ServiceName", "ServiceCategory", "ProviderName", "SubAccountId", "SubAccountName", "BillingAccountId", "RegionId", "RegionName", "ChargeCategory", "ResourceId", "ResourceName", "ResourceType", "SkuId", "tag:"];

    private readonly List<RuleModel> _rules = [];
    private Dictionary<string, List<DimensionValue>> _targets = [];
    private AllocationPreview? _preview;
    private Problem? _refused;
    private DateOnly? _effectiveFrom;
    private string? _jsonError;
    private string _json = "";
    private bool _asJson;
    private bool _busy;
    private bool _ready;
    private int? _from;

    /// <summary>A first condition to begin with: "ServiceName=Amazon S3".</summary>
    [SupplyParameterFromQuery(Name = "match")] public string[]? MatchText { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    private IReadOnlyList<FieldProblem> FieldLinks => [.. (_refused?.Errors ?? []).Select(e => new FieldProblem(Link(e.Field), $"{e.Field}: {T.Problem(e)}"))];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        // What is being typed is never loaded over.
        if (_ready || Tenant is null) return;
        var org = Org ?? "";
        if (await AskAsync(new ListAllocationRuleSets(org, new PageRequest(1))) is not { } newest) return;
        if (newest.Items is [var set])
        {
            _from = set.Version;
            _rules.AddRange(set.Rules.Select(RuleModel.Of));
        }

        _effectiveFrom = UtcRange.Month(DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime)).From;
        _targets = new Dictionary<string, List<DimensionValue>>
        {
            ["workspace"] = [.. ((await AskAsync(new ListWorkspaces(org, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(w => new DimensionValue(w.Slug, w.Name))],
            ["businessUnit"] = [.. ((await AskAsync(new ListBusinessUnits(org, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(u => new DimensionValue(u.Slug, u.Name))],
            ["project"] = [.. await AskAsync(new ListDimensionValues(org, "project", null, 200)) ?? []],
            ["costCenter"] = [.. await AskAsync(new ListDimensionValues(org, "costCenter", null, 200)) ?? []],
        };
        if (MatchText is { Length: > 0 }) AddRule(MatchText);
        _ready = true;
    }

    private void AddRule(string[]? match)
    {
        var rule = new RuleModel { Name = match is null ? "" : T["allocation.ruleFor", match[0].Split('=')[^1]] };
        foreach (var condition in match ?? ["ServiceName="])
            if (CostDimensions.Split(condition) is { } parts) rule.Conditions.Add(new ConditionModel { Column = parts.Dimension, Values = parts.Value });
        rule.Targets.Add(new TargetModel());
        _rules.Add(rule);
    }

    private void Move(int index, int by) => (_rules[index], _rules[index + by]) = (_rules[index + by], _rules[index]);

    private AllocationRulesInput? Read()
    {
        (_refused, _jsonError) = (null, null);
        if (_asJson && !ReadJson()) return null;
        var errors = new List<FieldError>();
        var input = new AllocationRulesInput(_effectiveFrom, [.. _rules.Select((r, i) => r.Read(i, errors))]);
        if (errors.Count == 0) return input;
        _refused = Problem.Invalid(errors);
        return null;
    }

    private bool ReadJson()
    {
        try
        {
            var rules = JsonSerializer.Deserialize<List<AllocationRuleInput>>(_json, ApiJson.Options) ?? [];
            _rules.Clear();
            _rules.AddRange(rules.Select(RuleModel.Of));
            return true;
        }
        catch (JsonException e)
        {
            _jsonError = T["allocation.jsonBroken", (e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1];
            return false;
        }
    }

    private void SwitchAsync(bool toJson)
    {
        if (toJson)
        {
            var errors = new List<FieldError>();
            _json = JsonSerializer.Serialize(_rules.Select((r, i) => r.Read(i, errors)), Indented);
        }
        else if (!ReadJson())
        {
            return;
        }

        _asJson = toJson;
    }

    private Task PreviewAsync() => BusyAsync(async input =>
    {
        var result = await Portal.AskAsync(Actor, new PreviewAllocationRules(Org ?? "", input), Left);
        _preview = result.TryGet(out var preview, out _refused) ? preview : null;
    });

    private Task SaveAsync() => BusyAsync(async input =>
    {
        var result = await SendAsync(new SaveAllocationRules(Org ?? "", input));
        if (!result.TryGet(out var saved, out _refused)) return;
        Toasts.Show(T[saved.JobId is null ? "allocation.saved" : "allocation.savedJob", saved.RuleSet.Version], Tone.Good);
        Navigation.NavigateTo(Url("allocation"));
    });

    private async Task BusyAsync(Func<AllocationRulesInput, Task> work)
    {
        if (_busy || Read() is not { } input) return;
        _busy = true;
        try
        {
            await work(input);
        }
        finally
        {
            _busy = false;
        }
    }

    private IReadOnlyList<FieldError> ErrorsOf(int index) => [.. (_refused?.Errors ?? []).Where(e => e.Field?.StartsWith(Field(index), StringComparison.Ordinal) == true)];

    // A rule that takes nothing is told as well: it is shadowed by one above it, or matches no line.
    private IEnumerable<(string Key, string Name, string Note, string Amount)> RuleNotes(AllocationPreview preview) => _rules.SelectMany((rule, i) =>
        preview.Rules.Where(r => r.Rule == i).ToList() is { Count: > 0 } taken
            ? taken.Select(r => ($"{i}{r.Currency}", $"{i + 1}. {r.Name}", T.Plural("imports.lines", r.Lines), Display.Money(new WideMoney(r.Amount, r.Currency))))
            : [($"{i}", $"{i + 1}. {rule.Name}", T["allocation.takesNothing"], Display.Unknown)]);

    private static string Field(int index) => string.Create(CultureInfo.InvariantCulture, $"rules[{index}]");

    private static string Link(string? field)
    {
        var (open, close) = (field?.IndexOf('[', StringComparison.Ordinal) ?? -1, field?.IndexOf(']', StringComparison.Ordinal) ?? -1);
        return field is not null && open > 0 && close > open ? $"rule-{field[(open + 1)..close]}-name" : "rules-effectiveFrom";
    }
}
