using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>The workspaces of an organization. Filter: text in name, slug or owner. Sorts: name (default), slug, createdAt.</summary>
/// <param name="BusinessUnit">Id or slug; units below it count.</param>
/// <param name="Environment">development, staging, production or preview.</param>
/// <param name="Label">KEY=VALUE.</param>
public sealed record ListWorkspaces(
    string Org, PageRequest Page, string? BusinessUnit = null, string? Environment = null, string? Label = null, bool IncludeArchived = false) : Query<Paged<WorkspaceRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Read;

    public override async Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        // A unit that does not exist is told by the handler, to whom may see workspaces at all.
        if (!string.IsNullOrEmpty(BusinessUnit) && (await BusinessUnitPlace.LocateAsync(scope, BusinessUnit, cancellationToken)).TryGet(out var found, out _) && found with { IsNarrowed = true } is var unit
            && Access.AccessPolicy.Decide(scope.Actor, WorkspacesPermissions.Read, unit).Allowed) return unit;
        return await WorkspaceReach.TargetAsync(scope, WorkspacesPermissions.Read, cancellationToken);
    }

    public override async Task<Result<Paged<WorkspaceRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var workspaces = scope.Db.Set<Workspace>().AsQueryable();
        if (!IncludeArchived) workspaces = workspaces.Where(w => !w.IsArchived);
        var own = await WorkspaceReach.IdsAsync(scope, WorkspacesPermissions.Read, cancellationToken);
        if (own is not null) workspaces = workspaces.Where(w => own.Contains(w.Id));
        if (!string.IsNullOrEmpty(BusinessUnit))
        {
            var tree = await BusinessUnitTree.LoadAsync(scope, cancellationToken);
            if (tree.Find(BusinessUnit) is not { } unit) return Problem.NotFound("businessUnit");
            var below = tree.BelowOn(unit.Id, scope.TodayUtc).ToList();
            workspaces = workspaces.Where(w => below.Contains(w.BusinessUnitId));
            // Of units out of reach those alone are known that hold a workspace which is not.
            if (own is not null && !await BusinessUnitPlace.IsKnownAsync(scope, unit.Id, null, cancellationToken) && !await scope.Db.Set<Workspace>().AnyAsync(w => own.Contains(w.Id) && below.Contains(w.BusinessUnitId), cancellationToken))
                return Problem.NotFound("businessUnit");
        }

        if (!string.IsNullOrEmpty(Environment))
        {
            if (!Words.TryParse<WorkspaceEnvironment>(Environment, out var environment)) return Problem.Invalid("environment", "environment.unknown", "environment is development, staging, production or preview.");
            workspaces = workspaces.Where(w => w.Environment == environment);
        }

        if (!string.IsNullOrEmpty(Label))
        {
            var equals = Label.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) return Problem.Invalid("label", "label.form", "label is written KEY=VALUE.");
            var fragment = LabelSet.Fragment(Label[..equals], Label[(equals + 1)..]);
            workspaces = workspaces.Where(w => w.Labels.Contains(fragment));
        }

        workspaces = KeyedList.Holding(workspaces, Page.Filter, w => w.Name, w => w.Slug, w => w.Owner ?? "");
        if (!(await KeyedList.PageAsync(workspaces, Page, w => w.Id, Sorts, cancellationToken)).TryGet(out var page, out var problem)) return problem;
        var units = await WorkspaceRow.UnitsAsync(scope, page.Items.Select(w => w.BusinessUnitId).ToHashSet(), cancellationToken);
        return new Paged<WorkspaceRow>([.. page.Items.Select(w => WorkspaceRow.Of(w, w.BusinessUnitId, units, w.Version))], page.NextCursor);
    }

    private static readonly IReadOnlyList<SortBy<Workspace>> Sorts =
    [
        new("name", (Workspace w) => w.Name),
        new("slug", (Workspace w) => w.Slug),
        new("createdAt", (Workspace w) => w.CreatedAtUtc),
    ];
}

/// <summary>One workspace (id or slug); with a day the unit it belonged to on that day.</summary>
public sealed record GetWorkspace(string Org, string Workspace, DateOnly? AsOf = null) : Query<WorkspaceRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindAsync(scope, Workspace, cancellationToken);

    public override async Task<Result<WorkspaceRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var workspace = await WorkspacePlace.Find(scope, Workspace).SingleOrDefaultAsync(cancellationToken);
        if (workspace is null) return Problem.NotFound("workspace");
        var unit = workspace.BusinessUnitId;
        if (AsOf is { } day && day != scope.TodayUtc)
            unit = WorkspacePlacements.UnitOn(await scope.Db.Set<WorkspacePlacement>().Where(p => p.WorkspaceId == workspace.Id).ToListAsync(cancellationToken), day) ?? unit;
        return WorkspaceRow.Of(workspace, unit, await WorkspaceRow.UnitsAsync(scope, [unit], cancellationToken), workspace.Version);
    }
}
