using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>
/// The business units of an organization with their whole history, for any date. The newest placement that began on or before a day holds on that
/// day; a unit's first placement also holds before it.
/// </summary>
public sealed class BusinessUnitTree
{
    public const int MaxDepth = 10;

    private readonly Dictionary<Guid, List<BusinessUnitPlacement>> _placements;

    internal BusinessUnitTree(IEnumerable<BusinessUnit> units, IEnumerable<BusinessUnitPlacement> placements)
    {
        Units = units.ToDictionary(u => u.Id);
        _placements = placements.GroupBy(p => p.BusinessUnitId).ToDictionary(g => g.Key, g => g.OrderBy(p => p.EffectiveFrom).ToList());
    }

    public IReadOnlyDictionary<Guid, BusinessUnit> Units { get; }

    public static async Task<BusinessUnitTree> LoadAsync(ReadScope scope, CancellationToken cancellationToken) => new(
        await scope.Db.Set<BusinessUnit>().ToListAsync(cancellationToken),
        await scope.Db.Set<BusinessUnitPlacement>().ToListAsync(cancellationToken));

    /// <summary>The unit by id or slug; null where there is none.</summary>
    public BusinessUnit? Find(string key) => Guid.TryParseExact(key, "D", out var id)
        ? Units.GetValueOrDefault(id)
        : Units.Values.FirstOrDefault(u => u.Slug == key);

    internal IReadOnlyList<BusinessUnitPlacement> History(Guid unit) => _placements.GetValueOrDefault(unit) ?? [];

    /// <summary>Where the unit stands on a day; null only for a unit without any placement.</summary>
    internal BusinessUnitPlacement? PlacementOn(Guid unit, DateOnly day)
    {
        var history = History(unit);
        return history.LastOrDefault(p => p.EffectiveFrom <= day) ?? (history.Count > 0 ? history[0] : null);
    }

    public Guid? ParentOn(Guid unit, DateOnly day) => PlacementOn(unit, day)?.ParentId;

    /// <summary>The unit and all units above it on a day, nearest first. Stops at a cycle.</summary>
    public IReadOnlyList<Guid> ChainOn(Guid unit, DateOnly day)
    {
        var chain = new List<Guid>();
        for (Guid? at = unit; at is { } id && !chain.Contains(id); at = ParentOn(id, day)) chain.Add(id);
        return chain;
    }

    /// <summary>The unit and all units below it on a day.</summary>
    public IReadOnlySet<Guid> BelowOn(Guid unit, DateOnly day) => Units.Keys.Where(u => ChainOn(u, day).Contains(unit)).ToHashSet();

    /// <summary>The unit's own cost center or the nearest one above it.</summary>
    public (string? CostCenter, bool Inherited) CostCenterOn(Guid unit, DateOnly day)
    {
        foreach (var id in ChainOn(unit, day))
        {
            if (PlacementOn(id, day)?.CostCenter is { } costCenter) return (costCenter, id != unit);
        }

        return (null, false);
    }

    /// <summary>Null when the tree has no cycle and is not too deep on any day.</summary>
    internal Problem? Check()
    {
        var days = _placements.Values.SelectMany(p => p).Select(p => p.EffectiveFrom).Append(DateOnly.MinValue).Distinct();
        foreach (var day in days)
        {
            foreach (var unit in Units.Keys)
            {
                var chain = ChainOn(unit, day);
                if (ParentOn(chain[^1], day) is not null)
                    return Problem.Invalid("parent", "businessUnit.cycle", $"The unit would stand below itself on {day:yyyy-MM-dd}. Choose another parent or date.", day);
                if (chain.Count > MaxDepth)
                    return Problem.Invalid("parent", "businessUnit.tooDeep", $"Units nest at most {MaxDepth} levels deep.", MaxDepth);
            }
        }

        return null;
    }

    /// <summary>The tree as it would be with these placements of one unit.</summary>
    internal BusinessUnitTree With(Guid unit, IEnumerable<BusinessUnitPlacement> placements) =>
        new(Units.Values, _placements.Where(p => p.Key != unit).SelectMany(p => p.Value).Concat(placements));
}
