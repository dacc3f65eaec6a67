using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>
/// Changes what is given; null = as before, "" empties (owner, cost center) or moves to the top (parent). Parent and cost center change from a day
/// on: days before keep what they had, later values of the same field are replaced.
/// </summary>
/// <param name="BusinessUnit">Id or slug.</param>
/// <param name="EffectiveFrom">UTC day from 1970 to 2200; default today.</param>
public sealed record ChangeBusinessUnit(
    string Org, string BusinessUnit, string? Name = null, string? Owner = null, string? CostCenter = null, string? Parent = null, DateOnly? EffectiveFrom = null,
    long? ExpectedVersion = null) : Command<BusinessUnitRow>
{
    public override string Action => "businessUnit.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => OrganizationsPermissions.WriteBusinessUnits;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => BusinessUnitPlace.FindAsync(scope, BusinessUnit, cancellationToken);

    public override async Task<Result<BusinessUnitRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await BusinessUnitPlace.ForChangeAsync(scope, BusinessUnit, ExpectedVersion, cancellationToken)).TryGet(out var found, out var refusal)) return refusal;
        var (tree, unit) = found;
        var errors = new List<FieldError>();
        var name = unit.Name;
        var owner = unit.Owner ?? "";
        var costCenter = "";
        if (Name is not null && TextRule.Check("name", Name, 200, out name) is { } nameError) errors.Add(nameError);
        if (Owner is not null && TextRule.Check("owner", Owner, 200, out owner, required: false) is { } ownerError) errors.Add(ownerError);
        if (CostCenter is not null && TextRule.Check("costCenter", CostCenter, 80, out costCenter, required: false) is { } costCenterError) errors.Add(costCenterError);
        var parent = string.IsNullOrEmpty(Parent) ? null : tree.Find(Parent);
        if (parent is not null && !await BusinessUnitPlace.IsKnownAsync(scope, parent.Id, tree.ParentOn(unit.Id, scope.TodayUtc), cancellationToken)) parent = null;
        if (!string.IsNullOrEmpty(Parent) && BusinessUnitRules.CheckParent(parent) is { } parentError) errors.Add(parentError);
        var from = EffectiveFrom ?? scope.TodayUtc;
        if (EffectiveDay.Check(from) is { } dayError) errors.Add(dayError);
        if (errors.Count > 0) return Problem.Invalid(errors);
        if (Parent is not null && await BusinessUnitPlace.CheckMoveAsync(scope, OrganizationsPermissions.WriteBusinessUnits, parent?.Id, cancellationToken) is { } denied) return denied;

        unit.Change(name, owner.Length == 0 ? null : owner);
        if (CostCenter is not null || Parent is not null)
        {
            var history = tree.History(unit.Id).ToList();
            Place(scope, unit, history, from, costCenter.Length == 0 ? null : costCenter, parent?.Id);
            tree = tree.With(unit.Id, history);
            if (tree.Check() is { } problem) return problem;
            // The unit's row carries the version of its placements, too.
            scope.Db.Entry(unit).Property(u => u.Name).IsModified = true;
            await Costs.CostReallocation.QueueAsync(scope, from, cancellationToken);
        }

        scope.Audit("businessUnit", unit.Id, unit.Name);
        var version = NextVersion.Of(scope, unit);
        scope.Touch(LiveTopic.BusinessUnits, unit.Id, version);
        return BusinessUnitRow.Of(tree, unit, scope.TodayUtc, null, version);
    }

    private void Place(WriteScope scope, BusinessUnit unit, List<BusinessUnitPlacement> history, DateOnly from, string? costCenter, Guid? parent)
    {
        BusinessUnitPlacement Add(DateOnly day, Guid? parentId, string? center)
        {
            var added = new BusinessUnitPlacement { Id = Ids.New(), OrganizationId = scope.OrganizationId, BusinessUnitId = unit.Id, EffectiveFrom = day, ParentId = parentId, CostCenter = center };
            scope.Db.Add(added);
            history.Add(added);
            return added;
        }

        // The first placement also holds before its day: what held there is written down before something else takes its place.
        if (history is [var first, ..] && from <= first.EffectiveFrom && from > EffectiveDay.First) Add(EffectiveDay.First, first.ParentId, first.CostCenter);
        var before = history.Where(p => p.EffectiveFrom <= from).MaxBy(p => p.EffectiveFrom) ?? history.FirstOrDefault();
        if (before?.EffectiveFrom != from) Add(from, before?.ParentId, before?.CostCenter);
        foreach (var placement in history.Where(p => p.EffectiveFrom >= from))
        {
            if (Parent is not null) placement.ParentId = parent;
            if (CostCenter is not null) placement.CostCenter = costCenter;
        }
    }
}
