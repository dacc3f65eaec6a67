using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Explain;

/// <summary>Whom a member asks for a permission: the names of the organization's administrators. Nobody but its own members is told.</summary>
public sealed record ListAdministrators(string Org) : Query<IReadOnlyList<string>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<IReadOnlyList<string>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        scope.Actor.Kind == ActorKind.Person && scope.Actor.Grants.Any(g => g.OrganizationId == scope.OrganizationId) ? await Administrators.NamesAsync(scope, cancellationToken) : (List<string>)[];
}

internal static class Administrators
{
    private const int Most = 10;

    /// <summary>At most ten, by name: those who hold Org Admin without condition and end, themselves or by a group.</summary>
    public static async Task<List<string>> NamesAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        var bindings = db.Set<RoleBinding>().Where(b => b.OrganizationId == org && b.Role == BuiltInRoles.OrgAdmin && b.Scope == GrantScope.Organization && b.Conditions == null && b.ExpiresAtUtc == null);
        return await db.Set<Member>().Where(m => m.OrganizationId == org && m.IsActive && (bindings.Any(b => b.PrincipalKind == PrincipalKind.Person && b.PrincipalId == m.UserId)
                || db.Set<GroupMember>().Any(g => g.OrganizationId == org && g.MemberId == m.Id && bindings.Any(b => b.PrincipalKind == PrincipalKind.Group && b.PrincipalId == g.GroupId))))
            .OrderBy(m => m.DisplayName).ThenBy(m => m.Id).Select(m => m.DisplayName).Take(Most).ToListAsync(cancellationToken);
    }
}
