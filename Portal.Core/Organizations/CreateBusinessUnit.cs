using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>Makes a department, division or team.</summary>
/// <param name="Parent">Id or slug of the unit above; null = at the top.</param>
/// <param name="CostCenter">Null = the one of the unit above.</param>
public sealed record CreateBusinessUnit(string Org, string? Name, string? CostCenter = null, string? Parent = null, string? Owner = null) : Command<BusinessUnitRow>
{
    public override string Action => "businessUnit.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => OrganizationsPermissions.WriteBusinessUnits;

    public override async Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        // A parent that does not exist is an error of the field, told by the handler to whom may make units at all.
        var place = await BusinessUnitPlace.FindAsync(scope, Parent, cancellationToken);
        return place.Succeeded ? place : new AccessTarget(scope.OrganizationId);
    }

    public override async Task<Result<BusinessUnitRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("name", Name, 200, out var name) is { } nameError) errors.Add(nameError);
        if (TextRule.Check("costCenter", CostCenter, 80, out var costCenter, required: false) is { } costCenterError) errors.Add(costCenterError);
        if (TextRule.Check("owner", Owner, 200, out var owner, required: false) is { } ownerError) errors.Add(ownerError);
        await StructureLock.TakeAsync(scope, BusinessUnitRules.Lock, cancellationToken);
        var tree = await BusinessUnitTree.LoadAsync(scope, cancellationToken);
        var parent = string.IsNullOrEmpty(Parent) ? null : tree.Find(Parent);
        if (!string.IsNullOrEmpty(Parent) && BusinessUnitRules.CheckParent(parent) is { } parentError) errors.Add(parentError);
        if (errors.Count > 0) return Problem.Invalid(errors);

        var slug = Slug.From(name, "business-unit", tree.Units.Values.Select(u => u.Slug).ToHashSet(StringComparer.Ordinal));
        var unit = BusinessUnit.Create(scope.OrganizationId, slug, name, owner.Length == 0 ? null : owner, scope.NowUtc);
        var placement = new BusinessUnitPlacement
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, BusinessUnitId = unit.Id, EffectiveFrom = scope.TodayUtc,
            ParentId = parent?.Id, CostCenter = costCenter.Length == 0 ? null : costCenter,
        };
        var after = new BusinessUnitTree(tree.Units.Values.Append(unit), tree.Units.Keys.SelectMany(tree.History).Append(placement));
        if (after.Check() is { } problem) return problem;
        scope.Db.Add(unit);
        scope.Db.Add(placement);
        scope.Audit("businessUnit", unit.Id, unit.Name);
        scope.Touch(LiveTopic.BusinessUnits, unit.Id, 1);
        return BusinessUnitRow.Of(after, unit, scope.TodayUtc, 0, 1);
    }
}

internal static class BusinessUnitRules
{
    public const string Lock = "businessUnits";

    public static FieldError? CheckParent(BusinessUnit? parent) => parent switch
    {
        null => new FieldError("parent", "businessUnit.notFound", "parent names no business unit of the organization: give its id or slug."),
        { IsArchived: true } => new FieldError("parent", "businessUnit.archived", "parent is archived: choose another unit."),
        _ => null,
    };
}
