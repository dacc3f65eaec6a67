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

/// <summary>One way from the identity provider to the permission: group → role → binding → condition.</summary>
/// <param name="ExternalGroup">The group's id at the identity provider, where provisioning made it.</param>
/// <param name="Outcome">Of the condition; true where there is none.</param>
public sealed record AccessPath(
    Guid BindingId, Guid? GroupId, string? Group, string? ExternalGroup, string Role, string? RoleName, GrantScope Scope, Guid? PlaceId, string? PlaceName, string? Condition, Outcome Outcome, DateTime? ExpiresAtUtc, DateTime SinceUtc, WayVerdict Verdict);

/// <summary>A rule that concerns the permission.</summary>
public sealed record AccessRuleOutcome(Guid Id, string Name, Rules.AccessRuleKind Kind, string Permission, string? Condition, Outcome Outcome, bool Refuses);

/// <summary>A role that would allow it, and where it can be given.</summary>
public sealed record RoleThatAllows(string Role, string? Name, GrantScope WidestScope, GrantScope NarrowestScope);

/// <summary>Why somebody may or may not do something.</summary>
/// <param name="LimitedBy">"token scopes", "condition", "rule NAME" or null.</param>
/// <param name="TokenScopes">Of a token that is narrowed.</param>
/// <param name="RolesThatAllow">For a refusal: what would change it.</param>
/// <param name="Administrators">For a refusal: who can give such a role.</param>
/// <param name="BindingsToRemove">For an allowance: without all of these it would be refused.</param>
public sealed record AccessExplanation(
    string Principal, Guid PrincipalId, string Permission, bool Allowed, string? LimitedBy, bool LacksOnlyMfa, DateTime AtUtc, IReadOnlyList<AccessPath> Paths, IReadOnlyList<AccessRuleOutcome> Rules, IReadOnlyList<string>? TokenScopes,
    IReadOnlyList<RoleThatAllows> RolesThatAllow, IReadOnlyList<string> Administrators, IReadOnlyList<Guid> BindingsToRemove);

/// <summary>Why can, or cannot, a person or token do this here, now or at a past moment: decided by the very function that decides requests.</summary>
/// <param name="PrincipalKind">person (default) or token.</param>
/// <param name="Principal">Of a person the user id, member id or user name, of a token the id.</param>
public sealed record ExplainAccess(string Org, string? Principal, AccessQuestion Question, string? PrincipalKind = null) : Query<AccessExplanation>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Read;

    public override async Task<Result<AccessExplanation>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!(await Question.CheckAsync(scope, cancellationToken)).TryGet(out var asked, out var problem)) return problem;
        var state = await AccessState.LoadAsync(scope, Question.At, cancellationToken);
        if (PrincipalKind == "token") return await OfTokenAsync(scope, state, asked.Permission, asked.Target, cancellationToken);
        if (await BindingPrincipal.FindAsync(scope, Access.PrincipalKind.Person, Principal, cancellationToken) is not { } person)
            return Problem.Invalid("principal", "binding.principal", "principal names nobody here: give a member's user name or id, or a group's id.");
        var ways = state.WaysOf(person.Id, person.MemberIds[0]).ToList();
        var active = await scope.Db.Set<Member>().Where(m => m.Id == person.MemberIds[0]).Select(m => m.IsActive).SingleAsync(cancellationToken);
        // Who was deactivated holds nothing, whatever stands in the books.
        var actor = state.ToActor(ActorKind.Person, person.Id, person.Name, active || Question.At is not null ? [.. ways.Select(w => w.Grant)] : [], Question.Facts);
        return await AnswerAsync(scope, state, person.Name, actor, ways, asked.Permission, asked.Target, cancellationToken);
    }

    private async Task<Result<AccessExplanation>> OfTokenAsync(ReadScope scope, AccessState state, Permission permission, AccessTarget target, CancellationToken cancellationToken)
    {
        var token = Guid.TryParseExact(Principal, "D", out var id) ? await scope.Db.Set<ApiToken>().AsNoTracking().SingleOrDefaultAsync(t => t.OrganizationId == scope.OrganizationId && t.Id == id, cancellationToken) : null;
        if (token is null) return Problem.NotFound("token");
        var holds = token.CreatedAtUtc <= state.AtUtc && token.ExpiresAtUtc > state.AtUtc && (token.RevokedAtUtc is not { } end || end > state.AtUtc);
        var actor = state.ToActor(ActorKind.Token, token.Id, token.Name, holds ? [new Grant(token.Role, GrantScope.Organization, scope.OrganizationId)] : [], Question.Facts with { Mfa = false }, token.Scopes.Count > 0 ? token.Scopes : null);
        return await AnswerAsync(scope, state, token.Name, actor, [], permission, target, cancellationToken);
    }

    private static async Task<AccessExplanation> AnswerAsync(ReadScope scope, AccessState state, string name, Actor actor, List<AccessWay> ways, Permission permission, AccessTarget target, CancellationToken cancellationToken)
    {
        var decision = AccessPolicy.Decide(actor, permission, target);
        var groupIds = ways.Select(w => w.GroupId).OfType<Guid>().Distinct().ToList();
        var groups = await scope.Db.Set<Group>().AsNoTracking().Where(g => groupIds.Contains(g.Id)).ToDictionaryAsync(g => g.Id, cancellationToken);
        var places = await BindingPlace.NamesAsync(scope, [.. ways.Select(w => w.Binding)], cancellationToken);
        var paths = ways.ConvertAll(w => Path(w, actor, permission, target, state, groups, places)).OrderBy(p => p.Verdict).ThenBy(p => p.SinceUtc).ToList();
        var rules = state.Rules.Of(permission).Select(r => Rule(r, actor, permission, target)).ToList();
        IReadOnlyList<RoleThatAllows> allowing = decision.Allowed ? [] :
            [.. BuiltInRoles.Assignable.Where(r => r.Name != BuiltInRoles.ServiceAdmin && r.Allows(permission)).Select(r => new RoleThatAllows(r.Name, null, r.WidestScope, r.NarrowestScope)),
             .. state.Roles.Values.Where(r => !r.IsArchived && r.ToRole().Allows(permission)).OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => new RoleThatAllows(r.Slug, r.Name, GrantScope.Organization, GrantScope.Project))];
        return new AccessExplanation(
            name, actor.Id, permission.ToString(), decision.Allowed, decision.LimitedBy, decision.LacksOnlyMfa, state.AtUtc, paths, rules, actor.PermissionLimit, allowing,
            decision.Allowed ? [] : await Administrators.NamesAsync(scope, cancellationToken), decision.Allowed ? [.. paths.Where(p => p.Verdict == WayVerdict.Grants).Select(p => p.BindingId)] : []);
    }

    private static AccessPath Path(AccessWay way, Actor actor, Permission permission, AccessTarget target, AccessState state, Dictionary<Guid, Group> groups, IReadOnlyDictionary<Guid, string> places)
    {
        var binding = way.Binding;
        var at = new Circumstances(actor, state.AtUtc, target);
        var outcome = binding.Conditions is { } text ? Condition.OfStored(text).Evaluate(ref at) : Outcome.True;
        var carries = Role.Of(way.Grant)?.Allows(permission) == true;
        var reaches = GrantIndex.Of(actor with { Grants = [way.Grant] }).Reaching(target).Count > 0;
        var verdict = !carries ? WayVerdict.NoPermission : !reaches ? WayVerdict.Elsewhere : binding.ExpiresAtUtc <= state.AtUtc ? WayVerdict.Expired : outcome != Outcome.True ? WayVerdict.ConditionFails : WayVerdict.Grants;
        var group = way.GroupId is { } id ? groups.GetValueOrDefault(id) : null;
        return new AccessPath(
            binding.Id, way.GroupId, group?.DisplayName, group?.ExternalId, RoleLookup.Shown(binding.Role, state.Roles), state.Roles.GetValueOrDefault(binding.Role)?.Name, binding.Scope, binding.ScopeId,
            binding.ScopeId is { } place ? places.GetValueOrDefault(place) : null, binding.Conditions, outcome, binding.ExpiresAtUtc, binding.CreatedAtUtc, verdict);
    }

    private static AccessRuleOutcome Rule(Rules.CompiledRule rule, Actor actor, Permission permission, AccessTarget target)
    {
        var at = new Circumstances(actor, AccessPolicy.Moment(actor), target);
        return new AccessRuleOutcome(rule.Id, rule.Name, rule.Kind, rule.Permission, rule.Condition?.Text, rule.Condition?.Evaluate(ref at) ?? Outcome.True, rule.Refuses(permission, ref at));
    }
}
