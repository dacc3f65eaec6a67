using System.Collections.Frozen;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Roles;

/// <summary>The roles that every installation has (product specification, section 2), as data.</summary>
public static class BuiltInRoles
{
    public const string ServiceAdmin = "serviceAdmin";
    public const string OrgAdmin = "orgAdmin";
    public const string Auditor = "auditor";
    public const string ComplianceOfficer = "complianceOfficer";
    public const string SecurityManager = "securityManager";
    public const string FinanceManager = "financeManager";
    public const string FinanceViewer = "financeViewer";
    public const string DepartmentManager = "departmentManager";
    public const string TeamLead = "teamLead";
    public const string WorkspaceAdmin = "workspaceAdmin";
    public const string SeniorDeveloper = "seniorDeveloper";
    public const string Developer = "developer";
    public const string OrgUser = "orgUser";

    /// <summary>The portal's own parts: jobs, relays, the command line.</summary>
    public const string System = "system";

    private static readonly string[] Look = ["organizations:read", "businessUnits:read", "workspaces:read", "quotas:read", "views:read", "views:write"];

    public static IReadOnlyList<Role> All { get; } =
    [
        new(ServiceAdmin, GrantScope.Platform, ["*:*"]),
        new(OrgAdmin, GrantScope.Organization, ["*:*", "-platform:*", "-organizations:create", "-scim:*"]) { NarrowestScope = GrantScope.Project },
        new(Auditor, GrantScope.Platform, ["*:read", "audit:export", "costs:export", "views:write", "views:share"]) { NarrowestScope = GrantScope.Workspace },
        new(ComplianceOfficer, GrantScope.Organization, ["*:read", "audit:export", "audit:administer", "auditSinks:write", "views:write", "views:share"]),
        new(SecurityManager, GrantScope.Organization,
        [
            .. Look, "people:*", "tokens:*", "roles:*", "reviews:*", "provisioning:*", "audit:read", "audit:export", "auditSinks:read", "auditSinks:write", "jobs:read", "views:share",
        ]),
        new(FinanceManager, GrantScope.Organization, [.. Look, "costs:*", "allocation:*", "budgets:*", "jobs:read", "jobs:cancel", "views:share"]),
        new(FinanceViewer, GrantScope.Organization,
        [
            "organizations:read", "businessUnits:read", "workspaces:read", "quotas:read", "costs:read", "costs:export",
            "allocation:read", "budgets:read", "jobs:read", "views:read", "views:write", "views:share",
        ]),
        new(DepartmentManager, GrantScope.Organization, [.. Look, "businessUnits:write", "workspaces:write", "quotas:write", "budgets:*", "costs:read", "costs:export", "allocation:read", "jobs:read"]) { NarrowestScope = GrantScope.BusinessUnit },
        new(TeamLead, GrantScope.BusinessUnit, [.. Look, "workspaces:write", "quotas:write", "budgets:read", "costs:read"]) { NarrowestScope = GrantScope.Workspace },
        new(WorkspaceAdmin, GrantScope.BusinessUnit, [.. Look, "workspaces:write", "quotas:write", "budgets:*", "costs:read", "audit:read", "roles:*"]) { NarrowestScope = GrantScope.Workspace },
        new(SeniorDeveloper, GrantScope.BusinessUnit, [.. Look, "workspaces:write", "budgets:read", "costs:read"]) { NarrowestScope = GrantScope.Project },
        new(Developer, GrantScope.BusinessUnit, [.. Look, "budgets:read"]) { NarrowestScope = GrantScope.Project },
        new(OrgUser, GrantScope.Organization, ["organizations:read", "businessUnits:read", "workspaces:read", "quotas:read", "views:read", "views:write"]) { NarrowestScope = GrantScope.Project },
        new(System, GrantScope.Platform, ["*:*"]),
    ];

    private static readonly FrozenDictionary<string, Role> ByName = All.ToFrozenDictionary(r => r.Name, StringComparer.Ordinal);

    public static Role? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The roles that people and tokens may be given; the portal's own is not among them.</summary>
    public static IEnumerable<Role> Assignable => All.Where(r => r.Name != System);

    /// <summary>The roles that may be given for the organization as a whole.</summary>
    public static IEnumerable<Role> OfOrganization => Assignable.Where(r => r.WidestScope is GrantScope.Organization || r.Name == Auditor);
}
