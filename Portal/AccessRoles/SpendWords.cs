using Hexabase.Portal.Access.Simulation;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.AccessRoles;

/// <summary>How much somebody can spend, in the viewer's words.</summary>
internal static class SpendWords
{
    /// <summary>The sums, "no limit" or "nothing".</summary>
    public static string Most(Text text, Display display, SpendReach reach) => reach switch
    {
        { MaySpend: false } => text["spend.nothing"],
        { IsBounded: false } => text["spend.unbounded"],
        _ => string.Join(" + ", reach.Most.Select(display.Money)),
    };

    /// <summary>Why: the budget and what it leaves, or that there is none.</summary>
    public static string Source(Text text, Display display, SpendBound? bound) => bound switch
    {
        null => text["spend.noBudget"],
        { Spent: null } => text["spend.budgetNoData", bound.Name, text[$"budgets.period.{bound.Period}"], display.Money(bound.Limit)],
        _ => text["spend.budget", bound.Name, text[$"budgets.period.{bound.Period}"], display.Money(bound.Left), display.Money(bound.Limit)],
    };
}
