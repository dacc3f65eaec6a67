using System.Text.Json;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Costs;

/// <summary>The rules that say where costs go, all their versions, and what no rule takes.</summary>
public sealed partial class AllocationPage
{
    private const int MostVersions = 200;
    private static readonly DateOnly FirstDay = new(1970, 1, 1);
    private static readonly DateOnly LastDay = new(2200, 12, 31);
    private IReadOnlyList<AllocationRuleSetRow>? _sets;
    private IReadOnlyList<UnallocatedRow> _unallocated = [];
    private IReadOnlyList<JobRow> _running = [];
    private AllocationRuleSetRow? _current;

    [SupplyParameterFromQuery(Name = "tab")] public string? Tab { get; set; }

    [SupplyParameterFromQuery(Name = "version")] public int? Version { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Costs, LiveTopic.Jobs];

    private string TabName => Tab == "unallocated" ? "unallocated" : "rules";

    private AllocationRuleSetRow? Shown => _sets?.FirstOrDefault(s => s.Version == Version) ?? _current;

    private IReadOnlyList<Tabs.Tab> TabItems =>
    [
        new(Url("allocation"), T["allocation.rules"], TabName == "rules", _current?.Rules.Count),
        new(Url("allocation?tab=unallocated"), T["costs.unallocated"], TabName == "unallocated", _unallocated.Count),
    ];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var org = Org ?? "";
        if (await AskAsync(new ListAllocationRuleSets(org, new PageRequest(MostVersions))) is not { } sets) return;
        _sets = sets.Items;
        var today = DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);
        // On a day the set with the latest start counts; of equal starts the newest version.
        _current = _sets.Where(s => s.EffectiveFrom <= today).OrderByDescending(s => s.EffectiveFrom).ThenByDescending(s => s.Version).FirstOrDefault() ?? (_sets.Count > 0 ? _sets[0] : null);
        if (May(CostsPermissions.Read)) _unallocated = await AskAsync(new ListUnallocated(org, FirstDay, LastDay)) ?? [];
        if (May(JobPermissions.Read) && await AskAsync(new ListJobs(org, new PageRequest(5), ReallocationJob.Kind)) is { } jobs)
            _running = [.. jobs.Items.Where(j => j.State is JobState.Queued or JobState.Running)];
    }

    private string RuleUrl(UnallocatedRow row)
    {
        var conditions = new List<string>();
        if (row.Service is { } service) conditions.Add($"ServiceName={service}");
        if (row.SubAccount is { } account) conditions.Add($"SubAccountId={account}");
        return Url("new-allocation?" + string.Join('&', conditions.Select(c => "match=" + Uri.EscapeDataString(c))));
    }
}

/// <summary>Rules as sentences.</summary>
internal static class RuleWords
{
    public static string Match(Text t, AllocationRuleInput rule) => rule.Match is not { Count: > 0 } match
        ? t["allocation.everything"]
        : string.Join(t["allocation.and"], match.Select(m => m.Value.ValueKind switch
        {
            JsonValueKind.Object => t["allocation.begins", m.Key, m.Value.TryGetProperty("prefix", out var prefix) ? prefix.GetString() : ""],
            JsonValueKind.Array => t["allocation.oneOf", m.Key, string.Join(t["list.separator"], m.Value.EnumerateArray().Select(v => v.GetString()))],
            _ => t["allocation.equals", m.Key, m.Value.GetString()],
        }));

    public static string Target(Text t, Display display, AllocationRuleInput rule)
    {
        if (rule.Target is { } target) return One(t, target);
        if (rule.Split is not { } split) return Display.Unknown;
        var parts = (split.Targets ?? []).Select((x, i) => split.Weights is { } weights && i < weights.Count ? $"{One(t, x)} {display.Percent((double)weights[i] / 100, 2)}" : One(t, x));
        return $"{t[$"allocation.way.{split.Kind}"]}: {string.Join(t["list.separator"], parts)}";
    }

    private static string One(Text t, AllocationTargetInput target) => target switch
    {
        { Workspace: { } workspace } => $"{t["costs.dimension.workspace"]} {workspace}",
        { Project: { } project } => $"{t["costs.dimension.project"]} {project}",
        { BusinessUnit: { } unit } => $"{t["costs.dimension.businessUnit"]} {unit}",
        _ => $"{t["costs.dimension.costCenter"]} {target.CostCenter}",
    };
}
