using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>Nobody grants what they lack: neither by role nor past the scopes of the token they act with.</summary>
internal static class Granting
{
    /// <param name="scopes">What narrows the grant (tokens); empty = the whole role.</param>
    /// <param name="condition">Under which the role is given; null = always.</param>
    public static Problem? Refuses(Actor actor, Role role, AccessTarget place, IReadOnlyList<string> scopes, Condition? condition = null)
    {
        if (!AccessPolicy.MayGrant(actor, role, place, condition))
            return new Problem(ProblemKind.Forbidden, "role.beyondOwn", $"The role {role.Name} holds more than you do here, so you cannot give it.", Args: [role.Name]);
        if (actor.PermissionLimit is not { Count: > 0 } limit) return null;
        return scopes.Count > 0 && scopes.All(wanted => limit.Any(own => Covers(own, wanted)))
            ? null
            : new Problem(ProblemKind.Forbidden, "scope.beyondOwn", "You act with a token that is narrowed by scopes; it can only give scopes that it has itself.");
    }

    /// <summary>Who may not give a role may not take it away either. A role that is gone may be taken by anybody who gets this far.</summary>
    public static async Task<Problem?> RefusesTakingAsync(ReadScope scope, IReadOnlyCollection<RoleBinding> bindings, AccessTarget place, CancellationToken cancellationToken)
    {
        var roles = await RoleLookup.OfKeysAsync(scope, bindings.Select(b => b.Role), cancellationToken);
        foreach (var binding in bindings)
        {
            var condition = binding.Conditions is null ? null : Condition.OfStored(binding.Conditions);
            if (roles.TryGetValue(binding.Role, out var held) && Refuses(scope.Actor, held, place, [], condition) is { } refusal) return refusal;
        }

        return null;
    }

    /// <summary>Who comes to act with what another principal holds (a service account, a person's account) must hold each of its grants.</summary>
    /// <param name="grants">With the organization's own roles resolved; one that names no role carries nothing.</param>
    /// <param name="scopes">What narrows them (tokens); empty = all that they carry.</param>
    public static Problem? RefusesHeld(Actor actor, IEnumerable<Grant> grants, AccessTarget place, IReadOnlyList<string> scopes)
    {
        foreach (var grant in grants)
        {
            var condition = grant.Condition is null ? null : Condition.OfStored(grant.Condition);
            if (Role.Of(grant) is { } held && Refuses(actor, held, place, scopes, condition) is { } refusal) return refusal;
        }

        return null;
    }

    private static bool Covers(string own, string wanted)
    {
        if (own == wanted) return true;
        return own.EndsWith(":*", StringComparison.Ordinal) && wanted.StartsWith(own[..^1], StringComparison.Ordinal);
    }
}
