using System.Globalization;

namespace Hexabase.Portal.Organizations;

/// <summary>Text keys of what comes as data.</summary>
internal static class OrganizationWords
{
    public static string Plan(Plan plan) => plan switch
    {
        Organizations.Plan.Team => "plan.team",
        Organizations.Plan.Enterprise => "plan.enterprise",
        _ => throw new InvalidOperationException($"Unknown plan {plan}."),
    };

    /// <param name="month">1 to 12.</param>
    public static string Month(int month) => "month." + month.ToString(CultureInfo.InvariantCulture);
}
