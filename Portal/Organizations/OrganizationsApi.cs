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
        organizations.MapGet("", (ApiCall call) => call.ListAsync(page => new ListOrganizations(page), o => o))
            .WithName("listOrganizations").WithSummary("The organizations you reach; sorts: name, slug, createdAt");
        organizations.MapGet("/{org}", (string org, ApiCall call) => call.AskAsync(new GetOrganization(org), o => o, o => o.Version))
            .WithName("getOrganization").WithSummary("One organization with what its plan includes");
        organizations.MapPatch("/{org}", (string org, OrganizationInput input, ApiCall call) => call.SendAsync(new ChangeOrganization(org, input, call.IfMatch), o => o, o => o.Version))
            .WithName("changeOrganization").WithSummary("Changes the settings that are given");
    }
}
