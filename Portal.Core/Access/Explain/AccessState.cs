using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Explain;

/// <summary>One way in which somebody comes to hold a role: their own binding, or one of a group they are in.</summary>
/// <param name="Grant">Names the binding.</param>
/// <param name="IsStanding">It is there today, too; of a past moment only then is known how it began.</param>
internal sealed record AccessWay(Grant Grant, Guid? GroupId, DateTime SinceUtc, bool IsStanding);

/// <summary>Bindings, memberships, roles and rules of an organization at one moment, today's or a past one.</summary>
internal sealed class AccessState
{
    private readonly ILookup<Guid, RoleBinding> _people;
    private readonly ILookup<Guid, RoleBinding> _groups;
    private readonly ILookup<Guid, RoleBinding> _accounts;
    private readonly ILookup<Guid, Guid> _memberships;
    private readonly HashSet<Guid>? _standing;
    private readonly HashSet<(Guid Group, Guid Member)>? _inside;

    private AccessState(Guid organizationId, DateTime atUtc, List<RoleBinding> bindings, List<GroupMember> members, List<CustomRole> roles, List<AccessRule> rules, HashSet<Guid>? standing = null, HashSet<(Guid Group, Guid Member)>? inside = null)
    {
        (AtUtc, _standing, _inside) = (atUtc, standing, inside);
        Roles = roles.ToDictionary(r => r.Key, StringComparer.Ordinal);
        Rules = new RuleSet(organizationId, rules.OrderBy(r => r.Name, StringComparer.Ordinal).Select(AccessRuleDirectory.Compile));
        _people = bindings.Where(b => b.PrincipalKind == PrincipalKind.Person).OrderBy(b => b.CreatedAtUtc).ToLookup(b => b.PrincipalId);
        _groups = bindings.Where(b => b.PrincipalKind == PrincipalKind.Group).OrderBy(b => b.CreatedAtUtc).ToLookup(b => b.PrincipalId);
        _accounts = bindings.Where(b => b.PrincipalKind == PrincipalKind.ServiceAccount).OrderBy(b => b.CreatedAtUtc).ToLookup(b => b.PrincipalId);
        _memberships = members.ToLookup(m => m.MemberId, m => m.GroupId);
    }

    public DateTime AtUtc { get; }

    /// <summary>The organization's own roles by key, as they read then; archived ones included.</summary>
    public IReadOnlyDictionary<string, CustomRole> Roles { get; }

    public RuleSet Rules { get; }

    /// <param name="at">Null = now.</param>
    public static async Task<AccessState> LoadAsync(ReadScope scope, DateTime? at, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        var bindings = await db.Set<RoleBinding>().AsNoTracking().Where(b => b.OrganizationId == org).ToListAsync(cancellationToken);
        var members = await db.Set<GroupMember>().AsNoTracking().Where(m => m.OrganizationId == org).ToListAsync(cancellationToken);
        var roles = await db.Set<CustomRole>().AsNoTracking().Where(r => r.OrganizationId == org).ToListAsync(cancellationToken);
        var rules = await db.Set<AccessRule>().AsNoTracking().Where(r => r.OrganizationId == org).ToListAsync(cancellationToken);
        if (at is not { } then) return new AccessState(org, scope.NowUtc, bindings, members, roles, rules);
        return new AccessState(
            org, then,
            await AccessMemory.AtAsync(scope, then, bindings, b => b.CreatedAtUtc, cancellationToken),
            await AccessMemory.AtAsync(scope, then, members, m => m.AddedAtUtc, cancellationToken),
            await AccessMemory.AtAsync(scope, then, roles, r => r.CreatedAtUtc, cancellationToken),
            await AccessMemory.AtAsync(scope, then, rules, r => r.CreatedAtUtc, cancellationToken),
            [.. bindings.Select(b => b.Id)],
            [.. members.Where(m => m.AddedAtUtc is not { } from || from <= then).Select(m => (m.GroupId, m.MemberId))]);
    }

    public IEnumerable<AccessWay> WaysOf(Guid userId, Guid memberId) =>
        _people[userId].Select(b => ToWay(b, null, true)).Concat(_memberships[memberId].Distinct().SelectMany(g => _groups[g].Select(b => ToWay(b, g, _inside?.Contains((g, memberId)) != false))));

    /// <summary>The bindings of a service account.</summary>
    public IEnumerable<AccessWay> WaysOfAccount(Guid serviceAccountId) => _accounts[serviceAccountId].Select(b => ToWay(b, null, true));

    /// <summary>What the members of a group hold by it.</summary>
    public IEnumerable<Grant> GrantsOfGroup(Guid groupId) => _groups[groupId].Select(ToGrant);

    /// <summary>A role at the organization as a whole, by its key.</summary>
    public Grant GrantOf(string role) => Resolve(new Grant(role, GrantScope.Organization, Rules.OrganizationId));

    /// <summary>Somebody as decisions would have seen them at the moment.</summary>
    public Actor ToActor(ActorKind kind, Guid id, string name, IReadOnlyList<Grant> grants, CallerFacts facts, IReadOnlyList<string>? limit = null) => new()
    {
        Kind = kind, Id = id, Name = name, Grants = grants, PermissionLimit = limit, Rules = Rules, DecidedAtUtc = AtUtc, IpAddress = facts.IpAddress, MfaAtUtc = facts.Mfa ? AtUtc : null,
    };

    private AccessWay ToWay(RoleBinding b, Guid? group, bool inside) => new(ToGrant(b), group, b.CreatedAtUtc, inside && _standing?.Contains(b.Id) != false);

    private Grant ToGrant(RoleBinding b) => Resolve(new Grant(b.Role, b.Scope, b.OrganizationId, b.ScopeId, b.Id) { Condition = b.Conditions, ExpiresAtUtc = b.ExpiresAtUtc });

    // What is archived carries nothing.
    private Grant Resolve(Grant grant) => BuiltInRoles.Find(grant.Role) is not null ? grant : grant with { Permissions = Roles.TryGetValue(grant.Role, out var own) && !own.IsArchived ? own.Permissions : [] };
}

/// <summary>What is assumed of the caller whose access is asked about.</summary>
/// <param name="IpAddress">Null = unknown.</param>
/// <param name="Mfa">A second factor was shown just now.</param>
public sealed record CallerFacts(string? IpAddress = null, bool Mfa = false);
