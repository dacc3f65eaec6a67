using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>Finds workspaces and projects by id or slug, and their place for access decisions.</summary>
public static class WorkspacePlace
{
    /// <summary>The place that a message is about. To whom no grant reaches it, it looks like one that does not exist, so that nobody finds out what else there is in the organization.</summary>
    public static async Task<Result<AccessTarget>> FindAsync(ReadScope scope, string key, CancellationToken cancellationToken) =>
        (await LocateAsync(scope, key, cancellationToken)).OrMissing(scope, "workspace");

    /// <summary>The place, whoever asks.</summary>
    internal static async Task<Result<AccessTarget>> LocateAsync(ReadScope scope, string key, CancellationToken cancellationToken)
    {
        var found = await Find(scope, key).Select(w => new { w.Id, w.BusinessUnitId }).SingleOrDefaultAsync(cancellationToken);
        if (found is null) return Problem.NotFound("workspace");
        var chain = await BusinessUnitPlace.ChainAsync(scope, found.BusinessUnitId, cancellationToken);
        return new AccessTarget(scope.OrganizationId, chain, found.Id) { Facts = await FactsAsync(scope, found.Id, cancellationToken) };
    }

    private static async Task<Access.Conditions.PlaceFacts?> FactsAsync(ReadScope scope, Guid id, CancellationToken cancellationToken) => AccessPolicy.AsksForPlace(scope.Actor, scope.OrganizationId)
        ? (await scope.Db.Set<Workspace>().AsNoTracking().SingleOrDefaultAsync(w => w.Id == id, cancellationToken))?.ToFacts()
        : null;

    /// <summary>Likewise a project's.</summary>
    public static async Task<Result<AccessTarget>> FindProjectAsync(ReadScope scope, string workspace, string project, CancellationToken cancellationToken)
    {
        if (!(await LocateAsync(scope, workspace, cancellationToken)).TryGet(out var place, out var problem)) return problem;
        var id = await FindProject(scope, place.WorkspaceId, project).Select(p => (Guid?)p.Id).SingleOrDefaultAsync(cancellationToken);
        var found = place with { ProjectId = id };
        if (!AccessReach.Includes(scope, found)) return Problem.NotFound("workspace");
        return id is null ? Problem.NotFound("project") : found;
    }

    /// <summary>The workspace for a change, with its version checked and the audit subject set.</summary>
    internal static async Task<Result<Workspace>> ForChangeAsync(WriteScope scope, string key, long? expected, CancellationToken cancellationToken)
    {
        var workspace = await Find(scope, key).SingleOrDefaultAsync(cancellationToken);
        if (workspace is null) return Problem.NotFound("workspace");
        scope.Audit("workspace", workspace.Id, workspace.Name, workspace.Id);
        return expected is { } version && version != workspace.Version ? Problem.Stale("workspace", workspace.Version) : workspace;
    }

    internal static IQueryable<Workspace> Find(ReadScope scope, string key) => Guid.TryParseExact(key, "D", out var id)
        ? scope.Db.Set<Workspace>().Where(w => w.Id == id)
        : scope.Db.Set<Workspace>().Where(w => w.Slug == key);

    internal static IQueryable<Project> FindProject(ReadScope scope, Guid? workspace, string key)
    {
        var isId = Guid.TryParseExact(key, "D", out var id);
        return scope.Db.Set<Project>().Where(p => p.WorkspaceId == workspace && (isId ? p.Id == id : p.Slug == key));
    }

    /// <summary>The id of a workspace or project anywhere in the organization, by id or slug; null where there is none.</summary>
    public static async Task<(Guid? Id, string? Name)> ResolveAsync(ReadScope scope, string key, bool project, CancellationToken cancellationToken)
    {
        var isId = Guid.TryParseExact(key, "D", out var id);
        var found = project
            ? await scope.Db.Set<Project>().Where(p => isId ? p.Id == id : p.Slug == key).Select(p => new { p.Id, p.Name }).SingleOrDefaultAsync(cancellationToken)
            : await Find(scope, key).Select(w => new { w.Id, w.Name }).SingleOrDefaultAsync(cancellationToken);
        return (found?.Id, found?.Name);
    }
}
