using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>Makes a workspace in a business unit; name, business unit and environment are required.</summary>
public sealed record CreateWorkspace(string Org, WorkspaceInput Input) : Command<WorkspaceRow>
{
    public override string Action => "workspace.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Write;

    public override async Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        // A unit that does not exist is an error of the field, told by the handler to whom may make workspaces at all.
        var place = await BusinessUnitPlace.FindAsync(scope, Input.BusinessUnit, cancellationToken);
        var facts = Access.AccessPolicy.AsksForPlace(scope.Actor, scope.OrganizationId) ? Input.ToFacts() : null;
        return (place.Succeeded ? place.Value : new AccessTarget(scope.OrganizationId)) with { Facts = facts };
    }

    public override async Task<Result<WorkspaceRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await Input.CheckAsync(scope, null, cancellationToken)).TryGet(out var settings, out var problem)) return problem;
        var stem = Slug.Stem(settings.Name);
        var taken = await scope.Db.Set<Workspace>().Where(w => w.Slug.StartsWith(stem)).Select(w => w.Slug).ToListAsync(cancellationToken);
        var workspace = Workspace.Create(scope.OrganizationId, Slug.From(settings.Name, "workspace", taken.ToHashSet(StringComparer.Ordinal)), settings, scope.NowUtc);
        scope.Db.Add(workspace);
        WorkspacePlacements.Add(scope, workspace.Id, scope.TodayUtc, settings.BusinessUnitId);
        scope.Audit("workspace", workspace.Id, workspace.Name, workspace.Id);
        scope.Touch(LiveTopic.Workspaces, workspace.Id, 1);
        return await WorkspaceRow.AnswerAsync(scope, workspace, 1, cancellationToken);
    }
}
