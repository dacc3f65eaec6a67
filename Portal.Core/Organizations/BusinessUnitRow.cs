namespace Hexabase.Portal.Organizations;

/// <summary>A business unit on a day.</summary>
/// <param name="Depth">1 = at the top.</param>
/// <param name="CostCenter">The unit's own; null where it takes the one above.</param>
/// <param name="EffectiveCostCenter">Its own or the nearest one above.</param>
/// <param name="Children">Units directly below, archived ones left out.</param>
/// <param name="Workspaces">Workspaces directly in the unit on that day, archived ones left out; null in answers of commands.</param>
public sealed record BusinessUnitRow(
    Guid Id, string Slug, string Name, string? Owner, Guid? ParentId, string? ParentSlug, int Depth, string? CostCenter, string? EffectiveCostCenter,
    int Children, int? Workspaces, bool IsArchived, DateTime CreatedAtUtc, long Version)
{
    internal static BusinessUnitRow Of(BusinessUnitTree tree, BusinessUnit unit, DateOnly day, int? workspaces, long version)
    {
        var parent = tree.ParentOn(unit.Id, day);
        return new BusinessUnitRow(
            unit.Id, unit.Slug, unit.Name, unit.Owner, parent, parent is { } p ? tree.Units.GetValueOrDefault(p)?.Slug : null, tree.ChainOn(unit.Id, day).Count,
            tree.PlacementOn(unit.Id, day)?.CostCenter, tree.CostCenterOn(unit.Id, day).CostCenter,
            tree.Units.Values.Count(u => !u.IsArchived && tree.ParentOn(u.Id, day) == unit.Id), workspaces, unit.IsArchived, unit.CreatedAtUtc, version);
    }
}
