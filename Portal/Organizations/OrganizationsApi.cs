using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Organizations;

/// <summary>Organizations and their business units.</summary>
internal static class OrganizationsApi
{
    public static void MapOrganizations(this RouteGroupBuilder api)
    {
        var organizations = api.MapGroup("/organizations").WithTags("Organizations");
        organizations.MapGet("", (ApiCall call) => call.ListAsync(page => new ListOrganizations(page), o => o, OrganizationFiles.Organizations))
            .WithName("listOrganizations").WithSummary("The organizations that the caller reaches");
        organizations.MapPost("", (OrganizationInput input, ApiCall call) => call.CreateAsync(new CreateOrganization(input), o => o, o => $"/api/v1/organizations/{o.Slug}", o => o.Version))
            .WithName("createOrganization").WithSummary("Makes an organization");
        organizations.MapGet("/{org}", (string org, ApiCall call) => call.AskAsync(new GetOrganization(org), o => o, o => o.Version))
            .WithName("getOrganization").WithSummary("One organization, by id or slug");
        organizations.MapPatch("/{org}", (string org, OrganizationInput input, ApiCall call) => call.SendAsync(new ChangeOrganization(org, input, call.IfMatch), o => o, o => o.Version))
            .WithName("changeOrganization").WithSummary("Changes the settings that are given");
    }

    public static void MapBusinessUnits(this RouteGroupBuilder api)
    {
        var units = api.MapGroup("/organizations/{org}/business-units").WithTags("Business units");
        units.MapGet("", (string org, DateOnly? asOf, bool? archived, ApiCall call) => call.ListAsync(page => new ListBusinessUnits(org, page, asOf, archived ?? false), u => u, OrganizationFiles.BusinessUnits))
            .WithName("listBusinessUnits").WithSummary("The business units of an organization on a day");
        units.MapPost("", (string org, UnitBody body, ApiCall call) => call.CreateAsync(
                new CreateBusinessUnit(org, body.Name, body.CostCenter, body.Parent, body.Owner), u => u, u => $"/api/v1/organizations/{org}/business-units/{u.Slug}", u => u.Version))
            .WithName("createBusinessUnit").WithSummary("Makes a business unit");
        units.MapGet("/{unit}", (string org, string unit, DateOnly? asOf, ApiCall call) => call.AskAsync(new GetBusinessUnit(org, unit, asOf), u => u, u => u.Version))
            .WithName("getBusinessUnit").WithSummary("One business unit, by id or slug");
        units.MapPatch("/{unit}", (string org, string unit, UnitChange body, ApiCall call) => call.SendAsync(
                new ChangeBusinessUnit(org, unit, body.Name, body.Owner, body.CostCenter, body.Parent, body.EffectiveFrom, call.IfMatch), u => u, u => u.Version))
            .WithName("changeBusinessUnit").WithSummary("Changes what is given; moves take effect on a day");
        units.MapDelete("/{unit}", (string org, string unit, ApiCall call) => call.RemoveAsync(new ArchiveBusinessUnit(org, unit, call.IfMatch)))
            .WithName("archiveBusinessUnit").WithSummary("Archives a business unit");
    }

    internal sealed record UnitBody(string? Name, string? CostCenter, string? Parent, string? Owner);

    internal sealed record UnitChange(string? Name, string? CostCenter, string? Parent, string? Owner, DateOnly? EffectiveFrom);
}
