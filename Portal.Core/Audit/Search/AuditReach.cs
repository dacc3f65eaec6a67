using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Search;

/// <summary>How far an auditor sees: the whole log, or the entries of the workspaces that their grants on business units and workspaces reach.</summary>
internal static class AuditReach
{
    /// <summary>The place at which access is decided: the organization, or else the first narrower place where the actor may read the log.</summary>
    public static AccessTarget TargetOf(ReadScope scope)
    {
        var whole = new AccessTarget(scope.OrganizationId);
        if (MayRead(scope, whole)) return whole;
        return scope.Actor.Grants.Select(g => PlaceOf(scope, g)).OfType<AccessTarget>().FirstOrDefault(t => MayRead(scope, t)) ?? whole;
    }

    /// <summary>Null = everything.</summary>
    public static async Task<IReadOnlySet<Guid>?> WorkspacesAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (MayRead(scope, new AccessTarget(scope.OrganizationId))) return null;
        var places = scope.Actor.Grants.Select(g => PlaceOf(scope, g)).OfType<AccessTarget>().Where(t => MayRead(scope, t)).ToList();
        var workspaces = places.Select(p => p.WorkspaceId).OfType<Guid>().ToHashSet();
        var granted = places.SelectMany(p => p.BusinessUnitIds ?? []).Distinct().ToList();
        if (granted.Count == 0) return workspaces;
        var tree = await BusinessUnitTree.LoadAsync(scope, cancellationToken);
        var units = granted.SelectMany(u => tree.BelowOn(u, scope.TodayUtc)).Distinct().ToList();
        workspaces.UnionWith(await scope.Db.Set<Workspace>().Where(w => w.OrganizationId == scope.OrganizationId && units.Contains(w.BusinessUnitId)).Select(w => w.Id).ToListAsync(cancellationToken));
        return workspaces;
    }

    private static bool MayRead(ReadScope scope, AccessTarget target) => AccessPolicy.Decide(scope.Actor, AuditPermissions.Read, target).Allowed;

    private static AccessTarget? PlaceOf(ReadScope scope, Grant grant) => grant switch
    {
        { ScopeId: null } => null,
        _ when grant.OrganizationId != scope.OrganizationId => null,
        { Scope: GrantScope.BusinessUnit, ScopeId: { } unit } => new AccessTarget(scope.OrganizationId, BusinessUnitIds: [unit]),
        { Scope: GrantScope.Workspace, ScopeId: { } workspace } => new AccessTarget(scope.OrganizationId, WorkspaceId: workspace),
        _ => null,
    };
}
