using Hexabase.Portal.Organizations;
using Hexabase.Portal.Data;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>Where a target stood from one day (included) to another (excluded).</summary>
internal readonly record struct AllocationPlace(DateOnly From, DateOnly To, Guid? WorkspaceId, Guid? ProjectId, Guid? BusinessUnitId, string? CostCenter);

/// <summary>
/// The organization's workspaces, projects and business units with their history. Placements that begin later than a day do not hold on it; before the first
/// placement of a unit or workspace the first one holds. A unit without a cost center has that of the nearest unit above it that has one.
/// </summary>
internal sealed class AllocationPlaces : IAllocationTargets
{
    private readonly Dictionary<(AllocationTargetKind Kind, string Key), AllocationTarget> _targets = [];
    private readonly Dictionary<Guid, Guid> _workspaceOfProject = [];
    private readonly Dictionary<Guid, List<(DateOnly From, Guid Unit)>> _workspaceMoves = [];
    private readonly Dictionary<Guid, List<(DateOnly From, Guid? Parent, string? CostCenter)>> _unitMoves = [];
    private readonly Dictionary<AllocationTarget, IReadOnlyList<AllocationPlace>> _timelines = [];

    public static async Task<AllocationPlaces> LoadAsync(PortalDbContext db, CancellationToken cancellationToken)
    {
        var places = new AllocationPlaces();
        foreach (var w in await db.Set<Workspace>().AsNoTracking().Select(w => new { w.Id, w.Slug, w.BusinessUnitId }).ToListAsync(cancellationToken))
        {
            places.Add(AllocationTargetKind.Workspace, w.Slug, w.Id);
            places._workspaceMoves[w.Id] = [(DateOnly.MinValue, w.BusinessUnitId)];
        }

        foreach (var p in await db.Set<Project>().AsNoTracking().Select(p => new { p.Id, p.Slug, p.WorkspaceId }).ToListAsync(cancellationToken))
        {
            places.Add(AllocationTargetKind.Project, p.Slug, p.Id);
            places._workspaceOfProject[p.Id] = p.WorkspaceId;
        }

        foreach (var u in await db.Set<BusinessUnit>().AsNoTracking().Select(u => new { u.Id, u.Slug }).ToListAsync(cancellationToken)) places.Add(AllocationTargetKind.BusinessUnit, u.Slug, u.Id);
        foreach (var group in (await db.Set<WorkspacePlacement>().AsNoTracking().OrderBy(p => p.EffectiveFrom).ToListAsync(cancellationToken)).GroupBy(p => p.WorkspaceId))
            places._workspaceMoves[group.Key] = [.. group.Select(p => (p.EffectiveFrom, p.BusinessUnitId))];
        foreach (var group in (await db.Set<BusinessUnitPlacement>().AsNoTracking().OrderBy(p => p.EffectiveFrom).ToListAsync(cancellationToken)).GroupBy(p => p.BusinessUnitId))
            places._unitMoves[group.Key] = [.. group.Select(p => (p.EffectiveFrom, p.ParentId, p.CostCenter))];
        return places;
    }

    public AllocationTarget? Find(AllocationTargetKind kind, string key) => _targets.GetValueOrDefault((kind, key));

    /// <summary>The target's places for all days, in order, without gaps.</summary>
    public IReadOnlyList<AllocationPlace> Timeline(AllocationTarget target)
    {
        if (_timelines.TryGetValue(target, out var known)) return known;
        return _timelines[target] = target switch
        {
            { Kind: AllocationTargetKind.CostCenter } => [new AllocationPlace(DateOnly.MinValue, DateOnly.MaxValue, null, null, null, target.Key)],
            { Kind: AllocationTargetKind.BusinessUnit, Id: { } unit } => [.. CostCenters(unit).Select(c => new AllocationPlace(c.From, c.To, null, null, unit, c.Text))],
            { Kind: AllocationTargetKind.Workspace, Id: { } workspace } => Workspace(workspace, null),
            { Kind: AllocationTargetKind.Project, Id: { } project } => Workspace(_workspaceOfProject[project], project),
            _ => throw new InvalidOperationException($"The target {target} has no id."),
        };
    }

    /// <summary>The units below a unit (itself included) on each day of a range, as ranges in which they are the same.</summary>
    public IReadOnlyList<(DateOnly From, DateOnly To, IReadOnlyList<Guid> Units)> Below(Guid unit, Kernel.UtcRange range)
    {
        var borders = _unitMoves.Values.SelectMany(m => m.Skip(1)).Select(m => m.From).Where(d => d > range.From && d < range.To)
            .Append(range.From).Append(range.To).Distinct().Order().ToList();
        var result = new List<(DateOnly, DateOnly, IReadOnlyList<Guid>)>();
        for (var i = 0; i + 1 < borders.Count; i++)
        {
            var day = borders[i];
            var below = new HashSet<Guid> { unit };
            var children = _unitMoves.Select(m => (m.Key, At(m.Value, day).Parent)).Where(m => m.Parent is not null).ToLookup(m => m.Parent, m => m.Key);
            var open = new Stack<Guid>([unit]);
            while (open.TryPop(out var parent))
            {
                foreach (var child in children[parent].Where(below.Add)) open.Push(child);
            }

            if (result.Count > 0 && below.SetEquals(result[^1].Item3)) result[^1] = (result[^1].Item1, borders[i + 1], result[^1].Item3);
            else result.Add((day, borders[i + 1], [.. below]));
        }

        return result;
    }

    private List<AllocationPlace> Workspace(Guid workspace, Guid? project)
    {
        var moves = _workspaceMoves[workspace];
        var result = new List<AllocationPlace>();
        for (var i = 0; i < moves.Count; i++)
        {
            var from = i == 0 ? DateOnly.MinValue : moves[i].From;
            var to = i + 1 < moves.Count ? moves[i + 1].From : DateOnly.MaxValue;
            foreach (var center in CostCenters(moves[i].Unit))
            {
                var (start, end) = (Max(from, center.From), Min(to, center.To));
                if (start < end) result.Add(new AllocationPlace(start, end, workspace, project, moves[i].Unit, center.Text));
            }
        }

        return result;
    }

    private List<(DateOnly From, DateOnly To, string? Text)> CostCenters(Guid unit, int depth = 0)
    {
        if (!_unitMoves.TryGetValue(unit, out var moves) || depth > 100) return [(DateOnly.MinValue, DateOnly.MaxValue, null)];
        var result = new List<(DateOnly, DateOnly, string?)>();
        for (var i = 0; i < moves.Count; i++)
        {
            var from = i == 0 ? DateOnly.MinValue : moves[i].From;
            var to = i + 1 < moves.Count ? moves[i + 1].From : DateOnly.MaxValue;
            if (moves[i].CostCenter is { Length: > 0 } own) result.Add((from, to, own));
            else if (moves[i].Parent is not { } parent) result.Add((from, to, null));
            else
            {
                foreach (var (start, end, text) in CostCenters(parent, depth + 1))
                {
                    if (Max(from, start) < Min(to, end)) result.Add((Max(from, start), Min(to, end), text));
                }
            }
        }

        return result;
    }

    private static (DateOnly From, Guid? Parent, string? CostCenter) At(List<(DateOnly From, Guid? Parent, string? CostCenter)> moves, DateOnly day)
    {
        var at = moves.FindLastIndex(m => m.From <= day);
        return moves[Math.Max(at, 0)];
    }

    private void Add(AllocationTargetKind kind, string slug, Guid id)
    {
        var target = new AllocationTarget(kind, slug, id);
        _targets[(kind, slug)] = target;
        _targets[(kind, id.ToString())] = target;
    }

    private static DateOnly Max(DateOnly a, DateOnly b) => a > b ? a : b;

    private static DateOnly Min(DateOnly a, DateOnly b) => a < b ? a : b;
}
