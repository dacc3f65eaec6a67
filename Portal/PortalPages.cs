using Hexabase.Portal.Controls;
using Hexabase.Portal.Home;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Access;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Jobs;
using Hexabase.Portal.Shell;
using Hexabase.Portal.Workspaces;

namespace Hexabase.Portal;

/// <summary>What the slices put into the frame: their places in the navigation and the palette, one line a slice.</summary>
public static class PortalPages
{
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<INavSource, HomeNav>();
        services.AddSingleton<INavSource, OrganizationsNav>().AddScoped<IPaletteSource, OrganizationsPalette>();
        services.AddSingleton<INavSource, WorkspacesNav>().AddScoped<IPaletteSource, WorkspacesPalette>();
        services.AddSingleton<INavSource, AccessNav>().AddScoped<IPaletteSource, AccessPalette>();
        services.AddSingleton<INavSource, Scim.ScimNav>();
        services.AddSingleton<INavSource, SsoSetup.SsoNav>();
        services.AddSingleton<INavSource, AuditIngest.SourcesNav>();
        services.AddSingleton<INavSource, AuditNav>().AddScoped<IPaletteSource, AuditPalette>();
        services.AddSingleton<INavSource, JobsNav>();
        services.AddSingleton<INavSource, Costs.CostsNav>().AddSingleton<INavSource, Budgets.BudgetsNav>();
        services.AddSingleton<INavSource, Integrations.SinksNav>();
        services.AddSingleton<INavSource, AuditRetention.RetentionNav>();
        services.AddSingleton<INavSource, AccessRoles.RolesNav>();
        services.AddSingleton<INavSource, AccessReviews.ReviewsNav>();
        services.AddScoped<Costs.CostUpload>().AddScoped<IPaletteSource, Costs.MoneyPalette>();
    }
}
