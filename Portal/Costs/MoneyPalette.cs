using Hexabase.Portal.Access;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Costs;

/// <summary>What the palette knows of money: things to do, budgets by name, services by name.</summary>
internal sealed class MoneyPalette(IPortal portal, OrganizationFrame frame, Text text) : IPaletteSource
{
    private const int Most = 5;

    public IReadOnlyList<PaletteItem> Items
    {
        get
        {
            if (frame.Tenant is not { } tenant) return [];
            var items = new List<PaletteItem>();
            if (May(CostsPermissions.Import, tenant)) items.Add(new PaletteItem(text["costs.import"], "import", $"/o/{tenant.Slug}/imports", Words: "import bill FOCUS 請求 取り込み"));
            if (May(BudgetsPermissions.Write, tenant)) items.Add(new PaletteItem(text["budgets.new"], "plus", $"/o/{tenant.Slug}/new-budget", Words: "create budget 予算 作成"));
            if (May(CostsPermissions.WriteAllocation, tenant)) items.Add(new PaletteItem(text["allocation.newTitle"], "plus", $"/o/{tenant.Slug}/new-allocation", Words: "allocation rules 配賦 ルール"));
            if (May(CostsPermissions.Read, tenant)) items.Add(new PaletteItem(text["costs.table", text["costs.dimension.service"]], "cost", $"/o/{tenant.Slug}/costs?by=service", Words: "costs by service サービス 費用"));
            return items;
        }
    }

    public async Task<IReadOnlyList<PaletteItem>> SearchAsync(string sought, CancellationToken cancellation)
    {
        if (frame.Tenant is not { } tenant) return [];
        var found = new List<PaletteItem>();
        if (May(BudgetsPermissions.Read, tenant) && (await portal.AskAsync(frame.Actor, new ListBudgets(tenant.Slug, new PageRequest(Most, Filter: sought)), cancellation)).TryGet(out var budgets, out _))
            found.AddRange(budgets.Items.Select(b => new PaletteItem(b.Name, "budget", $"/o/{tenant.Slug}/budgets/{b.Slug}", Hint: BudgetWords.Scope(text, b.Scope))));
        if (May(CostsPermissions.Read, tenant) && (await portal.AskAsync(frame.Actor, new ListDimensionValues(tenant.Slug, "service", sought, Most), cancellation)).TryGet(out var services, out _))
            found.AddRange(services.Select(s => new PaletteItem(s.Name, "cost", $"/o/{tenant.Slug}/costs?where={Uri.EscapeDataString($"service={s.Value}")}&by=subAccount", Hint: text["costs.dimension.service"])));
        return found;
    }

    private bool May(Permission permission, Tenant tenant) => AccessPolicy.May(frame.Actor, permission, tenant.Id);
}
