using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>One organization; whoever reaches any part of it may see its name and settings.</summary>
public sealed record GetOrganization(string Org) : Query<OrganizationRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => OrganizationsPermissions.Read;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<OrganizationRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await scope.Db.Set<Organization>().SingleOrDefaultAsync(o => o.Id == scope.OrganizationId, cancellationToken) is { } organization
            ? OrganizationRow.Of(organization)
            : Problem.NotFound("organization");
}
