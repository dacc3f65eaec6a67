using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>Which unit a workspace belonged to on a day.</summary>
public static class WorkspacePlacements
{
    /// <summary>The newest placement that began on or before the day, else the first; null without any.</summary>
    public static Guid? UnitOn(IEnumerable<WorkspacePlacement> history, DateOnly day)
    {
        var ordered = history.OrderBy(p => p.EffectiveFrom).ToList();
        return (ordered.LastOrDefault(p => p.EffectiveFrom <= day) ?? ordered.FirstOrDefault())?.BusinessUnitId;
    }

    /// <summary>From the day on the workspace belongs to the unit; days before keep what they had, later placements are replaced.</summary>
    internal static async Task MoveAsync(WriteScope scope, Workspace workspace, Guid unit, DateOnly from, CancellationToken cancellationToken)
    {
        var history = await scope.Db.Set<WorkspacePlacement>().Where(p => p.WorkspaceId == workspace.Id).OrderBy(p => p.EffectiveFrom).ToListAsync(cancellationToken);
        // The first placement also holds before its day: what held there is written down before something else takes its place.
        if (history is [var first, ..] && from <= first.EffectiveFrom && from > EffectiveDay.First) Add(scope, workspace.Id, EffectiveDay.First, first.BusinessUnitId);
        scope.Db.RemoveRange(history.Where(p => p.EffectiveFrom > from));
        if (history.Find(p => p.EffectiveFrom == from) is { } same) same.BusinessUnitId = unit;
        else Add(scope, workspace.Id, from, unit);
    }

    internal static void Add(WriteScope scope, Guid workspace, DateOnly from, Guid unit) => scope.Db.Add(new WorkspacePlacement
    {
        Id = Ids.New(), OrganizationId = scope.OrganizationId, WorkspaceId = workspace, EffectiveFrom = from, BusinessUnitId = unit,
    });
}
