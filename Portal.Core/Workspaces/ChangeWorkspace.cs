using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>
/// Changes what is given. A move to another business unit takes effect from a day on: the days before keep their unit, so that their cost does;
/// placements recorded for later days are replaced.
/// </summary>
/// <param name="Workspace">Id or slug.</param>
/// <param name="EffectiveFrom">Of a move: UTC day, today (default) or earlier.</param>
public sealed record ChangeWorkspace(string Org, string Workspace, WorkspaceInput Input, DateOnly? EffectiveFrom = null, long? ExpectedVersion = null) : Command<WorkspaceRow>
{
    public override string Action => "workspace.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Write;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindAsync(scope, Workspace, cancellationToken);

    public override async Task<Result<WorkspaceRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await WorkspacePlace.ForChangeAsync(scope, Workspace, ExpectedVersion, cancellationToken)).TryGet(out var workspace, out var problem)) return problem;
        if (!(await Input.CheckAsync(scope, workspace, cancellationToken)).TryGet(out var settings, out problem)) return problem;
        var from = EffectiveFrom ?? scope.TodayUtc;
        if (from > scope.TodayUtc) return Problem.Invalid("effectiveFrom", "placement.future", "effectiveFrom lies in the future: a move is recorded on the day it takes effect, or later.");
        if (EffectiveDay.Check(from) is { } dayError) return Problem.Invalid([dayError]);
        var movesTo = Input.BusinessUnit is not null && (settings.BusinessUnitId != workspace.BusinessUnitId || EffectiveFrom is not null);
        if (movesTo && await BusinessUnitPlace.CheckMoveAsync(scope, WorkspacesPermissions.Write, settings.BusinessUnitId, cancellationToken) is { } denied) return denied;
        workspace.Change(settings);
        if (Access.AccessPolicy.AsksForPlace(scope.Actor, scope.OrganizationId))
        {
            // What it becomes must be the actor's to change, too: nobody makes a workspace of theirs into one that is not.
            var becomes = new AccessTarget(scope.OrganizationId, await BusinessUnitPlace.ChainAsync(scope, settings.BusinessUnitId, cancellationToken), workspace.Id) { Facts = workspace.ToFacts() };
            if (!Access.AccessPolicy.Decide(scope.Actor, WorkspacesPermissions.Write, becomes).Allowed)
                return new Problem(ProblemKind.Forbidden, "access.denied", $"This needs the permission {WorkspacesPermissions.Write} for what the workspace becomes, which you do not have there.", Args: [WorkspacesPermissions.Write.ToString()]);
        }

        if (movesTo)
        {
            await WorkspacePlacements.MoveAsync(scope, workspace, settings.BusinessUnitId, from, cancellationToken);
            await Costs.CostReallocation.QueueAsync(scope, from, cancellationToken);
            // The workspace's version covers its placements: of two simultaneous moves the later one decides again.
            scope.Db.Entry(workspace).Property(w => w.BusinessUnitId).IsModified = true;
        }

        scope.Audit("workspace", workspace.Id, workspace.Name, workspace.Id);
        var version = NextVersion.Of(scope, workspace);
        scope.Touch(LiveTopic.Workspaces, workspace.Id, version);
        return await WorkspaceRow.AnswerAsync(scope, workspace, version, cancellationToken);
    }
}
