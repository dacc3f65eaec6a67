using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>
/// May this actor do this here? A pure function of the actor's grants, the organization's rules, the moment and the place, the same for live requests, explanations
/// and simulations. Conditions are evaluated here, so that nothing else needs to know of them.
/// </summary>
public static class AccessPolicy
{
    public static AccessDecision Decide(Actor actor, Permission permission, AccessTarget target)
    {
        var at = new Circumstances(actor, Moment(actor), target);
        var via = GrantIndex.Of(actor).Find(permission, target, ref at, out var conditional) ?? Named(actor, permission, target);
        if (via is null) return new AccessDecision(actor, permission, target, false, null, conditional ? "condition" : null);
        if (!IsWithinLimit(actor, permission)) return new AccessDecision(actor, permission, target, false, null, "token scopes");
        // Who comes from the platform can always mend a rule that locks everybody out.
        if (via.Scope != GrantScope.Platform && actor.Rules is { } rules && rules.OrganizationId == target.OrganizationId && rules.Refuses(permission, ref at) is { } rule)
            return new AccessDecision(actor, permission, target, false, null, $"rule {rule.Name}", rule);
        return new AccessDecision(actor, permission, target, true, via);
    }

    /// <summary>True unless the actor is a token whose scopes leave the permission out.</summary>
    public static bool IsWithinLimit(Actor actor, Permission permission)
    {
        if (actor.PermissionLimit is not { Count: > 0 } limit) return true;
        foreach (var pattern in limit)
            if (Role.Matches(pattern, permission)) return true;
        return false;
    }

    /// <summary>True where the actor holds the permission at the organization as a whole: what menus and buttons ask.</summary>
    public static bool May(Actor actor, Permission permission, Guid organizationId) =>
        Decide(actor, permission, new AccessTarget(organizationId)).Allowed;

    /// <summary>What a page offers: what is allowed, and what a second factor, for which the refusal asks, would allow.</summary>
    public static bool Offers(Actor actor, Permission permission, AccessTarget target) => Decide(actor, permission, target) is { Allowed: true } or { LacksOnlyMfa: true };

    /// <summary>True where the actor holds the permission at the organization or at some place in it: what menus ask for lists that show everybody their part. A rule that always refuses takes the place away.</summary>
    public static bool MaySomewhere(Actor actor, Permission permission, Guid organizationId) =>
        Decide(actor, permission, new AccessTarget(organizationId) { IsNarrowed = true }).Allowed
        || (IsWithinLimit(actor, permission) && actor.Grants.Any(g => g.OrganizationId == organizationId && g.ScopeId is not null && Role.Of(g)?.Allows(permission) == true)
            && !(actor.Rules is { } rules && rules.OrganizationId == organizationId && Array.Exists(rules.Of(permission), r => r is { Kind: Rules.AccessRuleKind.Deny, Condition: null })));

    /// <summary>True where any grant of the actor holds at the place, whatever its role and condition.</summary>
    public static bool Reaches(Actor actor, AccessTarget target) => GrantIndex.Of(actor).HeldAt(target).Any();

    /// <summary>True where a condition of the actor or a rule asks what the workspace is like.</summary>
    public static bool AsksForPlace(Actor actor, Guid organizationId) =>
        GrantIndex.Of(actor).AsksForPlace(organizationId) || (actor.Rules is { AsksForPlace: true } rules && rules.OrganizationId == organizationId);

    /// <summary>
    /// Nobody grants what they lack: every permission of the role is one the actor holds at the place, by a grant without a condition or with one that the new
    /// binding carries, too. A second factor that was shown counts as such, for it says who gives, not who gets.
    /// </summary>
    /// <param name="condition">Of the new binding; null = it holds always.</param>
    public static bool MayGrant(Actor actor, Role role, AccessTarget target, Condition? condition = null)
    {
        var at = new Circumstances(actor, Moment(actor), target);
        var carried = condition?.Parts.ToHashSet(StringComparer.Ordinal) ?? [];
        var own = new List<Role>();
        foreach (var held in GrantIndex.Of(actor).HeldAt(target))
        {
            if (held.Role is null || held.ExpiresAtUtc <= at.NowUtc) continue;
            if (held.Condition is { } limiting && (limiting.Evaluate(ref at) != Outcome.True || !limiting.Parts.All(p => carried.Contains(p) || p.StartsWith("mfa", StringComparison.Ordinal)))) continue;
            if (role.Name == BuiltInRoles.ServiceAdmin && held.Grant.Scope != GrantScope.Platform) continue;
            own.Add(held.Role);
        }

        return own.Exists(o => o.Covers(role)) || role.IsCoveredBy(own);
    }

    /// <summary>For which moment the actor's access is decided.</summary>
    internal static DateTime Moment(Actor actor) => actor.DecidedAtUtc ?? TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>A named scope of a token (scim) carries its area by itself, whatever the role: the service behind it is no role's.</summary>
    private static Grant? Named(Actor actor, Permission permission, AccessTarget target) =>
        actor.Kind is ActorKind.Token or ActorKind.ServiceAccount && actor.PermissionLimit is { } limit && limit.Contains(permission.Area, StringComparer.Ordinal) ? GrantIndex.Of(actor).HeldAt(target).FirstOrDefault()?.Grant : null;
}
