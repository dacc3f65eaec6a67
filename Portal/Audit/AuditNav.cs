using Hexabase.Portal.Access;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Audit;

internal sealed class AuditNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } =
    [
        new(NavGroups.Evidence, 10, "audit", "audit.title", "search", AuditPermissions.Read),
        new(NavGroups.Evidence, 10, "audit", "audit.platformTitle", "search", AuditPermissions.Read, OfPlatform: true),
    ];
}

/// <summary>Searching the audit log for what was typed, and what failed today.</summary>
internal sealed class AuditPalette(OrganizationFrame frame, Text text) : IPaletteSource
{
    private string? Root => frame.Tenant is { } tenant
        ? AccessPolicy.May(frame.Actor, AuditPermissions.Read, tenant.Id) ? $"/o/{tenant.Slug}/audit" : null
        : AccessPolicy.May(frame.Actor, AuditPermissions.Read, Guid.Empty) ? "/audit" : null;

    public IReadOnlyList<PaletteItem> Items => Root is { } root ? [new PaletteItem(text["audit.failures"], "alert", $"{root}?q=status%3Afailure&range=24h", Words: "audit failure denied 監査 失敗 拒否")] : [];

    public Task<IReadOnlyList<PaletteItem>> SearchAsync(string sought, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PaletteItem>>(
        Root is { } root ? [new PaletteItem(text["audit.searchFor", sought], "search", $"{root}?q={Uri.EscapeDataString(sought)}", Hint: text["audit.title"])] : []);
}
