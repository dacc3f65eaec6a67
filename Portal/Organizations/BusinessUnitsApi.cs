using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Organizations;

/// <summary>Business units: the tree on a day, and its changes.</summary>
internal static class BusinessUnitsApi
{
    public static void MapBusinessUnits(this RouteGroupBuilder api)
    {
        var units = api.MapGroup("/organizations/{org}/business-units").WithTags("Business units");
        units.MapGet("", (string org, DateOnly? asOf, bool? includeArchived, ApiCall call) => call.ListAsync(page => new ListBusinessUnits(org, page, asOf, includeArchived ?? false), u => u))
            .WithName("listBusinessUnits").WithSummary("The tree on a day (asOf, default today), parents before children");
        units.MapGet("/{unit}", (string org, string unit, DateOnly? asOf, ApiCall call) => call.AskAsync(new GetBusinessUnit(org, unit, asOf), u => u, u => u.Version))
            .WithName("getBusinessUnit").WithSummary("One business unit on a day");
        units.MapPost("", (string org, BusinessUnitBody body, ApiCall call) => call.CreateAsync(
                new CreateBusinessUnit(org, body.Name, body.CostCenter, body.Parent, body.Owner), u => u, u => $"/api/v1/organizations/{org}/business-units/{u.Slug}", u => u.Version))
            .WithName("createBusinessUnit").WithSummary("Makes a business unit, at the top or below another");
        units.MapPatch("/{unit}", (string org, string unit, BusinessUnitChange body, ApiCall call) => call.SendAsync(
                new ChangeBusinessUnit(org, unit, body.Name, body.Owner, body.CostCenter, body.Parent, body.EffectiveFrom, call.IfMatch), u => u, u => u.Version))
            .WithName("changeBusinessUnit").WithSummary("Changes what is given; \"\" empties; parent and costCenter from a day on (effectiveFrom, default today)");
        units.MapPost("/{unit}/archive", (string org, string unit, ApiCall call) => call.SendAsync(new ArchiveBusinessUnit(org, unit, call.IfMatch), u => u, u => u.Version))
            .WithName("archiveBusinessUnit").WithSummary("Takes an empty business unit out of use; its history stays");
    }

    private sealed record BusinessUnitBody(string? Name, string? CostCenter = null, string? Parent = null, string? Owner = null);

    private sealed record BusinessUnitChange(string? Name = null, string? CostCenter = null, string? Parent = null, string? Owner = null, DateOnly? EffectiveFrom = null);
}
