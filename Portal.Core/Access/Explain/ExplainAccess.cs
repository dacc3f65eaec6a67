using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Explain;

/// <summary>What a binding comes to for the question.</summary>
public enum WayVerdict
{
    Grants,

    /// <summary>Its role carries the permission and it reaches the place, but its condition does not hold.</summary>
    ConditionFails,

    Expired,

    /// <summary>Its role carries the permission, at another place.</summary>
    Elsewhere,

    /// <summary>Its role does not carry the permission.</summary>
    NoPermission,
}

/// <summary>One way from the identity provider to the permission: provider's group → mapping or provisioning → group → role → binding → condition.</summary>
/// <param name="BindingId">Null for the role that a token carries itself.</param>
/// <param name="ExternalGroup">The group's id at the identity provider, where provisioning made it.</param>
/// <param name="Outcome">Of the condition; true where there is none.</param>
/// <param name="SinceUtc">Of the binding.</param>
/// <param name="Origin">How the person came to the binding, or into the group; of programs always assigned.</param>
/// <param name="GroupMade">Whose provisioning the group belongs to; null where the role does not carry the permission anyway.</param>
public sealed record AccessPath(
    Guid? BindingId, Guid? GroupId, string? Group, string? ExternalGroup, string Role, string? RoleName, GrantScope Scope, Guid? PlaceId, string? PlaceName, string? Condition, Outcome Outcome, DateTime? ExpiresAtUtc, DateTime SinceUtc, WayVerdict Verdict,
    WayOrigin Origin, GroupProvenance? GroupMade);

/// <summary>A rule that concerns the permission.</summary>
public sealed record AccessRuleOutcome(Guid Id, string Name, Rules.AccessRuleKind Kind, string Permission, string? Condition, Outcome Outcome, bool Refuses);

/// <summary>A role that would allow it, and where it can be given.</summary>
public sealed record RoleThatAllows(string Role, string? Name, GrantScope WidestScope, GrantScope NarrowestScope);

/// <summary>Why somebody may or may not do something.</summary>
/// <param name="Kind">person, serviceAccount or token.</param>
/// <param name="ActsAs">The service account that a token acts as.</param>
/// <param name="Acts">False for who was deactivated, and for tokens that have ended: nothing is allowed to them.</param>
/// <param name="LimitedBy">"token scopes", "condition", "rule NAME" or null.</param>
/// <param name="TokenScopes">Of a token that is narrowed.</param>
/// <param name="RolesThatAllow">For a refusal: what would change it.</param>
/// <param name="Administrators">For a refusal: who can give such a role.</param>
/// <param name="BindingsToRemove">For an allowance: without all of these it would be refused.</param>
/// <param name="MappingsThatAllow">For a refusal of a person today: groups of the identity provider that would allow it from the next sign-in on.</param>
public sealed record AccessExplanation(
    ActorKind Kind, string Principal, Guid PrincipalId, string? ActsAs, bool Acts, string Permission, bool Allowed, string? LimitedBy, bool LacksOnlyMfa, DateTime AtUtc, IReadOnlyList<AccessPath> Paths, IReadOnlyList<AccessRuleOutcome> Rules, IReadOnlyList<string>? TokenScopes,
    IReadOnlyList<RoleThatAllows> RolesThatAllow, IReadOnlyList<string> Administrators, IReadOnlyList<Guid> BindingsToRemove, IReadOnlyList<MappingThatAllows> MappingsThatAllow);

/// <summary>Why can, or cannot, a person or program do this here, now or at a past moment: decided by the very function that decides requests.</summary>
/// <param name="PrincipalKind">person (default), serviceAccount or token.</param>
/// <param name="Principal">Of a person the user id, member id or user name, of a program the id or name.</param>
public sealed record ExplainAccess(string Org, string? Principal, AccessQuestion Question, string? PrincipalKind = null) : Query<AccessExplanation>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Read;

    public override async Task<Result<AccessExplanation>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!(await Question.CheckAsync(scope, cancellationToken)).TryGet(out var asked, out var problem)) return problem;
        var state = await AccessState.LoadAsync(scope, Question.At, cancellationToken);
        if (!(await AccessIdentity.FindAsync(scope, state, PrincipalKind, Principal, Question.At, cancellationToken)).TryGet(out var who, out problem)) return problem;
        return await AnswerAsync(scope, state, who, asked.Permission, asked.Target, cancellationToken);
    }

    private async Task<AccessExplanation> AnswerAsync(ReadScope scope, AccessState state, AccessIdentity who, Permission permission, AccessTarget target, CancellationToken cancellationToken)
    {
        var actor = who.ToActor(state, Question.Facts);
        var decision = AccessPolicy.Decide(actor, permission, target);
        var origins = await WayOrigins.LoadAsync(scope, who.MemberId is { } member ? [member] : [], cancellationToken);
        var groups = await scope.Db.Set<Group>().AsNoTracking().Where(g => g.OrganizationId == scope.OrganizationId).ToDictionaryAsync(g => g.Id, cancellationToken);
        var made = new Dictionary<Guid, GroupProvenance>();
        var onTheWay = who.Ways.Where(w => Role.Of(w.Grant)?.Allows(permission) == true).Select(w => w.GroupId is { } id ? groups.GetValueOrDefault(id) : null).OfType<Group>().Distinct();
        foreach (var group in onTheWay) made[group.Id] = await GroupProvenance.FindAsync(scope, group, cancellationToken);
        var places = await BindingPlace.NamesAsync(scope, who.Ways.Select(w => (w.Grant.Scope, w.Grant.ScopeId)), cancellationToken);
        AccessPath Shown(AccessWay way)
        {
            var (verdict, outcome) = Judge(way, actor, permission, target, state.AtUtc);
            var (grant, group) = (way.Grant, way.GroupId is { } id ? groups.GetValueOrDefault(id) : null);
            return new AccessPath(
                grant.BindingId, way.GroupId, group?.DisplayName, group?.ExternalId, RoleLookup.Shown(grant.Role, state.Roles), state.Roles.GetValueOrDefault(grant.Role)?.Name, grant.Scope, grant.ScopeId,
                grant.ScopeId is { } place ? places.GetValueOrDefault(place) : null, grant.Condition, outcome, grant.ExpiresAtUtc, way.SinceUtc, verdict,
                who is { MemberId: { } person, JoinedAtUtc: { } joined } ? origins.Of(person, joined, way) : new WayOrigin(WaySource.Assigned), group is null ? null : made.GetValueOrDefault(group.Id));
        }

        var paths = who.Ways.Select(Shown).OrderBy(p => p.Verdict).ThenBy(p => p.SinceUtc).ToList();
        var rules = state.Rules.Of(permission).Select(r => Rule(r, actor, permission, target)).ToList();
        IReadOnlyList<RoleThatAllows> allowing = decision.Allowed ? [] :
            [.. BuiltInRoles.Assignable.Where(r => r.Name != BuiltInRoles.ServiceAdmin && r.Allows(permission)).Select(r => new RoleThatAllows(r.Name, null, r.WidestScope, r.NarrowestScope)),
             .. state.Roles.Values.Where(r => !r.IsArchived && r.ToRole().Allows(permission)).OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => new RoleThatAllows(r.Slug, r.Name, GrantScope.Organization, GrantScope.Project))];
        return new AccessExplanation(
            who.Kind, who.Name, who.Id, who.Account?.Name, who.Acts, permission.ToString(), decision.Allowed, decision.LimitedBy, decision.LacksOnlyMfa, state.AtUtc, paths, rules, actor.PermissionLimit, allowing,
            decision.Allowed ? [] : await Administrators.NamesAsync(scope, cancellationToken), decision.Allowed ? [.. paths.Where(p => p.Verdict == WayVerdict.Grants).Select(p => p.BindingId).OfType<Guid>()] : [],
            decision.Allowed || who.Kind != ActorKind.Person || !who.Acts || Question.At is not null ? [] : origins.ThatAllow(state, actor, permission, target, groups));
    }

    private static (WayVerdict Verdict, Outcome Outcome) Judge(AccessWay way, Actor actor, Permission permission, AccessTarget target, DateTime atUtc)
    {
        var at = new Circumstances(actor, atUtc, target);
        var outcome = way.Grant.Condition is { } text ? Condition.OfStored(text).Evaluate(ref at) : Outcome.True;
        if (Role.Of(way.Grant)?.Allows(permission) != true) return (WayVerdict.NoPermission, outcome);
        if (GrantIndex.Of(actor with { Grants = [way.Grant] }).Reaching(target).Count == 0) return (WayVerdict.Elsewhere, outcome);
        return (way.Grant.ExpiresAtUtc <= atUtc ? WayVerdict.Expired : outcome != Outcome.True ? WayVerdict.ConditionFails : WayVerdict.Grants, outcome);
    }

    private static AccessRuleOutcome Rule(Rules.CompiledRule rule, Actor actor, Permission permission, AccessTarget target)
    {
        var at = new Circumstances(actor, AccessPolicy.Moment(actor), target);
        return new AccessRuleOutcome(rule.Id, rule.Name, rule.Kind, rule.Permission, rule.Condition?.Text, rule.Condition?.Evaluate(ref at) ?? Outcome.True, rule.Refuses(permission, ref at));
    }
}
