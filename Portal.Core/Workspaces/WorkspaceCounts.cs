using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>How many workspaces business units hold, for the organizations slice.</summary>
public static class WorkspaceCounts
{
    public static Task<int> OfUnitAsync(ReadScope scope, Guid unit, CancellationToken cancellationToken) =>
        scope.Db.Set<Workspace>().CountAsync(w => w.BusinessUnitId == unit && !w.IsArchived, cancellationToken);

    /// <summary>Workspaces directly in each unit on a day, archived ones left out.</summary>
    public static async Task<IReadOnlyDictionary<Guid, int>> ByUnitAsync(ReadScope scope, DateOnly day, CancellationToken cancellationToken)
    {
        if (day == scope.TodayUtc)
            return await scope.Db.Set<Workspace>().Where(w => !w.IsArchived).GroupBy(w => w.BusinessUnitId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var live = await scope.Db.Set<Workspace>().Where(w => !w.IsArchived).Select(w => w.Id).ToListAsync(cancellationToken);
        var history = (await scope.Db.Set<WorkspacePlacement>().ToListAsync(cancellationToken)).ToLookup(p => p.WorkspaceId);
        return live.Select(id => WorkspacePlacements.UnitOn(history[id], day)).OfType<Guid>().GroupBy(u => u).ToDictionary(g => g.Key, g => g.Count());
    }
}
