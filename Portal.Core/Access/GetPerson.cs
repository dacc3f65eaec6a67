using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>One member of an organization.</summary>
/// <param name="Id">Of the member.</param>
public sealed record GetPerson(string Org, Guid Id) : Query<PersonRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadPeople;

    public override async Task<Result<PersonRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var member = await scope.Db.Set<Member>().SingleOrDefaultAsync(m => m.Id == Id, cancellationToken);
        return member is null ? Problem.NotFound("member") : (await PersonRows.ReadAsync(scope, [member], cancellationToken))[0];
    }
}

/// <summary>Members with the roles that they hold at the organization, their own and those of their groups.</summary>
internal static class PersonRows
{
    public static async Task<List<PersonRow>> ReadAsync(ReadScope scope, List<Member> members, CancellationToken cancellationToken)
    {
        var (db, users, ids) = (scope.Db, members.ConvertAll(m => m.UserId), members.ConvertAll(m => m.Id));
        var roles = (await db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.Person && b.Scope == GrantScope.Organization && users.Contains(b.PrincipalId))
            .OrderBy(b => b.Role).Select(b => new { b.PrincipalId, b.Role }).ToListAsync(cancellationToken)).ToLookup(b => b.PrincipalId, b => b.Role);
        var ofGroups = (await db.Set<Groups.GroupMember>().Where(g => ids.Contains(g.MemberId))
            .Join(db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.Group && b.Scope == GrantScope.Organization), g => g.GroupId, b => b.PrincipalId, (g, b) => new { g.MemberId, b.Role })
            .ToListAsync(cancellationToken)).ToLookup(b => b.MemberId, b => b.Role);
        var own = await RoleLookup.NamesAsync(scope, roles.Concat(ofGroups).SelectMany(r => r), cancellationToken);
        return members.ConvertAll(m => MemberChange.ToRow(m, [.. roles[m.UserId].Union(ofGroups[m.Id]).Select(r => RoleLookup.Shown(r, own)).Order(StringComparer.Ordinal)], m.Version));
    }
}
