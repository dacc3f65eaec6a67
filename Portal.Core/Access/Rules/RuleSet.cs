using System.Collections.Concurrent;
using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Rules;

/// <summary>A rule as decisions use it.</summary>
/// <param name="Permission">The pattern of what it concerns.</param>
/// <param name="Condition">Null for a refusal without a condition.</param>
public sealed record CompiledRule(Guid Id, string Name, AccessRuleKind Kind, string Permission, Condition? Condition)
{
    /// <summary>
    /// Deny wins, and what cannot be told denies. A refusal that asks for the workspace also refuses reads that span places, for they would show what it hides;
    /// a change at a place that has no such fact is not its business.
    /// </summary>
    internal bool Refuses(Permission permission, ref Circumstances at)
    {
        var outcome = Condition?.Evaluate(ref at) ?? Outcome.True;
        if (Kind == AccessRuleKind.AllowOnlyIf) return outcome != Outcome.True;
        return outcome is Outcome.True or Outcome.Unknown || (outcome == Outcome.NotApplicable && permission.Verb is "read" or "export" && !at.IsNarrowed);
    }
}

/// <summary>The rules of one organization that decisions ask, compiled; immutable.</summary>
public sealed class RuleSet
{
    private readonly ConcurrentDictionary<Permission, CompiledRule[]> _by = new();
    private readonly CompiledRule[] _rules;

    public RuleSet(Guid organizationId, IEnumerable<CompiledRule> rules)
    {
        OrganizationId = organizationId;
        _rules = [.. rules.Where(r => r.Kind is AccessRuleKind.Deny or AccessRuleKind.AllowOnlyIf)];
        AsksForPlace = _rules.Any(r => r.Condition?.UsesPlace == true);
    }

    public Guid OrganizationId { get; }

    public bool AsksForPlace { get; }

    public IReadOnlyList<CompiledRule> All => _rules;

    /// <summary>The first rule that refuses; null where none does.</summary>
    public CompiledRule? Refuses(Permission permission, ref Circumstances at)
    {
        if (_rules.Length == 0) return null;
        foreach (var rule in Of(permission))
            if (rule.Refuses(permission, ref at)) return rule;
        return null;
    }

    /// <summary>A rule about the permission asks for the workspace: lists are decided row by row.</summary>
    public bool AsksForPlaceOf(Permission permission) => AsksForPlace && Array.Exists(Of(permission), r => r.Condition?.UsesPlace == true);

    public CompiledRule[] Of(Permission permission) => _by.GetOrAdd(permission, static (p, rules) => [.. rules.Where(r => Role.Matches(r.Permission, p))], _rules);
}
