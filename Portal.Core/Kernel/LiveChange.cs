namespace Hexabase.Portal.Kernel;

/// <summary>A committed change that open pages and programs may want to know of. It carries no data, only where to look.</summary>
/// <param name="OrganizationId"><see cref="Guid.Empty"/> = the platform.</param>
/// <param name="Version">The row's version after the change; 0 where there is none.</param>
public sealed record LiveChange(Guid OrganizationId, string Topic, string Id, long Version, DateTime At);

/// <summary>The topics, as in the hub's contract.</summary>
public static class LiveTopic
{
    public const string Organizations = "organizations";
    public const string BusinessUnits = "businessUnits";
    public const string Workspaces = "workspaces";
    public const string Quotas = "quotas";
    public const string Budgets = "budgets";
    public const string Costs = "costs";
    public const string Jobs = "jobs";
    public const string Audit = "audit";
    public const string People = "people";
    public const string Tokens = "tokens";
    public const string Views = "views";
    public const string Sessions = "sessions";
    public const string AuditSinks = "auditSinks";
    public const string Roles = "roles";
    public const string Sso = "sso";

    public static readonly IReadOnlyList<string> All =
        [Organizations, BusinessUnits, Workspaces, Quotas, Budgets, Costs, Jobs, Audit, People, Tokens, Views, AuditSinks, Roles, Sso];
}
