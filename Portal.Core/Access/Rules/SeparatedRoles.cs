using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Rules;

/// <summary>A person who holds both roles of a pair that a rule keeps apart: by a membership that came later, or before the rule was made.</summary>
public sealed record RoleConflictRow(Guid RuleId, string Rule, Guid MemberId, string UserName, string DisplayName, string FirstRole, string SecondRole);

/// <summary>Who holds roles that a rule keeps apart.</summary>
public sealed record ListRoleConflicts(string Org) : Query<IReadOnlyList<RoleConflictRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Read;

    public override async Task<Result<IReadOnlyList<RoleConflictRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var rules = await scope.Db.Set<AccessRule>().AsNoTracking().Where(r => r.Kind == AccessRuleKind.SeparateRoles).OrderBy(r => r.Name).ThenBy(r => r.Id).ToListAsync(cancellationToken);
        if (rules.Count == 0) return (List<RoleConflictRow>)[];
        var held = await SeparatedRoles.HeldAsync(scope, rules, null, null, cancellationToken);
        var both = rules.SelectMany(r => held.Where(h => h.Value.Contains(r.FirstRole ?? "") && h.Value.Contains(r.SecondRole ?? "")).Select(h => (Rule: r, Member: h.Key))).ToList();
        var ids = both.Select(b => b.Member).Distinct().ToList();
        var names = await scope.Db.Set<Member>().Where(m => ids.Contains(m.Id)).Select(m => new { m.Id, m.UserName, m.DisplayName }).ToDictionaryAsync(m => m.Id, cancellationToken);
        var own = await RoleLookup.NamesAsync(scope, rules.SelectMany(r => new[] { r.FirstRole ?? "", r.SecondRole ?? "" }), cancellationToken);
        return (List<RoleConflictRow>)[.. both.Where(b => names.ContainsKey(b.Member)).Select(b => new RoleConflictRow(
            b.Rule.Id, b.Rule.Name, b.Member, names[b.Member].UserName, names[b.Member].DisplayName, RoleLookup.Shown(b.Rule.FirstRole ?? "", own), RoleLookup.Shown(b.Rule.SecondRole ?? "", own))).OrderBy(r => r.UserName, StringComparer.Ordinal).ThenBy(r => r.Rule, StringComparer.Ordinal)];
    }
}

/// <summary>Separation of duties between roles: at any place of the organization, one's own or by a group, under whatever condition.</summary>
internal static class SeparatedRoles
{
    /// <summary>Null where each of the members may hold the role beside what they hold.</summary>
    /// <param name="leaving">Bindings that go in the same change.</param>
    public static async Task<Problem?> RefusesAsync(ReadScope scope, string role, IReadOnlyList<Guid> members, IReadOnlyCollection<RoleBinding>? leaving, CancellationToken cancellationToken)
    {
        var rules = await scope.Db.Set<AccessRule>().AsNoTracking()
            .Where(r => r.OrganizationId == scope.OrganizationId && r.Kind == AccessRuleKind.SeparateRoles && (r.FirstRole == role || r.SecondRole == role)).OrderBy(r => r.Name).ToListAsync(cancellationToken);
        if (rules.Count == 0 || members.Count == 0) return null;
        var held = await HeldAsync(scope, rules, members, leaving?.Select(b => b.Id).ToList(), cancellationToken);
        foreach (var rule in rules)
        {
            var other = rule.FirstRole == role ? rule.SecondRole : rule.FirstRole;
            if (other is null || held.FirstOrDefault(h => h.Value.Contains(other)) is not { Value: not null } conflict) continue;
            var name = await scope.Db.Set<Member>().Where(m => m.OrganizationId == scope.OrganizationId && m.Id == conflict.Key).Select(m => m.UserName).SingleOrDefaultAsync(cancellationToken) ?? "";
            var own = await RoleLookup.NamesAsync(scope, [role, other], cancellationToken);
            return Problem.Conflict(
                "role.separated", $"The rule {rule.Name} keeps the roles {RoleLookup.Shown(role, own)} and {RoleLookup.Shown(other, own)} apart, and {name} holds the other one.", rule.Name, RoleLookup.Shown(role, own), RoleLookup.Shown(other, own), name);
        }

        return null;
    }

    /// <summary>By member: which of the roles of the rules they hold, bindings that are over left out.</summary>
    public static async Task<Dictionary<Guid, HashSet<string>>> HeldAsync(ReadScope scope, IReadOnlyCollection<AccessRule> rules, IReadOnlyList<Guid>? members, IReadOnlyList<Guid>? without, CancellationToken cancellationToken)
    {
        var roles = rules.SelectMany(r => new[] { r.FirstRole, r.SecondRole }).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var (db, org) = (scope.Db, scope.OrganizationId);
        var bindings = await db.Set<RoleBinding>().Where(b => b.OrganizationId == org && roles.Contains(b.Role) && (b.ExpiresAtUtc == null || b.ExpiresAtUtc > scope.NowUtc))
            .Select(b => new { b.Id, b.PrincipalKind, b.PrincipalId, b.Role }).ToListAsync(cancellationToken);
        if (without is not null) bindings.RemoveAll(b => without.Contains(b.Id));
        var people = bindings.Where(b => b.PrincipalKind == PrincipalKind.Person).ToLookup(b => b.PrincipalId, b => b.Role);
        var groups = bindings.Where(b => b.PrincipalKind == PrincipalKind.Group).ToLookup(b => b.PrincipalId, b => b.Role);
        var held = new Dictionary<Guid, HashSet<string>>();
        void Add(Guid member, IEnumerable<string> more)
        {
            if (members is not null && !members.Contains(member)) return;
            if (!held.TryGetValue(member, out var set)) held[member] = set = new HashSet<string>(StringComparer.Ordinal);
            set.UnionWith(more);
        }

        var users = people.Select(p => p.Key).ToList();
        foreach (var member in await db.Set<Member>().Where(m => m.OrganizationId == org && users.Contains(m.UserId)).Select(m => new { m.Id, m.UserId }).ToListAsync(cancellationToken)) Add(member.Id, people[member.UserId]);
        var ids = groups.Select(g => g.Key).ToList();
        foreach (var link in await db.Set<GroupMember>().Where(m => m.OrganizationId == org && ids.Contains(m.GroupId)).Select(m => new { m.MemberId, m.GroupId }).ToListAsync(cancellationToken)) Add(link.MemberId, groups[link.GroupId]);
        return held;
    }
}
