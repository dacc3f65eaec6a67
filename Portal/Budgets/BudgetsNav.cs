using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Budgets;

/// <summary>The slice's place in the navigation.</summary>
internal sealed class BudgetsNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } = [new(NavGroups.Money, 20, "budgets", "budgets.title", "budget", BudgetsPermissions.Read)];
}
