using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;

namespace Hexabase.Portal.Workspaces;

/// <summary>Takes a workspace out of use; its costs, history and slug stay. Its quota no longer counts against the organization's.</summary>
public sealed record ArchiveWorkspace(string Org, string Workspace, long? ExpectedVersion = null) : Command<WorkspaceRow>
{
    public override string Action => "workspace.archive";

    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Write;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindAsync(scope, Workspace, cancellationToken);

    public override async Task<Result<WorkspaceRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await WorkspacePlace.ForChangeAsync(scope, Workspace, ExpectedVersion, cancellationToken)).TryGet(out var workspace, out var problem)) return problem;
        workspace.Archive();
        var version = NextVersion.Of(scope, workspace);
        scope.Touch(LiveTopic.Workspaces, workspace.Id, version);
        scope.Touch(LiveTopic.Quotas, workspace.Id, version);
        return await WorkspaceRow.AnswerAsync(scope, workspace, version, cancellationToken);
    }
}
