using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>A stretch of days in which a workspace belonged to one business unit.</summary>
/// <param name="From">First UTC day; null = since ever: the first placement also holds before its day.</param>
/// <param name="Until">Last UTC day; null = still.</param>
public sealed record WorkspacePlacementRow(DateOnly? From, DateOnly? Until, Guid BusinessUnitId, string BusinessUnit, string BusinessUnitName);

/// <summary>The business units that a workspace (id or slug) belonged to, newest first.</summary>
public sealed record ListWorkspacePlacements(string Org, string Workspace) : Query<IReadOnlyList<WorkspacePlacementRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindAsync(scope, Workspace, cancellationToken);

    public override async Task<Result<IReadOnlyList<WorkspacePlacementRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var (workspace, _) = await WorkspacePlace.ResolveAsync(scope, Workspace, project: false, cancellationToken);
        var history = await scope.Db.Set<WorkspacePlacement>().Where(p => p.WorkspaceId == workspace).OrderBy(p => p.EffectiveFrom).Take(1000).ToListAsync(cancellationToken);
        var units = await WorkspaceRow.UnitsAsync(scope, history.Select(p => p.BusinessUnitId).ToHashSet(), cancellationToken);
        var rows = new List<WorkspacePlacementRow>();
        for (var i = 0; i < history.Count; i++)
        {
            var unit = units.GetValueOrDefault(history[i].BusinessUnitId, (Slug: "", Name: ""));
            rows.Add(new WorkspacePlacementRow(
                i == 0 ? null : history[i].EffectiveFrom, i + 1 < history.Count ? history[i + 1].EffectiveFrom.AddDays(-1) : null, history[i].BusinessUnitId, unit.Slug, unit.Name));
        }

        rows.Reverse();
        return rows;
    }
}
