using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>The versions of the rules, newest first. The cursor is the last version.</summary>
public sealed record ListAllocationRuleSets(string Org, PageRequest Page) : Query<Paged<AllocationRuleSetRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.ReadAllocation;

    public override async Task<Result<Paged<AllocationRuleSetRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var sets = scope.Db.Set<AllocationRuleSet>().AsQueryable();
        if (Page.Cursor is { } cursor)
        {
            if (!int.TryParse(cursor, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var after)) return Problem.Invalid("cursor", "cursor.unreadable", "The cursor is not one that this list gave out.");
            sets = sets.Where(s => s.VersionNumber < after);
        }

        var rows = await sets.OrderByDescending(s => s.VersionNumber).Take(Page.Limit + 1).ToListAsync(cancellationToken);
        var more = rows.Count > Page.Limit;
        if (more) rows.RemoveAt(Page.Limit);
        return new Paged<AllocationRuleSetRow>([.. rows.Select(AllocationProposal.Row)], more ? rows[^1].VersionNumber.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
    }
}

/// <summary>One version of the rules.</summary>
public sealed record GetAllocationRuleSet(string Org, int Version) : Query<AllocationRuleSetRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.ReadAllocation;

    public override async Task<Result<AllocationRuleSetRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await scope.Db.Set<AllocationRuleSet>().SingleOrDefaultAsync(s => s.VersionNumber == Version, cancellationToken) is { } set ? AllocationProposal.Row(set) : Problem.NotFound("allocationRules");
}

/// <summary>What a business unit bears before and after; null = unallocated or a bare cost center.</summary>
public sealed record AllocationPreviewRow(string? BusinessUnit, string? Name, string Currency, WideAmount Before, WideAmount After)
{
    public WideAmount Difference => After - Before;
}

/// <summary>A rule that would come to match nothing, or how much it takes.</summary>
/// <param name="Rule">The rule's place in the list, from 0.</param>
public sealed record AllocationPreviewRule(int Rule, string Name, string Currency, WideAmount Amount, long Lines);

/// <summary>The effect of rules that are not saved.</summary>
public sealed record AllocationPreview(DateOnly From, CostMetric Metric, IReadOnlyList<AllocationPreviewRow> BusinessUnits, IReadOnlyList<AllocationPreviewRule> Rules);

/// <summary>
/// Shows what saving would change, by the very code that saves: the costs from the rules' start on are allocated into a table of the transaction's own, which ends with it.
/// </summary>
public sealed record PreviewAllocationRules(string Org, AllocationRulesInput Input, CostMetric Metric = CostMetric.Billed) : Query<AllocationPreview>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.ReadAllocation;

    public override async Task<Result<AllocationPreview>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var places = await AllocationPlaces.LoadAsync(scope.Db, cancellationToken);
        if (!AllocationProposal.Check(Input, places).TryGet(out var proposal, out var problem)) return problem;
        var db = new CostDb(scope.Db);
        var version = 1 + (await scope.Db.Set<AllocationRuleSet>().MaxAsync(s => (int?)s.VersionNumber, cancellationToken) ?? 0);
        var timeline = await AllocationTimeline.LoadAsync(scope.Db, places, (version, proposal.From, proposal.Rules), cancellationToken);
        var predicates = await LinePredicates.LoadAsync(db, cancellationToken);
        if (predicates.Missing(timeline.LineConditions) is { Count: > 0 } missing)
            return Problem.Refused("allocation.preview.lineCondition", $"The lines were never looked at for {missing[0].Name}; a preview of such a rule is not possible before it is saved. Match by a tag, a service or an account to preview.", missing[0].Name);

        var (create, table, drop) = db.Sql.PreviewFacts;
        await db.ExecuteAsync(create, cancellationToken);
        // Months are whole where a split looks at them; the comparison covers the same days on both sides.
        var from = timeline.HasProportionalSplit ? new DateOnly(proposal.From.Year, proposal.From.Month, 1) : proposal.From;
        await new CostAllocator(db, places, timeline, predicates, table).RewriteAsync(new AllocationRange(from, Reallocation.EndOfTime), cancellationToken);
        var before = await SumAsync(db, "cost_facts", from, cancellationToken);
        var after = await SumAsync(db, table, from, cancellationToken);
        var rules = await RulesAsync(db, table, version, proposal.Rules, cancellationToken);
        if (drop is not null) await db.ExecuteAsync(drop, cancellationToken);
        var names = await CostNames.LoadAsync(scope.Db, [CostDimensionKind.BusinessUnit], cancellationToken);
        var rows = before.Keys.Union(after.Keys).Select(key =>
        {
            var shown = key.Unit is { } unit ? names.Of(CostDimensionKind.BusinessUnit, unit) : ((string Slug, string Name)?)null;
            return new AllocationPreviewRow(shown?.Slug, shown?.Name, key.Currency, before.GetValueOrDefault(key), after.GetValueOrDefault(key));
        });
        return new AllocationPreview(from, Metric, [.. rows.OrderBy(r => r.BusinessUnit, StringComparer.Ordinal).ThenBy(r => r.Currency, StringComparer.Ordinal)], rules);
    }

    private async Task<Dictionary<(Guid? Unit, string Currency), WideAmount>> SumAsync(CostDb db, string table, DateOnly from, CancellationToken cancellationToken)
    {
        var rows = await db.ReadAsync($"""
            SELECT f.business_unit_id, k.billing_currency, {db.Sql.NumberText($"SUM(f.{CostColumns.Name(Metric)})")} FROM {table} f JOIN cost_keys k ON k.organization_id = @org AND k.id = f.key_id
            WHERE f.organization_id = @org AND f.day >= @from GROUP BY f.business_unit_id, k.billing_currency
            """, r => (Key: (r.Id(0), r.GetString(1)), Amount: WideAmount.Parse(r.GetString(2))), cancellationToken, ("from", from));
        return rows.ToDictionary(r => r.Key, r => r.Amount);
    }

    private async Task<List<AllocationPreviewRule>> RulesAsync(CostDb db, string table, int version, IReadOnlyList<AllocationRule> rules, CancellationToken cancellationToken)
    {
        var found = await db.ReadAsync($"""
            SELECT f.rule_index, k.billing_currency, {db.Sql.NumberText($"SUM(f.{CostColumns.Name(Metric)})")}, CAST(SUM(f.line_count) AS bigint) FROM {table} f JOIN cost_keys k ON k.organization_id = @org AND k.id = f.key_id
            WHERE f.organization_id = @org AND f.rule_version = @version GROUP BY f.rule_index, k.billing_currency
            """, r => new AllocationPreviewRule(r.GetInt32(0), rules[r.GetInt32(0)].Name, r.GetString(1), WideAmount.Parse(r.GetString(2)), r.GetInt64(3)), cancellationToken, ("version", version));
        return [.. found.OrderBy(r => r.Rule).ThenBy(r => r.Currency, StringComparer.Ordinal)];
    }
}
