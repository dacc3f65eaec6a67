using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Groups;

/// <summary>A group as lists show it.</summary>
/// <param name="Roles">That its members hold at the organization.</param>
public sealed record GroupRow(Guid Id, string DisplayName, string? ExternalId, int Members, IReadOnlyList<string> Roles, long Version);

/// <summary>The groups of an organization, newest first; filter searches names.</summary>
public sealed record ListGroups(string Org, PageRequest Page) : Query<Paged<GroupRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadPeople;

    public override async Task<Result<Paged<GroupRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var groups = scope.Db.Set<Group>().AsQueryable();
        if (Page.Filter is { Length: > 0 and <= 200 } filter)
        {
            var key = filter.ToUpperInvariant();
            groups = groups.Where(g => g.DisplayNameKey.Contains(key));
        }

        if (after is { } id) groups = groups.Where(g => g.Id.CompareTo(id) < 0);
        var rows = await groups.OrderByDescending(g => g.Id).Take(Page.Limit + 1).ToListAsync(cancellationToken);
        return PageKey.Cut(await GroupRows.ReadAsync(scope, rows, cancellationToken), Page, g => g.Id);
    }
}

internal static class GroupRows
{
    public static async Task<List<GroupRow>> ReadAsync(ReadScope scope, List<Group> groups, CancellationToken cancellationToken)
    {
        var ids = groups.ConvertAll(g => g.Id);
        var counts = await scope.Db.Set<GroupMember>().Where(m => ids.Contains(m.GroupId)).GroupBy(m => m.GroupId).Select(m => new { m.Key, Count = m.Count() }).ToDictionaryAsync(m => m.Key, m => m.Count, cancellationToken);
        var roles = (await scope.Db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.Group && b.Scope == GrantScope.Organization && ids.Contains(b.PrincipalId)).OrderBy(b => b.Role).Select(b => new { b.PrincipalId, b.Role }).ToListAsync(cancellationToken))
            .ToLookup(b => b.PrincipalId, b => b.Role);
        var own = await RoleLookup.NamesAsync(scope, roles.SelectMany(r => r), cancellationToken);
        return groups.ConvertAll(g => new GroupRow(g.Id, g.DisplayName, g.ExternalId, counts.GetValueOrDefault(g.Id), [.. roles[g.Id].Select(r => RoleLookup.Shown(r, own)).Distinct()], g.Version));
    }
}

/// <summary>Gives all members of a group a role at the organization, or with null takes it away. Who joins the group gets it, who leaves loses it.</summary>
public sealed record BindGroupRole(string Org, Guid GroupId, string? Role) : Command<GroupRow>
{
    public override string Action => "group.bindRole";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Write;

    public override async Task<Result<GroupRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var role = Role is null ? null : await MemberRoles.FindAsync(scope, Role, cancellationToken);
        if (Role is not null && role is null) return Problem.Invalid([MemberRoles.Unknown]);
        var group = await scope.Db.Set<Group>().SingleOrDefaultAsync(g => g.Id == GroupId, cancellationToken);
        if (group is null) return Problem.NotFound("group");
        scope.Audit("group", group.Id, group.DisplayName);
        var place = new AccessTarget(scope.OrganizationId);
        if (role is not null && Granting.Refuses(scope.Actor, role, place, []) is { } refusal) return refusal;
        var old = await scope.Db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.Group && b.PrincipalId == GroupId && b.Scope == GrantScope.Organization).ToListAsync(cancellationToken);
        if (await Granting.RefusesTakingAsync(scope, old, place, cancellationToken) is { } beyond) return beyond;
        if (role is not null)
        {
            var inside = await scope.Db.Set<GroupMember>().Where(m => m.GroupId == GroupId).Select(m => m.MemberId).ToListAsync(cancellationToken);
            if (await Rules.SeparatedRoles.RefusesAsync(scope, role.Name, inside, old, cancellationToken) is { } separated) return separated;
        }

        if (role?.Name != BuiltInRoles.OrgAdmin && await LastAdmin.LosesAsync(scope, null, GroupId, null, cancellationToken)) return LastAdmin.Refusal;
        scope.Db.RemoveRange(old);
        if (role is not null)
        {
            scope.Db.Add(new RoleBinding
            {
                Id = Ids.New(), OrganizationId = scope.OrganizationId, PrincipalKind = PrincipalKind.Group, PrincipalId = group.Id, Role = role.Name, Scope = GrantScope.Organization, CreatedAtUtc = scope.NowUtc,
            });
        }

        // The role is another row; the group's version says that it changed.
        scope.Db.Entry(group).Property(g => g.Version).IsModified = true;
        scope.Touch(LiveTopic.People, group.Id, group.Version + 1);
        scope.Touch(LiveTopic.Sessions, group.Id, 0, Guid.Empty);
        var members = await scope.Db.Set<GroupMember>().CountAsync(m => m.GroupId == GroupId, cancellationToken);
        return new GroupRow(group.Id, group.DisplayName, group.ExternalId, members, role is null ? [] : [await RoleLookup.ShownAsync(scope, role.Name, cancellationToken)], group.Version + 1);
    }
}
