using System.Text.Json;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>A rule set as people and programs see it.</summary>
/// <param name="Version">From 1.</param>
public sealed record AllocationRuleSetRow(Guid Id, int Version, DateOnly EffectiveFrom, IReadOnlyList<AllocationRuleInput> Rules, string CreatedByName, DateTime CreatedAtUtc);

/// <summary>A new version; where its effect is large, the job that carries it out.</summary>
public sealed record SavedAllocationRules(AllocationRuleSetRow RuleSet, Guid? JobId);

/// <summary>Makes a new immutable version of the rules and allocates the costs from its start on anew: at once, or by a job where there are many.</summary>
public sealed record SaveAllocationRules(string Org, AllocationRulesInput Input) : Command<SavedAllocationRules>
{
    /// <summary>Daily rows that one command rewrites; more become a job.</summary>
    internal const long MaxRowsAtOnce = 200_000;

    /// <summary>Lines that one command looks at again for new conditions on lines' own columns.</summary>
    internal const long MaxLinesAtOnce = 500_000;

    public override string Action => "allocation.save";

    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.WriteAllocation;

    public override async Task<Result<SavedAllocationRules>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var places = await AllocationPlaces.LoadAsync(scope.Db, cancellationToken);
        if (!AllocationProposal.Check(Input, places).TryGet(out var proposal, out var problem)) return problem;
        var db = new CostDb(scope.Db);
        await db.ExecuteAsync(db.Sql.LockState, cancellationToken);
        var version = 1 + (await scope.Db.Set<AllocationRuleSet>().MaxAsync(s => (int?)s.VersionNumber, cancellationToken) ?? 0);
        var timeline = await AllocationTimeline.LoadAsync(scope.Db, places, (version, proposal.From, proposal.Rules), cancellationToken);
        var predicates = await LinePredicates.LoadAsync(db, cancellationToken);
        var missing = predicates.Missing(timeline.LineConditions).Count;
        if (predicates.All.Count + missing > LinePredicates.Max)
            return Problem.Invalid("rules", "allocation.match.tooManyLineConditions", $"All versions together have more than {LinePredicates.Max} different conditions on columns of single lines (ResourceId, x_ columns and the like). Match by a tag, a service or an account instead.");

        var stored = new AllocationRuleSet
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, VersionNumber = version, EffectiveFrom = proposal.From, Rules = JsonSerializer.Serialize(proposal.Stored, JobJson.Options),
            CreatedByUserId = scope.Actor.Id, CreatedByName = scope.Actor.Name, CreatedAtUtc = scope.NowUtc,
        };
        scope.Db.Add(stored);
        scope.Audit("allocationRules", stored.Id, $"version {version}");
        Guid? job = null;
        if (await IsLargeAsync(db, proposal.From, missing > 0, cancellationToken)) job = CostReallocation.Queue(scope, proposal.From);
        else
        {
            await Reallocation.RunAsync(db, places, timeline, proposal.From, cancellationToken);
            scope.Touch(LiveTopic.Costs, "*");
            scope.Touch(LiveTopic.Budgets, "*");
            await CostChangeHook.RunAllAsync(scope, cancellationToken);
        }

        return new SavedAllocationRules(AllocationProposal.Row(stored), job);
    }

    private static async Task<bool> IsLargeAsync(CostDb db, DateOnly from, bool rebuild, CancellationToken cancellationToken)
    {
        var counts = await db.ReadAsync(
            $"SELECT COUNT(*), CAST(COALESCE(SUM(line_count), 0) AS bigint) FROM cost_daily WHERE organization_id = @org AND (day >= @from OR 1 = {(rebuild ? 1 : 0)})", r => (Rows: Convert.ToInt64(r.GetValue(0), System.Globalization.CultureInfo.InvariantCulture), Lines: r.GetInt64(1)), cancellationToken, ("from", from));
        return counts[0].Rows > MaxRowsAtOnce || (rebuild && counts[0].Lines > MaxLinesAtOnce);
    }
}

/// <summary>A checked rule set that is not stored yet.</summary>
internal sealed record AllocationProposal(DateOnly From, IReadOnlyList<AllocationRule> Rules, IReadOnlyList<AllocationRuleInput> Stored)
{
    public static Result<AllocationProposal> Check(AllocationRulesInput input, AllocationPlaces places)
    {
        var errors = new List<FieldError>();
        if (input.EffectiveFrom is not { } from || from.Year is < 1970 or > 2200) errors.Add(new FieldError("effectiveFrom", "allocation.effectiveFrom", "effectiveFrom is a day from 1970-01-01 to 2200-12-31."));
        var rules = new AllocationRuleCheck(places).Check(input.Rules);
        if (rules.Problem is { } problem) errors.AddRange(problem.Errors ?? []);
        if (errors.Count > 0) return Problem.Invalid(errors);
        return new AllocationProposal(input.EffectiveFrom.GetValueOrDefault(), rules.Value, [.. rules.Value.Select(Store)]);
    }

    public static AllocationRuleSetRow Row(AllocationRuleSet set) => new(
        set.Id, set.VersionNumber, set.EffectiveFrom, JsonSerializer.Deserialize<List<AllocationRuleInput>>(set.Rules, JobJson.Options) ?? [], set.CreatedByName, set.CreatedAtUtc);

    /// <summary>The rule with its targets by slug, in the order in which they count.</summary>
    private static AllocationRuleInput Store(AllocationRule rule) => new(
        rule.Name,
        rule.Conditions.ToDictionary(c => c.Name, c => JsonSerializer.SerializeToElement(c.Prefix is { } prefix ? new { prefix } : c.Values is [var one] ? one : (object?)c.Values), StringComparer.Ordinal),
        rule.Target is { } target ? Store(target) : null,
        rule.Split is { } split
            ? new AllocationSplitInput(split.Kind.ToString().ToLowerInvariant(), [.. split.Targets.Select(Store)], split.Kind == AllocationSplitKind.Fixed ? split.Weights : null,
                split.Kind == AllocationSplitKind.Proportional ? split.ByUsage ? "usage" : "cost" : null)
            : null,
        rule.MarkupPercent);

    private static AllocationTargetInput Store(AllocationTarget target) => target.Kind switch
    {
        AllocationTargetKind.Workspace => new(Workspace: target.Key),
        AllocationTargetKind.Project => new(Project: target.Key),
        AllocationTargetKind.BusinessUnit => new(BusinessUnit: target.Key),
        AllocationTargetKind.CostCenter => new(CostCenter: target.Key),
        _ => throw new InvalidOperationException($"Unknown target {target.Kind}."),
    };
}
