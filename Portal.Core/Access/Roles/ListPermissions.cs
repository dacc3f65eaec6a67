using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Roles;

/// <summary>Every permission there is, and what asks for it.</summary>
public sealed record ListPermissions(string Org) : Query<IReadOnlyList<PermissionRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override Task<Result<IReadOnlyList<PermissionRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) => Task.FromResult<Result<IReadOnlyList<PermissionRow>>>((List<PermissionRow>)[.. PermissionCatalog.All]);
}
