using Hexabase.Portal.Kernel;

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
        if (!(await BusinessUnitPlace.ForChangeAsync(scope, BusinessUnit, ExpectedVersion, cancellationToken)).TryGet(out var found, out var refusal)) return refusal;
        var (tree, unit) = found;
        var children = tree.Units.Values.Count(u => !u.IsArchived && tree.ParentOn(u.Id, scope.TodayUtc) == unit.Id);
        if (children > 0) return Problem.Refused("businessUnit.hasChildren", $"{unit.Name} still has {children} units below it. Move or archive them first.", unit.Name, children);
        // Alone: no workspace is being put in while they are counted.
        await BusinessUnitPlace.HoldAsync(scope, unit.Id, alone: true, cancellationToken);
        var workspaces = await Workspaces.WorkspaceCounts.OfUnitAsync(scope, unit.Id, cancellationToken);
        if (workspaces > 0) return Problem.Refused("businessUnit.hasWorkspaces", $"{unit.Name} still has {workspaces} workspaces. Move or archive them first.", unit.Name, workspaces);
        unit.Archive();
        var version = NextVersion.Of(scope, unit);
        scope.Touch(LiveTopic.BusinessUnits, unit.Id, version);
        return BusinessUnitRow.Of(tree, unit, scope.TodayUtc, 0, version);
    }
}
