using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Bindings;

/// <summary>Where a binding holds: the words of the API, the place for decisions, the names for people.</summary>
internal static class BindingPlace
{
    public static readonly string[] Scopes = ["organization", "businessUnit", "workspace", "project"];

    public static FieldError UnknownScope { get; } = new("scope", "binding.scope", $"scope is one of {string.Join(", ", Scopes)}.", Args: [string.Join(", ", Scopes)]);

    public static bool TryReadScope(string? word, out GrantScope scope) => Words.TryParse(word ?? "organization", out scope) && scope != GrantScope.Platform;

    /// <summary>The place for decisions; a scope or place that is none is an error of its field and told by the handler, to whom may bind roles at all.</summary>
    public static async Task<Result<AccessTarget>> TargetAsync(ReadScope scope, string? kind, string? place, CancellationToken cancellationToken)
    {
        var found = TryReadScope(kind, out var at) ? await FindAsync(scope, at, place, cancellationToken) : null;
        return found ?? new AccessTarget(scope.OrganizationId);
    }

    /// <summary>Null where there is no such place.</summary>
    /// <param name="place">Id or slug; of no meaning for the organization as a whole.</param>
    public static async Task<AccessTarget?> FindAsync(ReadScope scope, GrantScope kind, string? place, CancellationToken cancellationToken)
    {
        if (kind == GrantScope.Organization) return new AccessTarget(scope.OrganizationId);
        if (string.IsNullOrEmpty(place)) return null;
        var answer = kind switch
        {
            GrantScope.BusinessUnit => await BusinessUnitPlace.LocateAsync(scope, place, cancellationToken),
            GrantScope.Workspace => await WorkspacePlace.LocateAsync(scope, place, cancellationToken),
            _ => await ProjectAsync(scope, place, cancellationToken),
        };
        return answer.Succeeded ? answer.Value : null;
    }

    /// <summary>The id of the unit, workspace or project; null for the organization.</summary>
    public static async Task<Guid?> IdAsync(ReadScope scope, GrantScope kind, string place, CancellationToken cancellationToken)
    {
        if (kind is GrantScope.Workspace or GrantScope.Project) return (await WorkspacePlace.ResolveAsync(scope, place, kind == GrantScope.Project, cancellationToken)).Id;
        var isId = Guid.TryParseExact(place, "D", out var id);
        return await scope.Db.Set<BusinessUnit>().Where(u => isId ? u.Id == id : u.Slug == place).Select(u => (Guid?)u.Id).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>The names of the places that bindings are at, by id.</summary>
    public static Task<IReadOnlyDictionary<Guid, string>> NamesAsync(ReadScope scope, IEnumerable<RoleBinding> bindings, CancellationToken cancellationToken) => NamesAsync(scope, bindings.Select(b => (b.Scope, b.ScopeId)), cancellationToken);

    /// <summary>The names of places, by id.</summary>
    public static async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(ReadScope scope, IEnumerable<(GrantScope Scope, Guid? Id)> places, CancellationToken cancellationToken)
    {
        var known = places.ToList();
        List<Guid> Ids(GrantScope kind) => [.. known.Where(p => p.Scope == kind).Select(p => p.Id).OfType<Guid>().Distinct()];
        var (units, workspaces, projects) = (Ids(GrantScope.BusinessUnit), Ids(GrantScope.Workspace), Ids(GrantScope.Project));
        var names = new Dictionary<Guid, string>();
        if (units.Count > 0) foreach (var u in await scope.Db.Set<BusinessUnit>().Where(u => units.Contains(u.Id)).Select(u => new { u.Id, u.Name }).ToListAsync(cancellationToken)) names[u.Id] = u.Name;
        if (workspaces.Count > 0) foreach (var w in await scope.Db.Set<Workspace>().Where(w => workspaces.Contains(w.Id)).Select(w => new { w.Id, w.Name }).ToListAsync(cancellationToken)) names[w.Id] = w.Name;
        if (projects.Count > 0) foreach (var p in await scope.Db.Set<Project>().Where(p => projects.Contains(p.Id)).Select(p => new { p.Id, p.Name }).ToListAsync(cancellationToken)) names[p.Id] = p.Name;
        return names;
    }

    private static async Task<Result<AccessTarget>> ProjectAsync(ReadScope scope, string place, CancellationToken cancellationToken)
    {
        var isId = Guid.TryParseExact(place, "D", out var id);
        var project = await scope.Db.Set<Project>().Where(p => isId ? p.Id == id : p.Slug == place).Select(p => new { p.Id, p.WorkspaceId }).SingleOrDefaultAsync(cancellationToken);
        return project is null ? Problem.NotFound("project") : (await WorkspacePlace.LocateAsync(scope, project.WorkspaceId.ToString("D"), cancellationToken)).Map(t => t with { ProjectId = project.Id });
    }
}
