using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;

namespace Hexabase.Portal.Access.Simulation;

/// <summary>What a changed role would have made of something that was done.</summary>
internal enum ReplayVerdict
{
    Same,

    /// <summary>It was possible and would be refused.</summary>
    Denied,

    /// <summary>It was refused and would be possible.</summary>
    Allowed,

    /// <summary>The present grants already refuse what was possible then.</summary>
    RefusedToday,
}

/// <summary>
/// Decides the past again by the decision function of requests: with the present grants, and with one role changed. A second factor counts as shown, and the time is
/// that of the deed; what else conditions and rules asked for (the address) is kept nowhere, so where they stand against what was done, they count as met on both sides.
/// </summary>
internal sealed class Replay(AccessState state, KnownPlaces places, string role)
{
    public (ReplayVerdict Verdict, KnownPlaces.Place Place) Decide(RoleHolder holder, PastUse use)
    {
        if (use.Outcome == PastOutcome.Refused) return OfRefusal(holder, use);
        var place = PlaceOf(holder, use);
        if (Allows(holder, holder.Before, use, place)) return (Allows(holder, holder.After, use, place) ? ReplayVerdict.Same : ReplayVerdict.Denied, place);
        if (!AllowsFreely(holder, holder.BeforeUnconditional, use, place)) return (ReplayVerdict.RefusedToday, place);
        return (AllowsFreely(holder, holder.AfterUnconditional, use, place) ? ReplayVerdict.Same : ReplayVerdict.Denied, place);
    }

    // A refused request leaves no place behind: the organization comes into question, and where the role is held.
    private (ReplayVerdict Verdict, KnownPlaces.Place Place) OfRefusal(RoleHolder holder, PastUse use)
    {
        var asked = places.Of(use.PlaceId);
        var candidates = use.PlaceId is not null ? [asked] : holder.Before.Where(g => g.Role == role && g.ScopeId is not null).Select(g => places.Of(g.ScopeId)).Prepend(asked).Distinct();
        foreach (var place in candidates)
            if (!Allows(holder, holder.Before, use, place) && Allows(holder, holder.After, use, place)) return (ReplayVerdict.Allowed, place);
        return (ReplayVerdict.Same, asked);
    }

    // An entry that names no place but was allowed below the organization happened at a place of such a grant.
    private KnownPlaces.Place PlaceOf(RoleHolder holder, PastUse use)
    {
        var named = places.Of(use.PlaceId);
        if (use.PlaceId is not null || use.Scope is null || !Words.TryParse<GrantScope>(use.Scope, out var scope) || scope is GrantScope.Platform or GrantScope.Organization) return named;
        return holder.BeforeUnconditional.Where(g => g.Scope == scope && g.ScopeId is not null).Select(g => places.Of(g.ScopeId)).FirstOrDefault(p => AllowsFreely(holder, holder.BeforeUnconditional, use, p)) ?? named;
    }

    private bool Allows(RoleHolder holder, IReadOnlyList<Grant> grants, PastUse use, KnownPlaces.Place place) =>
        AccessPolicy.Decide(ActorAt(holder, grants, use.LastAtUtc), use.Permission, place.Target).Allowed;

    private bool AllowsFreely(RoleHolder holder, IReadOnlyList<Grant> grants, PastUse use, KnownPlaces.Place place) =>
        AccessPolicy.Decide(ActorAt(holder, grants, use.LastAtUtc) with { Rules = null }, use.Permission, place.Target).Allowed;

    private Actor ActorAt(RoleHolder holder, IReadOnlyList<Grant> grants, DateTime at) =>
        holder.ToActor(state, grants) is var actor && actor.MfaAtUtc is null ? actor with { DecidedAtUtc = at } : actor with { DecidedAtUtc = at, MfaAtUtc = at };
}
