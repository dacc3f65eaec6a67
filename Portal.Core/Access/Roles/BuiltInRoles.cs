using System.Collections.Frozen;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Roles;

/// <summary>A role: a name and the permissions it carries, as <c>area:verb</c>, <c>area:*</c>, <c>*:verb</c> or <c>*:*</c>; a leading '-' takes one away.</summary>
public sealed record Role(string Name, GrantScope WidestScope, IReadOnlyList<string> Permissions)
{
    public bool Allows(Permission permission)
    {
        var allowed = false;
        foreach (var pattern in Permissions)
        {
            if (pattern[0] == '-')
            {
                if (Matches(pattern.AsSpan(1), permission)) return false;
            }
            else if (!allowed && Matches(pattern, permission))
            {
                allowed = true;
            }
        }

        return allowed;
    }

    internal static bool Matches(ReadOnlySpan<char> pattern, Permission permission)
    {
        var colon = pattern.IndexOf(':');
        // A named scope (scim) stands for all of its area.
        if (colon < 0) return pattern.SequenceEqual(permission.Area);
        var area = pattern[..colon];
        var verb = pattern[(colon + 1)..];
        return (area is "*" || area.SequenceEqual(permission.Area)) && (verb is "*" || verb.SequenceEqual(permission.Verb));
    }
}

/// <summary>The roles that every installation has (product specification, section 2), as data.</summary>
public static class BuiltInRoles
{
    public const string ServiceAdmin = "serviceAdmin";
    public const string OrgAdmin = "orgAdmin";
    public const string FinanceViewer = "financeViewer";
    public const string Auditor = "auditor";
    public const string OrgUser = "orgUser";

    /// <summary>The portal's own parts: jobs, relays, the command line.</summary>
    public const string System = "system";

    public static IReadOnlyList<Role> All { get; } =
    [
        new(ServiceAdmin, GrantScope.Platform, ["*:*"]),
        new(OrgAdmin, GrantScope.Organization, ["*:*", "-platform:*", "-organizations:create", "-scim:*"]),
        new(Auditor, GrantScope.Platform, ["*:read", "audit:export", "costs:export", "views:write", "views:share"]),
        new(FinanceViewer, GrantScope.Organization,
        [
            "organizations:read", "businessUnits:read", "workspaces:read", "quotas:read", "costs:read", "costs:export",
            "allocation:read", "budgets:read", "jobs:read", "views:read", "views:write", "views:share",
        ]),
        new(OrgUser, GrantScope.Organization, ["organizations:read", "businessUnits:read", "workspaces:read", "quotas:read", "views:read", "views:write"]),
        new(System, GrantScope.Platform, ["*:*"]),
    ];

    private static readonly FrozenDictionary<string, Role> ByName = All.ToFrozenDictionary(r => r.Name, StringComparer.Ordinal);

    public static Role? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The roles that people and tokens may be given; the portal's own is not among them.</summary>
    public static IEnumerable<Role> Assignable => All.Where(r => r.Name != System);
}
