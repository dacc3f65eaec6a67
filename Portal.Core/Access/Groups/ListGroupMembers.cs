using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Groups;

/// <summary>A person in a group. <paramref name="Id"/> is the member's.</summary>
public sealed record GroupMemberRow(Guid Id, string UserName, string DisplayName, bool IsActive);

/// <summary>One group of an organization.</summary>
public sealed record GetGroup(string Org, Guid GroupId) : Query<GroupRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadPeople;

    public override async Task<Result<GroupRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var found = await scope.Db.Set<Group>().SingleOrDefaultAsync(g => g.Id == GroupId, cancellationToken);
        return found is null ? Problem.NotFound("group") : (await GroupRows.ReadAsync(scope, [found], cancellationToken))[0];
    }
}

/// <summary>Who is in a group, newest in first; filter searches names.</summary>
public sealed record ListGroupMembers(string Org, Guid GroupId, PageRequest Page) : Query<Paged<GroupMemberRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadPeople;

    public override async Task<Result<Paged<GroupMemberRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        if (!await scope.Db.Set<Group>().AnyAsync(g => g.Id == GroupId, cancellationToken)) return Problem.NotFound("group");
        var members = scope.Db.Set<GroupMember>().Where(g => g.GroupId == GroupId).Join(scope.Db.Set<Member>(), g => g.MemberId, m => m.Id, (g, m) => m);
        if (Page.Filter is { Length: > 0 and <= 200 } filter)
        {
            var key = UserNames.Normalize(filter);
            members = members.Where(m => m.UserNameKey.Contains(key) || m.DisplayName.Contains(filter));
        }

        if (after is { } id) members = members.Where(m => m.Id.CompareTo(id) < 0);
        var rows = await members.OrderByDescending(m => m.Id).Take(Page.Limit + 1).Select(m => new GroupMemberRow(m.Id, m.UserName, m.DisplayName, m.IsActive)).ToListAsync(cancellationToken);
        return PageKey.Cut(rows, Page, m => m.Id);
    }
}
