using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>Which roles a person may hand out at a place: those that hold no more than they do.</summary>
internal static class RoleChoice
{
    /// <param name="organizationId"><see cref="Guid.Empty"/> = the platform.</param>
    public static IReadOnlyList<string> Of(Actor actor, Guid organizationId) =>
        [.. (organizationId == Guid.Empty ? BuiltInRoles.Assignable.Where(r => r.WidestScope == GrantScope.Platform) : BuiltInRoles.OfOrganization)
            .Where(r => AccessPolicy.MayGrant(actor, r, new AccessTarget(organizationId))).Select(r => r.Name)];

    /// <summary>True where the person could have given every one of the roles, and so may take them away.</summary>
    public static bool Covers(Actor actor, Guid organizationId, IEnumerable<string> roles) =>
        roles.All(name => BuiltInRoles.Find(name) is not { } role || AccessPolicy.MayGrant(actor, role, new AccessTarget(organizationId)));
}
