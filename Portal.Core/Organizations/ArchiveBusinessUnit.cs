using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>Takes a unit out of use; its history stays. Refused while it has workspaces or units below.</summary>
public sealed record ArchiveBusinessUnit(string Org, string BusinessUnit, long? ExpectedVersion = null) : Command<BusinessUnitRow>
{
    public override string Action => "businessUnit.archive";

    public override string OrganizationKey => Org;

    public override Permission? Permission => OrganizationsPermissions.WriteBusinessUnits;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => BusinessUnitPlace.FindAsync(scope, BusinessUnit, cancellationToken);

    public override async Task<Result<BusinessUnitRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        await StructureLock.TakeAsync(scope, BusinessUnitRules.Lock, cancellationToken);
        var tree = await BusinessUnitTree.LoadAsync(scope, cancellationToken);
        if (tree.Find(BusinessUnit) is not { } unit) return Problem.NotFound("businessUnit");
        scope.Audit("businessUnit", unit.Id, unit.Name);
        if (ExpectedVersion is { } expected && expected != unit.Version) return Problem.Stale("businessUnit", unit.Version);
        var children = tree.Units.Values.Count(u => !u.IsArchived && tree.ParentOn(u.Id, scope.TodayUtc) == unit.Id);
        if (children > 0) return Problem.Refused("businessUnit.hasChildren", $"{unit.Name} still has {children} units below it. Move or archive them first.", unit.Name, children);
        var workspaces = await Workspaces.WorkspaceCounts.OfUnitAsync(scope, unit.Id, cancellationToken);
        if (workspaces > 0) return Problem.Refused("businessUnit.hasWorkspaces", $"{unit.Name} still has {workspaces} workspaces. Move or archive them first.", unit.Name, workspaces);
        unit.Archive();
        var version = NextVersion.Of(scope, unit);
        scope.Touch(LiveTopic.BusinessUnits, unit.Id, version);
        return BusinessUnitRow.Of(tree, unit, scope.TodayUtc, 0, version);
    }
}
