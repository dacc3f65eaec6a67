using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Simulation;

/// <summary>A budget that bounds what can be spent at a place.</summary>
/// <param name="IsHard">It has a hard limit; without one a budget warns and stops nothing.</param>
/// <param name="Period">The month where it has a limit for it, else its shortest period.</param>
/// <param name="Limit">The hard limit, or without one the limit.</param>
/// <param name="Spent">In the period so far; null = no cost data, and then <paramref name="Left"/> is the whole limit.</param>
/// <param name="Left">At least 0.</param>
/// <param name="MayRaise">The identity may change this budget, so it bounds them only as long as they let it.</param>
public sealed record SpendBound(Guid BudgetId, string Slug, string Name, bool IsHard, BudgetPeriodKind Period, Money Limit, Money? Spent, Money Left, bool MayRaise);

/// <summary>A limit of quantity at a place. No price of a unit is known, so it is no amount of money.</summary>
/// <param name="Limit">In the resource's own unit.</param>
public sealed record SpendQuota(string Resource, long Limit, bool MayRaise);

/// <summary>A place at which an identity may create or scale what costs money.</summary>
/// <param name="PlaceId">Null for the organization as a whole.</param>
/// <param name="By">The permissions by which.</param>
/// <param name="Bound">The tightest budget that counts all of the place; null = no budget bounds it.</param>
public sealed record SpendPlace(GrantScope Scope, Guid? PlaceId, string? Place, IReadOnlyList<string> By, SpendBound? Bound, IReadOnlyList<SpendQuota> Quotas);

/// <summary>The most money an identity can cause to be spent, conditions of its roles taken as met.</summary>
/// <param name="IsBounded">False where at least one place has no budget, or only ones that the identity may change: then there is no most.</param>
/// <param name="Most">What the budgets leave, each budget once, by currency; empty where it is not bounded or nothing can be spent.</param>
/// <param name="Places">The widest ones; what lies below them is theirs.</param>
public sealed record SpendReach(bool MaySpend, bool IsBounded, IReadOnlyList<Money> Most, IReadOnlyList<SpendPlace> Places, bool MorePlaces)
{
    internal bool IsLike(SpendReach other) =>
        MaySpend == other.MaySpend && IsBounded == other.IsBounded && Most.SequenceEqual(other.Most) && Places.Select(p => (p.PlaceId, p.Bound, By: string.Join(' ', p.By))).SequenceEqual(other.Places.Select(p => (p.PlaceId, p.Bound, By: string.Join(' ', p.By))));
}
