using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Explain;

/// <summary>One way in which a person comes to hold a role: their own binding, or one of a group they are in.</summary>
internal sealed record AccessWay(RoleBinding Binding, Guid? GroupId, Grant Grant);

/// <summary>Bindings, memberships, roles and rules of an organization at one moment, today's or a past one.</summary>
internal sealed class AccessState
{
    private readonly ILookup<Guid, RoleBinding> _people;
    private readonly ILookup<Guid, RoleBinding> _groups;
    private readonly ILookup<Guid, RoleBinding> _accounts;
    private readonly ILookup<Guid, Guid> _memberships;

    private AccessState(Guid organizationId, DateTime atUtc, List<RoleBinding> bindings, List<GroupMember> members, List<CustomRole> roles, List<AccessRule> rules)
    {
        AtUtc = atUtc;
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
            await AccessMemory.AtAsync(scope, then, rules, r => r.CreatedAtUtc, cancellationToken));
    }

    public IEnumerable<AccessWay> WaysOf(Guid userId, Guid memberId) =>
        _people[userId].Select(b => new AccessWay(b, null, ToGrant(b))).Concat(_memberships[memberId].Distinct().SelectMany(g => _groups[g].Select(b => new AccessWay(b, g, ToGrant(b)))));

    /// <summary>The bindings of a service account.</summary>
    public IEnumerable<AccessWay> WaysOfAccount(Guid serviceAccountId) => _accounts[serviceAccountId].Select(b => new AccessWay(b, null, ToGrant(b)));

    /// <summary>Somebody as decisions would have seen them at the moment.</summary>
    public Actor ToActor(ActorKind kind, Guid id, string name, IReadOnlyList<Grant> grants, CallerFacts facts, IReadOnlyList<string>? limit = null) => new()
    {
        Kind = kind, Id = id, Name = name, Grants = grants, PermissionLimit = limit, Rules = Rules, DecidedAtUtc = AtUtc, IpAddress = facts.IpAddress, MfaAtUtc = facts.Mfa ? AtUtc : null,
    };

    private Grant ToGrant(RoleBinding b) => new(b.Role, b.Scope, b.OrganizationId, b.ScopeId, b.Id)
    {
        Condition = b.Conditions, ExpiresAtUtc = b.ExpiresAtUtc,
        Permissions = BuiltInRoles.Find(b.Role) is not null ? null : Roles.TryGetValue(b.Role, out var own) && !own.IsArchived ? own.Permissions : [],
    };
}

/// <summary>What is assumed of the caller whose access is asked about.</summary>
/// <param name="IpAddress">Null = unknown.</param>
/// <param name="Mfa">A second factor was shown just now.</param>
public sealed record CallerFacts(string? IpAddress = null, bool Mfa = false);
