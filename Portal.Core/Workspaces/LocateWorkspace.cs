using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Workspaces;

/// <summary>A workspace (id or slug) as decisions see it for the caller: what its page asks before it offers a change.</summary>
public sealed record LocateWorkspace(string Org, string Workspace) : Query<AccessTarget>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindAsync(scope, Workspace, cancellationToken);

    public override Task<Result<AccessTarget>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        Task.FromResult<Result<AccessTarget>>(scope.Place ?? throw new InvalidOperationException("The decision left no place."));
}
