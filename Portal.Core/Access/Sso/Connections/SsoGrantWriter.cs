using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>What mappings changed for a person.</summary>
/// <param name="KeptLastAdmin">The provider takes the last administrator's role; it stays.</param>
public sealed record SsoGrantChange(IReadOnlyList<string> Given, IReadOnlyList<string> Taken, bool KeptLastAdmin);

/// <summary>
/// Gives and takes what a connection's mappings say, and nothing else: roles given by hand and places in groups by provisioning stay. Each query names the organization, since sign-ins run as the platform.
/// </summary>
internal static class SsoGrantWriter
{
    /// <param name="values">Groups and roles as the provider names them now.</param>
    public static async Task<SsoGrantChange> ApplyAsync(WriteScope scope, SsoConnection connection, Member member, IReadOnlyCollection<string> values, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, connection.OrganizationId);
        var said = values.ToHashSet(StringComparer.Ordinal);
        var mappings = (await db.Set<SsoGroupMapping>().Where(m => m.ConnectionId == connection.Id && m.OrganizationId == org).ToListAsync(cancellationToken)).Where(m => said.Contains(m.Value)).ToList();
        var roles = mappings.Select(m => m.Role).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var wanted = mappings.Select(m => m.GroupId).OfType<Guid>().Distinct().ToList();
        var groups = await db.Set<Group>().Where(g => wanted.Contains(g.Id) && g.OrganizationId == org).Select(g => g.Id).ToListAsync(cancellationToken);
        var rows = await db.Set<SsoGrant>().Where(g => g.ConnectionId == connection.Id && g.MemberId == member.Id && g.OrganizationId == org).ToListAsync(cancellationToken);

        var stale = rows.Where(r => r.Role is { } role ? !roles.Contains(role) : r.GroupId is { } group && !groups.Contains(group)).ToList();
        var kept = stale.Count > 0 && !await RemoveAsync(scope, stale, cancellationToken);
        var given = new List<string>();
        foreach (var role in roles)
        {
            if (await GiveRoleAsync(scope, connection, member, role, rows.Find(r => r.Role == role), cancellationToken)) given.Add(role);
        }

        foreach (var group in groups)
        {
            if (await GiveGroupAsync(scope, connection, member, group, rows.Find(r => r.GroupId == group), cancellationToken)) given.Add(group.ToString());
        }

        if (given.Count > 0 || stale.Count > 0)
        {
            scope.Touch(LiveTopic.People, member.Id, member.Version, org);
            scope.Touch(LiveTopic.Sessions, member.UserId, 0, Guid.Empty);
        }

        if (stale.Count > 0 && !kept) await EndTokensAsync(scope, connection, member, stale, cancellationToken);
        return new SsoGrantChange(given, kept ? [] : [.. stale.Select(s => s.Role ?? s.GroupId?.ToString() ?? "")], kept);
    }

    /// <summary>Takes what the rows stand for away; false, and nothing changed, where the organization would lose its last administrator.</summary>
    public static async Task<bool> RemoveAsync(WriteScope scope, IReadOnlyCollection<SsoGrant> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return true;
        var (db, org) = (scope.Db, scope.OrganizationId);
        var ids = rows.Select(r => r.BindingId).OfType<Guid>().ToList();
        var bindings = await db.Set<RoleBinding>().Where(b => ids.Contains(b.Id) && b.OrganizationId == org).ToListAsync(cancellationToken);
        var (groupIds, memberIds) = (rows.Select(r => r.GroupId).OfType<Guid>().Distinct().ToList(), rows.Select(r => r.MemberId).Distinct().ToList());
        var places = rows.Where(r => r.GroupId is not null).Select(r => (r.GroupId.GetValueOrDefault(), r.MemberId)).ToHashSet();
        var memberships = (await db.Set<GroupMember>().Where(m => groupIds.Contains(m.GroupId) && memberIds.Contains(m.MemberId) && m.OrganizationId == org).ToListAsync(cancellationToken)).Where(m => places.Contains((m.GroupId, m.MemberId))).ToList();
        if (await LosesLastAdminAsync(scope, bindings, memberships, cancellationToken)) return false;
        db.RemoveRange(bindings);
        db.RemoveRange(memberships);
        db.RemoveRange(rows);
        foreach (var group in groupIds) await NoteAsync(scope, group, cancellationToken);
        return true;
    }

    private static async Task<bool> GiveRoleAsync(WriteScope scope, SsoConnection connection, Member member, string role, SsoGrant? row, CancellationToken cancellationToken)
    {
        if (row?.BindingId is { } held && await scope.Db.Set<RoleBinding>().AnyAsync(b => b.Id == held, cancellationToken)) return false;
        if (row is not null) scope.Db.Remove(row);
        var binding = new RoleBinding
        {
            Id = Ids.New(), OrganizationId = connection.OrganizationId, PrincipalKind = PrincipalKind.Person, PrincipalId = member.UserId, Role = role, Scope = GrantScope.Organization, CreatedAtUtc = scope.NowUtc,
        };
        scope.Db.Add(binding);
        scope.Db.Add(new SsoGrant { Id = Ids.New(), OrganizationId = connection.OrganizationId, ConnectionId = connection.Id, MemberId = member.Id, Role = role, BindingId = binding.Id });
        return true;
    }

    private static async Task<bool> GiveGroupAsync(WriteScope scope, SsoConnection connection, Member member, Guid group, SsoGrant? row, CancellationToken cancellationToken)
    {
        // Whoever is in the group already, by provisioning, was not put there by the connection.
        if (await scope.Db.Set<GroupMember>().AnyAsync(m => m.GroupId == group && m.MemberId == member.Id, cancellationToken)) return false;
        scope.Db.Add(new GroupMember { GroupId = group, MemberId = member.Id, OrganizationId = connection.OrganizationId, AddedAtUtc = scope.NowUtc });
        if (row is null) scope.Db.Add(new SsoGrant { Id = Ids.New(), OrganizationId = connection.OrganizationId, ConnectionId = connection.Id, MemberId = member.Id, GroupId = group });
        await NoteAsync(scope, group, cancellationToken);
        return true;
    }

    /// <summary>Its members are other rows; the group's version says that they changed.</summary>
    private static async Task NoteAsync(WriteScope scope, Guid id, CancellationToken cancellationToken)
    {
        if (await scope.Db.Set<Group>().SingleOrDefaultAsync(g => g.Id == id && g.OrganizationId == scope.OrganizationId, cancellationToken) is not { } group) return;
        group.ModifiedAtUtc = new DateTime(scope.NowUtc.Ticks - (scope.NowUtc.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
        scope.Touch(LiveTopic.People, group.Id, group.Version + 1);
    }

    private static async Task<bool> LosesLastAdminAsync(WriteScope scope, List<RoleBinding> bindings, List<GroupMember> memberships, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        var all = await db.Set<RoleBinding>().Where(b => b.OrganizationId == org && b.Role == BuiltInRoles.OrgAdmin && b.Scope == GrantScope.Organization).ToListAsync(cancellationToken);
        var groups = all.Where(b => b.PrincipalKind == PrincipalKind.Group).Select(b => b.PrincipalId).ToHashSet();
        if (!bindings.Exists(b => b.Role == BuiltInRoles.OrgAdmin) && !memberships.Exists(m => groups.Contains(m.GroupId))) return false;
        var going = bindings.Select(b => b.Id).ToHashSet();
        var users = all.Where(b => b.PrincipalKind == PrincipalKind.Person && !going.Contains(b.Id)).Select(b => b.PrincipalId).Distinct().ToList();
        var leaving = memberships.Select(m => (m.GroupId, m.MemberId)).ToHashSet();
        var members = (await db.Set<GroupMember>().Where(m => m.OrganizationId == org && groups.Contains(m.GroupId)).ToListAsync(cancellationToken)).Where(m => !leaving.Contains((m.GroupId, m.MemberId))).Select(m => m.MemberId).Distinct().ToList();
        var other = await db.Set<Member>().Where(m => m.OrganizationId == org && m.IsActive && (users.Contains(m.UserId) || members.Contains(m.Id))).OrderBy(m => m.Id).FirstOrDefaultAsync(cancellationToken);
        if (other is null) return true;
        // Two sign-ins that would each take the other's administrator meet at this row, and one of them looks again.
        db.Entry(other).Property(m => m.Version).IsModified = true;
        return false;
    }

    /// <summary>The person's tokens that hold more than what is left end.</summary>
    private static async Task EndTokensAsync(WriteScope scope, SsoConnection connection, Member member, List<SsoGrant> taken, CancellationToken cancellationToken)
    {
        var going = taken.Select(t => t.BindingId).OfType<Guid>().ToHashSet();
        var left = (await SessionDirectory.GrantsAsync(scope.Db, member.UserId, cancellationToken)).Where(g => g.OrganizationId == connection.OrganizationId && (g.BindingId is not { } id || !going.Contains(id)));
        var leaving = taken.Select(t => t.GroupId).OfType<Guid>().ToHashSet();
        var ofGroups = await scope.Db.Set<RoleBinding>().Where(b => leaving.Contains(b.PrincipalId) && b.PrincipalKind == PrincipalKind.Group).Select(b => b.Id).ToListAsync(cancellationToken);
        var holder = new Actor { Kind = ActorKind.Person, Id = member.UserId, Name = "", Grants = [.. left.Where(g => g.BindingId is not { } id || !ofGroups.Contains(id))] };
        var tokens = await scope.Db.Set<ApiToken>().Where(t => t.OrganizationId == connection.OrganizationId && t.OwnerUserId == member.UserId && t.RevokedAtUtc == null).ToListAsync(cancellationToken);
        var roles = await RoleLookup.OfKeysAsync(scope, tokens.Select(t => t.Role), cancellationToken);
        foreach (var token in tokens)
        {
            if (roles.TryGetValue(token.Role, out var held) && AccessPolicy.MayGrant(holder, held, new AccessTarget(connection.OrganizationId))) continue;
            TokenEnd.Revoke(scope, token);
        }
    }
}
