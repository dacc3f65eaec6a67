namespace Hexabase.Portal.Organizations;

/// <summary>What a plan includes, as data: commands check it and pages name it where something is missing.</summary>
/// <param name="AuditRetentionDays">Team 90 days, Enterprise 2557 days (seven years with their leap days).</param>
/// <param name="Aiops">"advice" (performance and cost advice) or "all".</param>
public sealed record PlanEntitlements(
    int AuditRetentionDays, string Aiops, bool CompliancePacks, bool PrivateNetworking, bool ScaleOut, bool PointInTimeRecovery,
    bool SsoEnforcement, bool SiemExport, bool CustomRoles)
{
    public static PlanEntitlements Team { get; } = new(90, "advice", false, false, false, false, false, false, false);

    public static PlanEntitlements Enterprise { get; } = new(2557, "all", true, true, true, true, true, true, true);

    public static PlanEntitlements Of(Plan plan) => plan switch
    {
        Plan.Team => Team,
        Plan.Enterprise => Enterprise,
        _ => throw new InvalidOperationException($"Unknown plan {plan}."),
    };
}
