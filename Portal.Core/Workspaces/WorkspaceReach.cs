using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>
/// Which workspaces a list shows: all of them to whom holds the permission at the organization, else those for which access is decided in the actor's favour one by
/// one. Where a condition or a rule asks what a workspace is like, nobody is shown all of them unasked.
/// </summary>
public static class WorkspaceReach
{
    /// <summary>The place at which a list of workspaces is decided: the organization, or any place of the actor's below it; the rows are decided each at their own.</summary>
    public static async Task<AccessTarget> TargetAsync(ReadScope scope, Permission permission, CancellationToken cancellationToken)
    {
        var whole = new AccessTarget(scope.OrganizationId) { IsNarrowed = true };
        if (AccessPolicy.Decide(scope.Actor, permission, whole).Allowed || !HoldsBelow(scope, permission)) return whole;
        foreach (var place in (await PlacesAsync(scope, permission, cancellationToken)).Values)
            if (AccessPolicy.Decide(scope.Actor, permission, place).Allowed) return place;
        return whole;
    }

    /// <summary>The ids of the workspaces that the actor may see; null = all of them.</summary>
    public static async Task<IReadOnlyCollection<Guid>?> IdsAsync(ReadScope scope, Permission permission, CancellationToken cancellationToken)
    {
        // An answer that many share was decided for each of them at the organization as a whole.
        if (scope.Actor.Kind == ActorKind.Anonymous || SeesAll(scope.Actor, permission, scope.OrganizationId)) return null;
        return [.. (await PlacesAsync(scope, permission, cancellationToken)).Where(p => AccessPolicy.Decide(scope.Actor, permission, p.Value).Allowed).Select(p => p.Key)];
    }

    /// <summary>True where the permission holds at the organization and nothing asks for single workspaces.</summary>
    public static bool SeesAll(Actor actor, Permission permission, Guid organizationId) =>
        AccessPolicy.May(actor, permission, organizationId) && actor.Rules?.AsksForPlaceOf(permission) != true;

    private static bool HoldsBelow(ReadScope scope, Permission permission) =>
        AccessPolicy.MaySomewhere(scope.Actor, permission, scope.OrganizationId) || AccessPolicy.AsksForPlace(scope.Actor, scope.OrganizationId);

    /// <summary>The workspaces that come into question, each with what a decision about it asks for.</summary>
    private static async Task<Dictionary<Guid, AccessTarget>> PlacesAsync(ReadScope scope, Permission permission, CancellationToken cancellationToken)
    {
        var tree = await BusinessUnitTree.LoadAsync(scope, cancellationToken);
        var workspaces = scope.Db.Set<Workspace>().AsNoTracking().Where(w => w.OrganizationId == scope.OrganizationId);
        var grants = scope.Actor.Grants.Where(g => g.OrganizationId == scope.OrganizationId && Access.Roles.Role.Of(g)?.Allows(permission) == true).ToList();
        if (!grants.Exists(g => g.Scope == GrantScope.Organization) && !scope.Actor.Grants.Any(g => g.Scope == GrantScope.Platform))
        {
            var units = grants.Where(g => g.Scope == GrantScope.BusinessUnit).Select(g => g.ScopeId).OfType<Guid>().SelectMany(u => tree.BelowOn(u, scope.TodayUtc)).Distinct().ToList();
            var own = grants.Where(g => g.Scope == GrantScope.Workspace).Select(g => g.ScopeId).OfType<Guid>().Distinct().ToList();
            workspaces = workspaces.Where(w => units.Contains(w.BusinessUnitId) || own.Contains(w.Id));
        }

        var rows = await workspaces.ToListAsync(cancellationToken);
        return rows.ToDictionary(w => w.Id, w => new AccessTarget(scope.OrganizationId, tree.ChainOn(w.BusinessUnitId, scope.TodayUtc), w.Id) { Facts = w.ToFacts(), IsNarrowed = true });
    }
}
