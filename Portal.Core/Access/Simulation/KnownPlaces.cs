using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Simulation;

/// <summary>The units, workspaces and projects of an organization by id, each as decisions ask for it.</summary>
internal sealed class KnownPlaces
{
    private readonly Dictionary<Guid, Place> _places = [];

    private KnownPlaces(Guid organizationId) => Whole = new Place(GrantScope.Organization, null, null, new AccessTarget(organizationId), null, false);

    /// <summary>The organization itself.</summary>
    public Place Whole { get; }

    /// <summary>From the widest to the narrowest: units with those above them first.</summary>
    public IEnumerable<Place> Below => _places.Values.OrderBy(p => p.Scope).ThenBy(p => p.Target.BusinessUnitIds?.Count).ThenBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Id);

    public static async Task<KnownPlaces> LoadAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var org = scope.OrganizationId;
        var known = new KnownPlaces(org);
        var tree = await BusinessUnitTree.LoadAsync(scope, cancellationToken);
        foreach (var unit in tree.Units.Values) known._places[unit.Id] = new Place(GrantScope.BusinessUnit, unit.Id, unit.Name, new AccessTarget(org, tree.ChainOn(unit.Id, scope.TodayUtc)), null, false);
        var workspaces = await scope.Db.Set<Workspace>().AsNoTracking().Where(w => w.OrganizationId == org).ToListAsync(cancellationToken);
        foreach (var w in workspaces)
        {
            var target = new AccessTarget(org, tree.ChainOn(w.BusinessUnitId, scope.TodayUtc), w.Id) { Facts = w.ToFacts() };
            known._places[w.Id] = new Place(GrantScope.Workspace, w.Id, w.Name, target, w.Environment, w.IsArchived);
        }

        var projects = await scope.Db.Set<Project>().AsNoTracking().Where(p => p.OrganizationId == org).Select(p => new { p.Id, p.WorkspaceId, p.Name, p.IsArchived }).ToListAsync(cancellationToken);
        foreach (var p in projects)
        {
            if (known._places.TryGetValue(p.WorkspaceId, out var inside)) known._places[p.Id] = new Place(GrantScope.Project, p.Id, p.Name, inside.Target with { ProjectId = p.Id }, inside.Environment, p.IsArchived || inside.IsArchived);
        }

        return known;
    }

    /// <summary>Of what is gone, the organization as a whole.</summary>
    public Place Of(Guid? id) => id is { } key && _places.TryGetValue(key, out var place) ? place : Whole;

    /// <param name="Name">Null for the organization.</param>
    internal sealed record Place(GrantScope Scope, Guid? Id, string? Name, AccessTarget Target, WorkspaceEnvironment? Environment, bool IsArchived);
}
