using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Access;

internal sealed class AccessNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } =
    [
        new(NavGroups.Access, 10, "people", "people.title", "people", AccessPermissions.ReadPeople),
        new(NavGroups.Access, 20, "tokens", "tokens.title", "key", AccessPermissions.ReadTokens),
        new(NavGroups.Access, 20, "tokens", "tokens.title", "key", AccessPermissions.PlatformTokens, OfPlatform: true),
        new(NavGroups.Access, 25, "service-accounts", "accounts.title", "network", AccessPermissions.ReadTokens),
        new(NavGroups.Access, 30, "sessions", "sessions.title", "clock", AccessPermissions.ReadSessions),
        new(NavGroups.Access, 90, "account", "shell.account", "person", null, OfPlatform: true),
    ];
}

/// <summary>People by name; inviting, making a token, the own account.</summary>
internal sealed class AccessPalette(IPortal portal, OrganizationFrame frame, Text text) : IPaletteSource
{
    public IReadOnlyList<PaletteItem> Items
    {
        get
        {
            var items = new List<PaletteItem> { new(text["shell.account"], "person", "/account", Words: "account profile password sessions theme language アカウント パスワード") };
            if (frame.Tenant is not { } tenant) return items;
            if (AccessPolicy.May(frame.Actor, AccessPermissions.WritePeople, tenant.Id))
                items.Add(new PaletteItem(text["people.invite"], "plus", $"/o/{tenant.Slug}/people?invite=true", Words: "invite person member add 招待 メンバー"));
            if (AccessPolicy.May(frame.Actor, AccessPermissions.WriteTokens, tenant.Id))
                items.Add(new PaletteItem(text["tokens.new"], "plus", $"/o/{tenant.Slug}/tokens?new=true", Words: "create api token トークン 作成"));
            return items;
        }
    }

    public async Task<IReadOnlyList<PaletteItem>> SearchAsync(string sought, CancellationToken cancellation)
    {
        if (frame.Tenant is not { } tenant || !AccessPolicy.May(frame.Actor, AccessPermissions.ReadPeople, tenant.Id)) return [];
        var people = await portal.AskAsync(frame.Actor, new ListPeople(tenant.Slug, new PageRequest(5, Filter: sought)), cancellation);
        return people.Succeeded ? [.. people.Value.Items.Select(p => new PaletteItem(p.DisplayName, "person", $"/o/{tenant.Slug}/people?id={p.Id}", Hint: p.UserName))] : [];
    }
}
