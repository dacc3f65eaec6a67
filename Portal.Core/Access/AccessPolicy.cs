using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>The outcome of an access question and what it was made of.</summary>
/// <param name="Via">The grant that allowed it.</param>
/// <param name="Considered">Every grant that reaches the place, for "why can X do Y".</param>
public sealed record AccessDecision(bool Allowed, Permission Permission, Grant? Via, IReadOnlyList<Grant> Considered, string? LimitedBy);

/// <summary>
/// May this actor do this here? A pure function of the actor's grants and the place, the same for live requests, explanations and simulations.
/// Attribute conditions on bindings are evaluated here too, so that nothing else needs to know of them.
/// </summary>
public static class AccessPolicy
{
    public static AccessDecision Decide(Actor actor, Permission permission, AccessTarget target)
    {
        var considered = new List<Grant>();
        Grant? via = null;
        foreach (var grant in actor.Grants)
        {
            if (!Reaches(grant, target)) continue;
            considered.Add(grant);
            if (via is null && ((BuiltInRoles.Find(grant.Role) is { } role && role.Allows(permission)) || Names(actor, permission))) via = grant;
        }

        if (via is not null && !IsWithinLimit(actor, permission))
            return new AccessDecision(false, permission, null, considered, "token scopes");
        return new AccessDecision(via is not null, permission, via, considered, null);
    }

    /// <summary>True unless the actor is a token whose scopes leave the permission out.</summary>
    public static bool IsWithinLimit(Actor actor, Permission permission) => actor.PermissionLimit is not { Count: > 0 } limit || limit.Any(p => Role.Matches(p, permission));

    /// <summary>True where the actor holds the permission at the organization as a whole: what menus and buttons ask.</summary>
    public static bool May(Actor actor, Permission permission, Guid organizationId) =>
        Decide(actor, permission, new AccessTarget(organizationId)).Allowed;

    /// <summary>Nobody grants what they lack: every permission of the role is one the actor holds at the place.</summary>
    public static bool MayGrant(Actor actor, Role role, AccessTarget target)
    {
        foreach (var grant in actor.Grants)
        {
            if (!Reaches(grant, target) || BuiltInRoles.Find(grant.Role) is not { } own) continue;
            if (role.WidestScope == GrantScope.Platform && role.Name == BuiltInRoles.ServiceAdmin && grant.Scope != GrantScope.Platform) continue;
            if (Covers(own, role)) return true;
        }

        return false;
    }

    /// <summary>A named scope of a token (scim) carries its area by itself, whatever the role: the service behind it is no role's.</summary>
    private static bool Names(Actor actor, Permission permission) => actor.Kind is ActorKind.Token or ActorKind.ServiceAccount && actor.PermissionLimit?.Contains(permission.Area, StringComparer.Ordinal) == true;

    private static bool Covers(Role own, Role wanted)
    {
        foreach (var pattern in wanted.Permissions)
        {
            if (pattern[0] == '-') continue;
            var colon = pattern.IndexOf(':', StringComparison.Ordinal);
            var asPermission = new Permission(pattern[..colon], pattern[(colon + 1)..]);
            if (!own.Allows(asPermission)) return false;
        }

        return own.Permissions.Where(p => p[0] == '-').All(p => wanted.Permissions.Contains(p) || !wanted.Permissions.Contains("*:*"));
    }

    private static bool Reaches(Grant grant, AccessTarget target) => grant.Scope switch
    {
        GrantScope.Platform => true,
        GrantScope.Organization => grant.OrganizationId == target.OrganizationId && target.OrganizationId != Guid.Empty,
        GrantScope.BusinessUnit => grant.OrganizationId == target.OrganizationId && grant.ScopeId is { } unit && target.BusinessUnitIds?.Contains(unit) == true,
        GrantScope.Workspace => grant.OrganizationId == target.OrganizationId && grant.ScopeId is not null && grant.ScopeId == target.WorkspaceId,
        GrantScope.Project => grant.OrganizationId == target.OrganizationId && grant.ScopeId is not null && grant.ScopeId == target.ProjectId,
        _ => throw new InvalidOperationException($"Unknown scope {grant.Scope}."),
    };
}
