using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>
/// Changes the settings that are given; null = as before. The plan is the service provider's to change (organizations:create). The currency may
/// change at any time: it is what new budgets and pages start with, while costs and budgets keep the currency they were recorded in.
/// </summary>
/// <param name="ExpectedVersion">If given, a newer row refuses the change.</param>
public sealed record ChangeOrganization(string Org, OrganizationInput Input, long? ExpectedVersion = null) : Command<OrganizationRow>
{
    public override string Action => "organization.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => OrganizationsPermissions.Write;

    public override async Task<Result<OrganizationRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var organization = await scope.Db.Set<Organization>().SingleOrDefaultAsync(o => o.Id == scope.OrganizationId, cancellationToken);
        if (organization is null) return Problem.NotFound("organization");
        scope.Audit("organization", organization.Id, organization.Name);
        if (ExpectedVersion is { } expected && expected != organization.Version) return Problem.Stale("organization", organization.Version);
        var merged = new OrganizationInput(
            Input.Name ?? organization.Name,
            Input.Plan ?? (organization.Plan == Plan.Team ? "team" : "enterprise"),
            Input.Currency ?? organization.Currency,
            Input.TimeZone ?? organization.TimeZone,
            Input.FiscalYearStartMonth ?? organization.FiscalYearStartMonth,
            Input.Regions ?? organization.Regions);
        if (!merged.Check().TryGet(out var settings, out var problem)) return problem;
        if (settings.Plan != organization.Plan && !AccessPolicy.May(scope.Actor, OrganizationsPermissions.Create, scope.OrganizationId))
            return new Problem(ProblemKind.Forbidden, "organization.plan.provider", "The plan is changed by the service provider. Ask your contact there.");
        organization.Change(settings);
        scope.Audit("organization", organization.Id, organization.Name);
        var version = NextVersion.Of(scope, organization);
        scope.Touch(LiveTopic.Organizations, organization.Id, version);
        return OrganizationRow.Of(organization) with { Version = version };
    }
}
