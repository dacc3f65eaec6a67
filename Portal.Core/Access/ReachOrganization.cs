using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>The organization by id or slug, if the actor reaches it at all; a foreign one looks like a missing one and the attempt is recorded.</summary>
public sealed record ReachOrganization(string Org) : Query<Tenant>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override Task<Result<Tenant>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        Task.FromResult(scope.Tenant is { } tenant ? tenant : (Result<Tenant>)Problem.NotFound("organization"));
}
