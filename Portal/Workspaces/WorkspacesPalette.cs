using Hexabase.Portal.Access;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Workspaces;

/// <summary>Workspaces by name; making one.</summary>
internal sealed class WorkspacesPalette(IPortal portal, OrganizationFrame frame, Text text) : IPaletteSource
{
    public IReadOnlyList<PaletteItem> Items => frame.Tenant is { } tenant && AccessPolicy.May(frame.Actor, WorkspacesPermissions.Write, tenant.Id)
        ? [new PaletteItem(text["workspaces.new"], "plus", $"/o/{tenant.Slug}/workspaces?new=true", Words: "create workspace ワークスペース 作成")]
        : [];

    public async Task<IReadOnlyList<PaletteItem>> SearchAsync(string sought, CancellationToken cancellation)
    {
        if (frame.Tenant is not { } tenant || !AccessPolicy.MaySomewhere(frame.Actor, WorkspacesPermissions.Read, tenant.Id)) return [];
        var found = await portal.AskAsync(frame.Actor, new ListWorkspaces(tenant.Slug, new PageRequest(10, Filter: sought)), cancellation);
        return found.Succeeded
            ? [.. found.Value.Items.Select(w => new PaletteItem(w.Name, "workspace", $"/o/{tenant.Slug}/workspaces/{w.Slug}", Hint: w.BusinessUnitName))]
            : [];
    }
}
