using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Budgets;

/// <summary>How budgets read on pages.</summary>
internal static class BudgetWords
{
    public static string State(BudgetState state) => $"budgets.state.{state}";

    public static Tone ToneOf(BudgetState? state) => state switch
    {
        BudgetState.Ok => Tone.Good,
        BudgetState.Warned or BudgetState.SoftLimit => Tone.Warn,
        BudgetState.Grace or BudgetState.HardLimit => Tone.Bad,
        BudgetState.NoData or null => Tone.Neutral,
        _ => Tone.Neutral,
    };

    /// <summary>The bar's tone: red from the limit on, amber where the forecast passes it or a threshold is reached.</summary>
    public static Tone ToneOf(BudgetPeriodStatus? period) => period switch
    {
        { Used: >= 1 } => Tone.Bad,
        { Nearness: >= 1 } => Tone.Warn,
        { Reached.Count: > 0 } => Tone.Warn,
        _ => Tone.Neutral,
    };

    public static string Period(BudgetPeriodKind kind) => $"budgets.period.{kind}";

    /// <summary>"Workspace Finance-BU", "Label team = blue", "The whole organization".</summary>
    public static string Scope(Text t, BudgetScopeRow scope) => scope.Kind switch
    {
        BudgetScopeKind.Organization => t["budgets.scope.whole"],
        BudgetScopeKind.Label => t["budgets.scope.ofLabel", scope.Key, scope.Value],
        BudgetScopeKind.User => t["budgets.scope.of", t["budgets.scope.User"], scope.Value],
        BudgetScopeKind.Environment => t["budgets.scope.of", t["budgets.scope.Environment"], t[$"budgets.environment.{scope.Value}"]],
        _ => t["budgets.scope.of", t[$"budgets.scope.{scope.Kind}"], scope.Name ?? scope.Slug],
    };

    /// <summary>The period that ends nearest to its limit; the first where nothing is known.</summary>
    public static BudgetPeriodStatus? Nearest(BudgetOutcome? outcome) => outcome?.Periods.OrderByDescending(p => p.Nearness ?? -1).FirstOrDefault();

    /// <summary>How much of a period has gone by at the end of a day, 0 to 1.</summary>
    public static double Gone(BudgetPeriodStatus period, DateOnly day) =>
        Math.Clamp((day.DayNumber + 1.0 - period.Start.DayNumber) / (period.End.DayNumber - period.Start.DayNumber), 0, 1);

    /// <summary>"0.8, 1" as people write it: "80 %, 100 %".</summary>
    public static string Ratios(Display display, IReadOnlyList<decimal> ratios) => ratios.Count == 0 ? Display.Unknown : string.Join(", ", ratios.Select(r => display.Percent((double)r, 0)));

    public static string Range(Display display, ForecastRange forecast) => $"{display.Money(forecast.Low)} – {display.Money(forecast.High)}";
}
