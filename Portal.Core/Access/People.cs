using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>A member of an organization.</summary>
/// <param name="Roles">Held at the organization as a whole; several where groups or provisioning gave more than one.</param>
public sealed record PersonRow(Guid Id, Guid UserId, string UserName, string DisplayName, IReadOnlyList<string> Roles, bool IsActive, DateTime JoinedAtUtc, long Version);

/// <summary>The members of an organization by user name. The cursor is the last row's id.</summary>
public sealed record ListPeople(string Org, PageRequest Page) : Query<Paged<PersonRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadPeople;

    public override async Task<Result<Paged<PersonRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var members = scope.Db.Set<Member>().AsQueryable();
        if (Page.Filter is { Length: > 0 and <= 200 } filter)
        {
#pragma warning disable CA1304, CA1309, CA1311, CA1862, MA0011 // Runs in the database, where upper() has no culture argument.
            var upper = filter.ToUpperInvariant();
            members = members.Where(m => m.UserName.ToUpper().Contains(upper) || m.DisplayName.ToUpper().Contains(upper));
#pragma warning restore CA1304, CA1309, CA1311, CA1862, MA0011
        }

        if (after is { } id)
        {
            var name = await scope.Db.Set<Member>().Where(m => m.Id == id).Select(m => m.UserName).SingleOrDefaultAsync(cancellationToken);
            if (name is null) return PageKey.Unreadable;
#pragma warning disable CA1309 // The database compares by its own collation, the same as it orders by.
            members = members.Where(m => string.Compare(m.UserName, name) > 0 || (m.UserName == name && m.Id.CompareTo(id) > 0));
#pragma warning restore CA1309
        }

        var rows = await members.OrderBy(m => m.UserName).ThenBy(m => m.Id).Take(Page.Limit + 1).ToListAsync(cancellationToken);
        return PageKey.Cut(await PersonRows.ReadAsync(scope, rows, cancellationToken), Page, m => m.Id);
    }
}

/// <summary>Gives a member another role at the organization; tokens that they could not make with it end.</summary>
public sealed record ChangeMemberRole(string Org, Guid MemberId, string? Role, long? ExpectedVersion = null) : Command<PersonRow>
{
    public override string Action => "member.changeRole";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WritePeople;

    public override async Task<Result<PersonRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (await MemberRoles.FindAsync(scope, Role, cancellationToken) is not { } role) return Problem.Invalid([MemberRoles.Unknown]);
        var found = await MemberChange.FindAsync(scope, MemberId, ExpectedVersion, cancellationToken);
        if (!found.TryGet(out var place, out var problem)) return problem;
        if (Granting.Refuses(scope.Actor, role, new AccessTarget(scope.OrganizationId), []) is { } refusal) return refusal;
        // Who may not give the old role may not take it away either.
        if (await Granting.RefusesTakingAsync(scope, place.Bindings, new AccessTarget(scope.OrganizationId), cancellationToken) is { } beyond) return beyond;
        if (await Rules.SeparatedRoles.RefusesAsync(scope, role.Name, [place.Member.Id], place.Bindings, cancellationToken) is { } separated) return separated;
        if (role.Name != BuiltInRoles.OrgAdmin && await MemberChange.LosesLastAdminAsync(scope, place, cancellationToken)) return MemberChange.LastAdmin;
        scope.Db.RemoveRange(place.Bindings);
        scope.Db.Add(new RoleBinding
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, PrincipalKind = PrincipalKind.Person, PrincipalId = place.Member.UserId,
            Role = role.Name, Scope = GrantScope.Organization, CreatedAtUtc = scope.NowUtc,
        });
        await MemberChange.EndTokensAsync(scope, place.Member.UserId, role, cancellationToken);
        return MemberChange.Finish(scope, place.Member, [await RoleLookup.ShownAsync(scope, role.Name, cancellationToken)]);
    }
}

/// <summary>Takes a person out of the organization: their roles and tokens there end at once, and their sessions when it was their last organization.</summary>
public sealed record RemoveMember(string Org, Guid MemberId, long? ExpectedVersion = null) : Command<PersonRow>
{
    public override string Action => "member.remove";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WritePeople;

    public override async Task<Result<PersonRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var found = await MemberChange.FindAsync(scope, MemberId, ExpectedVersion, cancellationToken);
        if (!found.TryGet(out var place, out var problem)) return problem;
        if (await Granting.RefusesTakingAsync(scope, place.Bindings, new AccessTarget(scope.OrganizationId), cancellationToken) is { } beyond) return beyond;
        if (await Scim.LastAdmin.LosesAsync(scope, MemberId, null, null, cancellationToken)) return MemberChange.LastAdmin;
        // What provisioning knows of the person goes with them; their identity provider may make them anew.
        scope.Db.RemoveRange(await scope.Db.Set<Groups.GroupMember>().Where(g => g.MemberId == MemberId).ToListAsync(cancellationToken));
        scope.Db.RemoveRange(await scope.Db.Set<Scim.ScimEmail>().Where(e => e.ScimUserId == MemberId).ToListAsync(cancellationToken));
        scope.Db.RemoveRange(await scope.Db.Set<Scim.ScimUser>().Where(u => u.Id == MemberId).ToListAsync(cancellationToken));
        var all = await scope.Db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.Person && b.PrincipalId == place.Member.UserId).ToListAsync(cancellationToken);
        scope.Db.RemoveRange(all);
        await MemberChange.EndTokensAsync(scope, place.Member.UserId, null, cancellationToken);
        var row = MemberChange.Finish(scope, place.Member, []);
        scope.Db.Remove(place.Member);
        return row;
    }
}

internal static class MemberChange
{
    public static Problem LastAdmin { get; } = Problem.Conflict("member.lastAdmin", "This is the last administrator of the organization. Make somebody else one first.");

    public static PersonRow ToRow(Member m, IReadOnlyList<string> roles, long version) => new(m.Id, m.UserId, m.UserName, m.DisplayName, roles, m.IsActive, m.JoinedAtUtc, version);

    public static async Task<Result<(Member Member, List<RoleBinding> Bindings)>> FindAsync(WriteScope scope, Guid id, long? expected, CancellationToken cancellationToken)
    {
        var member = await scope.Db.Set<Member>().SingleOrDefaultAsync(m => m.Id == id, cancellationToken);
        if (member is null) return Problem.NotFound("member");
        scope.Audit("member", member.Id, member.UserName);
        if (expected is { } version && version != member.Version) return Problem.Stale("member", member.Version);
        var bindings = await scope.Db.Set<RoleBinding>()
            .Where(b => b.PrincipalKind == PrincipalKind.Person && b.PrincipalId == member.UserId && b.Scope == GrantScope.Organization).ToListAsync(cancellationToken);
        return (member, bindings);
    }

    public static async Task<bool> LosesLastAdminAsync(WriteScope scope, (Member Member, List<RoleBinding> Bindings) place, CancellationToken cancellationToken)
    {
        if (!place.Bindings.Exists(b => b.Role == BuiltInRoles.OrgAdmin)) return false;
        var db = scope.Db;
        var other = await db.Set<Member>()
            .Where(m => m.Id != place.Member.Id && m.IsActive && db.Set<RoleBinding>().Any(b => b.PrincipalId == m.UserId && b.Role == BuiltInRoles.OrgAdmin && b.Scope == GrantScope.Organization && b.Conditions == null && b.ExpiresAtUtc == null))
            .OrderBy(m => m.Id).FirstOrDefaultAsync(cancellationToken);
        if (other is null) return true;
        // Two administrators who remove each other at the same moment meet at these rows, and one of them is told to look again.
        db.Entry(other).Property(m => m.Version).IsModified = true;
        return false;
    }

    /// <summary>Ends the person's tokens here that hold more than the role; all of them for none.</summary>
    public static async Task EndTokensAsync(WriteScope scope, Guid userId, Role? role, CancellationToken cancellationToken)
    {
        await EndTokensAsync(scope, userId, role is null ? [] : [new Grant(role.Name, GrantScope.Organization, scope.OrganizationId) { Permissions = BuiltInRoles.Find(role.Name) is null ? role.Permissions : null }], cancellationToken);
    }

    /// <summary>Ends the person's tokens here that hold more than what they keep when the binding goes.</summary>
    /// <param name="instead">What is given in its place.</param>
    public static async Task EndTokensAsync(WriteScope scope, RoleBinding leaving, RoleBinding? instead, CancellationToken cancellationToken)
    {
        var gone = Bindings.BindingRemoval.Leaving(scope, leaving);
        var kept = (await SessionDirectory.GrantsAsync(scope.Db, leaving.PrincipalId, cancellationToken)).Where(g => g.BindingId is not { } id || !gone.Contains(id)).ToList();
        if (instead is not null) kept.Add(new Grant(instead.Role, instead.Scope, instead.OrganizationId, instead.ScopeId, instead.Id) { Condition = instead.Conditions, ExpiresAtUtc = instead.ExpiresAtUtc });
        await RoleLookup.ResolveAsync(scope.Db, kept, cancellationToken);
        await EndTokensAsync(scope, leaving.PrincipalId, kept, cancellationToken);
    }

    private static async Task EndTokensAsync(WriteScope scope, Guid userId, IReadOnlyList<Grant> kept, CancellationToken cancellationToken)
    {
        var holder = new Actor { Kind = ActorKind.Person, Id = userId, Name = "", Grants = kept };
        var tokens = await scope.Db.Set<ApiToken>().Where(t => t.OwnerUserId == userId && t.RevokedAtUtc == null).ToListAsync(cancellationToken);
        var roles = await RoleLookup.OfKeysAsync(scope, tokens.Select(t => t.Role), cancellationToken);
        foreach (var token in tokens)
        {
            if (roles.TryGetValue(token.Role, out var held) && AccessPolicy.MayGrant(holder, held, new AccessTarget(scope.OrganizationId))) continue;
            TokenEnd.Revoke(scope, token);
        }
    }

    public static PersonRow Finish(WriteScope scope, Member member, IReadOnlyList<string> roles)
    {
        // The role is another row; the member's version says that the person changed.
        scope.Db.Entry(member).Property(m => m.Version).IsModified = true;
        scope.Touch(LiveTopic.People, member.Id, member.Version + 1);
        scope.Touch(LiveTopic.Sessions, member.UserId, 0, Guid.Empty);
        return ToRow(member, roles, member.Version + 1);
    }
}
