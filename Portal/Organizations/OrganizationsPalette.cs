using Hexabase.Portal.Access;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Organizations;

/// <summary>Organizations and business units by name; making one.</summary>
internal sealed class OrganizationsPalette(IPortal portal, OrganizationFrame frame, Text text) : IPaletteSource
{
    public IReadOnlyList<PaletteItem> Items
    {
        get
        {
            var items = new List<PaletteItem>();
            if (frame.Tenant is not null) items.Add(new PaletteItem(text["organizations.title"], "org", "/organizations", Words: "organizations 組織"));
            if (frame.Tenant is { } tenant && AccessPolicy.May(frame.Actor, OrganizationsPermissions.WriteBusinessUnits, tenant.Id))
                items.Add(new PaletteItem(text["units.new"], "plus", $"/o/{tenant.Slug}/business-units?new=true", Words: "create business unit department 部門 作成"));
            if (AccessPolicy.May(frame.Actor, OrganizationsPermissions.Create, Guid.Empty))
                items.Add(new PaletteItem(text["organizations.new"], "plus", "/organizations/new", Words: "create organization tenant 組織 作成"));
            return items;
        }
    }

    public async Task<IReadOnlyList<PaletteItem>> SearchAsync(string sought, CancellationToken cancellation)
    {
        var found = new List<PaletteItem>();
        var organizations = await portal.AskAsync(frame.Actor, new ListOrganizations(new PageRequest(5, Filter: sought)), cancellation);
        if (organizations.Succeeded) found.AddRange(organizations.Value.Items.Select(o => new PaletteItem(o.Name, "org", $"/o/{o.Slug}", Hint: text["organizations.single"])));
        if (frame.Tenant is { } tenant && AccessPolicy.May(frame.Actor, OrganizationsPermissions.ReadBusinessUnits, tenant.Id))
        {
            var units = await portal.AskAsync(frame.Actor, new ListBusinessUnits(tenant.Slug, new PageRequest(5, Filter: sought)), cancellation);
            if (units.Succeeded) found.AddRange(units.Value.Items.Select(u => new PaletteItem(u.Name, "org", $"/o/{tenant.Slug}/business-units?unit={u.Slug}", Hint: text["units.single"])));
        }

        return found;
    }
}
