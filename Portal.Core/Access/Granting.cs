using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>Nobody grants what they lack: neither by role nor past the scopes of the token they act with.</summary>
internal static class Granting
{
    /// <param name="scopes">What narrows the grant (tokens); empty = the whole role.</param>
    public static Problem? Refuses(Actor actor, Role role, AccessTarget place, IReadOnlyList<string> scopes)
    {
        if (!AccessPolicy.MayGrant(actor, role, place))
            return new Problem(ProblemKind.Forbidden, "role.beyondOwn", $"The role {role.Name} holds more than you do here, so you cannot give it.", Args: [role.Name]);
        if (actor.PermissionLimit is not { Count: > 0 } limit) return null;
        return scopes.Count > 0 && scopes.All(wanted => limit.Any(own => Covers(own, wanted)))
            ? null
            : new Problem(ProblemKind.Forbidden, "scope.beyondOwn", "You act with a token that is narrowed by scopes; it can only give scopes that it has itself.");
    }

    private static bool Covers(string own, string wanted)
    {
        if (own == wanted) return true;
        return own.EndsWith(":*", StringComparison.Ordinal) && wanted.StartsWith(own[..^1], StringComparison.Ordinal);
    }
}
