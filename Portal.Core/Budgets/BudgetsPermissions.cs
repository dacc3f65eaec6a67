using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Budgets;

public static class BudgetsPermissions
{
    public static readonly Permission Read = new("budgets", "read");
    public static readonly Permission Write = new("budgets", "write");
}
