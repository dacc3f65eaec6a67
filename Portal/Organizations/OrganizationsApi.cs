using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Organizations;

/// <summary>Organizations.</summary>
internal static class OrganizationsApi
{
    public static void MapOrganizations(this RouteGroupBuilder api)
    {
        var organizations = api.MapGroup("/organizations").WithTags("Organizations");
        organizations.MapPost("", (OrganizationInput input, ApiCall call) => call.CreateAsync(new CreateOrganization(input), o => o, o => $"/api/v1/organizations/{o.Slug}", o => o.Version))
            .WithName("createOrganization").WithSummary("Makes an organization");
    }
}
