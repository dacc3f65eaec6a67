using System.Text.Json;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>A rule set as sent. See <see cref="AllocationRuleCheck"/> for what is refused.</summary>
public sealed record AllocationRulesInput(DateOnly? EffectiveFrom, IReadOnlyList<AllocationRuleInput>? Rules);

/// <summary>One rule: what it matches, and exactly one of a target or a split.</summary>
/// <param name="Match">FOCUS column, <c>x_</c> column or <c>tag:KEY</c> → a string, a list of strings, or <c>{"prefix": "..."}</c>. All must match; an empty object matches everything; an empty string matches null.</param>
/// <param name="MarkupPercent">A component of its own, outside the four metrics; -100 to 1000.</param>
public sealed record AllocationRuleInput(
    string? Name, IReadOnlyDictionary<string, JsonElement>? Match, AllocationTargetInput? Target = null, AllocationSplitInput? Split = null, decimal? MarkupPercent = null);

/// <summary>Exactly one of them: ids or slugs; the cost center as text.</summary>
public sealed record AllocationTargetInput(string? Workspace = null, string? Project = null, string? BusinessUnit = null, string? CostCenter = null);

/// <summary>A shared cost's division.</summary>
/// <param name="Kind">"even", "fixed" (by <paramref name="Weights"/>) or "proportional" (by what the targets were allocated directly in the same charge month).</param>
/// <param name="Weights">Percents that sum to 100, one per target; fixed splits only.</param>
/// <param name="Basis">"cost" (the same metric and currency; the default) or "usage" (ConsumedQuantity, whatever its unit); proportional splits only.</param>
public sealed record AllocationSplitInput(string? Kind, IReadOnlyList<AllocationTargetInput>? Targets, IReadOnlyList<decimal>? Weights = null, string? Basis = null);
