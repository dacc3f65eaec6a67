using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Costs;

/// <summary>The slice's places in the navigation.</summary>
internal sealed class CostsNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } =
    [
        new(NavGroups.Money, 10, "costs", "costs.title", "cost", CostsPermissions.Read),
        new(NavGroups.Money, 30, "allocation", "allocation.title", "list", CostsPermissions.ReadAllocation),
        new(NavGroups.Money, 40, "cost-report", "statement.title", "table", CostsPermissions.Read),
        new(NavGroups.Money, 50, "imports", "imports.title", "import", CostsPermissions.Read),
    ];
}
