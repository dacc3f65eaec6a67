using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>The organization's tree as it is when a review begins: what lies below a place, who owns it, and which budgets bound it.</summary>
internal sealed class ReviewPlaces
{
    private readonly Dictionary<(GrantScope, Guid?), IReadOnlySet<Guid>?> _within = [];
    private readonly DateOnly _today;
    private readonly BusinessUnitTree _units;
    private readonly Dictionary<Guid, (Guid Unit, string? Owner)> _workspaces;
    private readonly Dictionary<Guid, Guid> _projects;
    private readonly ILookup<(BudgetScopeKind Kind, Guid? Id), (decimal Limit, string Currency)> _limits;

    private ReviewPlaces(DateOnly today, BusinessUnitTree units, Dictionary<Guid, (Guid, string?)> workspaces, Dictionary<Guid, Guid> projects, ILookup<(BudgetScopeKind, Guid?), (decimal, string)> limits) =>
        (_today, _units, _workspaces, _projects, _limits) = (today, units, workspaces, projects, limits);

    public static async Task<ReviewPlaces> LoadAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var workspaces = await scope.Db.Set<Workspace>().Select(w => new { w.Id, w.BusinessUnitId, w.Owner }).ToDictionaryAsync(w => w.Id, w => (w.BusinessUnitId, w.Owner), cancellationToken);
        var projects = await scope.Db.Set<Project>().Select(p => new { p.Id, p.WorkspaceId }).ToDictionaryAsync(p => p.Id, p => p.WorkspaceId, cancellationToken);
        var revisions = await scope.Db.Set<BudgetRevision>().AsNoTracking().ToListAsync(cancellationToken);
        var limits = revisions.GroupBy(r => r.BudgetId).Select(h => BudgetRevision.On(h, scope.TodayUtc)).OfType<BudgetRevision>().Where(r => r.MonthlyLimit is not null)
            .ToLookup(r => (r.ScopeKind, r.ScopeId), r => (r.MonthlyLimit ?? 0, r.Currency));
        return new ReviewPlaces(scope.TodayUtc, await BusinessUnitTree.LoadAsync(scope, cancellationToken), workspaces, projects, limits);
    }

    /// <summary>The place and all below it; null = the whole organization.</summary>
    public IReadOnlySet<Guid>? Within(GrantScope scope, Guid? id)
    {
        if (scope is GrantScope.Organization or GrantScope.Platform || id is not { } place) return null;
        if (_within.TryGetValue((scope, id), out var known)) return known;
        var within = new HashSet<Guid> { place };
        if (scope == GrantScope.BusinessUnit)
        {
            within.UnionWith(_units.BelowOn(place, _today));
            within.UnionWith(_workspaces.Where(w => within.Contains(w.Value.Unit)).Select(w => w.Key).ToList());
        }

        if (scope != GrantScope.Project) within.UnionWith(_projects.Where(p => within.Contains(p.Value)).Select(p => p.Key).ToList());
        return _within[(scope, id)] = within;
    }

    public Guid? WorkspaceOf(Guid project) => _projects.TryGetValue(project, out var workspace) ? workspace : null;

    /// <summary>As typed: a user name, or words that name nobody here.</summary>
    public string? OwnerOf(GrantScope scope, Guid? id) => (scope, id) switch
    {
        (GrantScope.Project, { } project) => OwnerOf(GrantScope.Workspace, WorkspaceOf(project)),
        (GrantScope.Workspace, { } workspace) => _workspaces.TryGetValue(workspace, out var found) ? found.Owner : null,
        (GrantScope.BusinessUnit, { } unit) => _units.Units.TryGetValue(unit, out var found) ? found.Owner : null,
        _ => null,
    };

    /// <summary>The monthly limits of the nearest place, from the binding's own upwards, that has any; null where none has or their currencies differ.</summary>
    public (decimal Limit, string Currency)? SpendReach(GrantScope scope, Guid? id)
    {
        foreach (var place in Upwards(scope, id))
        {
            var limits = _limits[place].ToList();
            if (limits.Count == 0) continue;
            return limits.Select(l => l.Currency).Distinct(StringComparer.Ordinal).Count() == 1 ? (limits.Sum(l => l.Limit), limits[0].Currency) : null;
        }

        return null;
    }

    private IEnumerable<(BudgetScopeKind, Guid?)> Upwards(GrantScope scope, Guid? id)
    {
        if (scope == GrantScope.Project && id is { } project)
        {
            yield return (BudgetScopeKind.Project, project);
            (scope, id) = (GrantScope.Workspace, WorkspaceOf(project));
        }

        if (scope == GrantScope.Workspace && id is { } workspace)
        {
            yield return (BudgetScopeKind.Workspace, workspace);
            (scope, id) = (GrantScope.BusinessUnit, _workspaces.TryGetValue(workspace, out var found) ? found.Unit : null);
        }

        if (scope == GrantScope.BusinessUnit && id is { } unit)
            foreach (var above in _units.ChainOn(unit, _today)) yield return (BudgetScopeKind.BusinessUnit, above);
        yield return (BudgetScopeKind.Organization, null);
    }
}
