using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Explain;

/// <summary>How somebody came to their binding, or into the group that holds it.</summary>
public enum WaySource
{
    /// <summary>Somebody gave the role, also by an invitation.</summary>
    Assigned,

    /// <summary>A mapping of a connection to the identity provider, applied at the person's last sign-in.</summary>
    Mapping,

    /// <summary>The first sign-in through a connection that makes members.</summary>
    FirstSignIn,

    /// <summary>The organization's provisioning (SCIM).</summary>
    Provisioning,

    /// <summary>It has ended since the moment that is asked about, and nothing keeps how it began.</summary>
    Unknown,
}

/// <summary>How a way began.</summary>
/// <param name="ConnectionId">The connection to the identity provider, of a mapping and a first sign-in.</param>
/// <param name="ProviderGroups">Of a mapping: the groups of the identity provider that lead here today, of which the person was in one at least; empty where none does any more, so that the next sign-in ends it.</param>
public sealed record WayOrigin(WaySource Source, Guid? ConnectionId = null, string? Connection = null, IReadOnlyList<string>? ProviderGroups = null);

/// <summary>A group of the identity provider that would open a way, by the mapping of an enabled connection.</summary>
/// <param name="Group">The portal's group that it leads to; null where it leads to a role.</param>
/// <param name="Role">The role that it leads to, as <see cref="AccessPath.Role"/>.</param>
public sealed record MappingThatAllows(Guid ConnectionId, string Connection, string ProviderGroup, string? Group, string? Role, string? RoleName);

/// <summary>What connections and provisioning gave a number of members.</summary>
internal sealed class WayOrigins
{
    private readonly Dictionary<Guid, SsoConnection> _connections;
    private readonly List<SsoGroupMapping> _mappings;
    private readonly Dictionary<Guid, Guid> _ofBinding;
    private readonly Dictionary<(Guid Member, Guid Group), Guid> _ofMembership;
    private readonly Dictionary<(Guid Member, DateTime At), Guid> _firstSignIns;
    private readonly Dictionary<Guid, DateTime> _provisioned;

    private WayOrigins(List<SsoConnection> connections, List<SsoGroupMapping> mappings, List<SsoGrant> grants, List<SsoSubject> subjects, Dictionary<Guid, DateTime> provisioned)
    {
        (_connections, _mappings, _provisioned) = (connections.ToDictionary(c => c.Id), mappings, provisioned);
        _ofBinding = grants.Where(g => g.BindingId is not null).DistinctBy(g => g.BindingId).ToDictionary(g => g.BindingId.GetValueOrDefault(), g => g.ConnectionId);
        _ofMembership = grants.Where(g => g.GroupId is not null).DistinctBy(g => (g.MemberId, g.GroupId)).ToDictionary(g => (g.MemberId, g.GroupId.GetValueOrDefault()), g => g.ConnectionId);
        _firstSignIns = subjects.DistinctBy(s => (s.MemberId, s.LinkedAtUtc)).ToDictionary(s => (s.MemberId, s.LinkedAtUtc), s => s.ConnectionId);
    }

    public static async Task<WayOrigins> LoadAsync(ReadScope scope, IReadOnlyList<Guid> members, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        var connections = await db.Set<SsoConnection>().AsNoTracking().Where(c => c.OrganizationId == org).OrderBy(c => c.Name).ThenBy(c => c.Id).ToListAsync(cancellationToken);
        var mappings = connections.Count == 0 ? [] : await db.Set<SsoGroupMapping>().AsNoTracking().Where(m => m.OrganizationId == org).OrderBy(m => m.Value).ThenBy(m => m.Id).ToListAsync(cancellationToken);
        var grants = connections.Count == 0 ? [] : await db.Set<SsoGrant>().AsNoTracking().Where(g => g.OrganizationId == org && members.Contains(g.MemberId)).ToListAsync(cancellationToken);
        var subjects = connections.Count == 0 ? [] : await db.Set<SsoSubject>().AsNoTracking().Where(s => s.OrganizationId == org && members.Contains(s.MemberId)).ToListAsync(cancellationToken);
        var provisioned = await db.Set<ScimUser>().AsNoTracking().Where(u => u.OrganizationId == org && members.Contains(u.Id)).Select(u => new { u.Id, u.CreatedAtUtc }).ToDictionaryAsync(u => u.Id, u => u.CreatedAtUtc, cancellationToken);
        return new WayOrigins(connections, mappings, grants, subjects, provisioned);
    }

    public WayOrigin Of(Guid member, DateTime joinedAtUtc, AccessWay way)
    {
        if (way.GroupId is { } group)
        {
            if (!way.IsStanding) return new WayOrigin(WaySource.Unknown);
            // Only mappings and provisioning put people into groups.
            return _ofMembership.TryGetValue((member, group), out var by) ? Mapped(by, m => m.GroupId == group) : new WayOrigin(WaySource.Provisioning);
        }

        if (way.Grant.BindingId is { } binding && _ofBinding.TryGetValue(binding, out var connection)) return Mapped(connection, m => m.Role == way.Grant.Role);
        // What was given in the same moment as the membership came from whatever made the member.
        if (way.SinceUtc == joinedAtUtc && _firstSignIns.TryGetValue((member, joinedAtUtc), out var first)) return new WayOrigin(WaySource.FirstSignIn, first, _connections.GetValueOrDefault(first)?.Name);
        if (way.SinceUtc == joinedAtUtc && _provisioned.TryGetValue(member, out var made) && (joinedAtUtc - made).Duration() < TimeSpan.FromMilliseconds(1)) return new WayOrigin(WaySource.Provisioning);
        return new WayOrigin(way.IsStanding ? WaySource.Assigned : WaySource.Unknown);
    }

    /// <summary>Mappings of enabled connections by which somebody would be allowed what they are refused.</summary>
    public IReadOnlyList<MappingThatAllows> ThatAllow(AccessState state, Actor actor, Permission permission, AccessTarget target, IReadOnlyDictionary<Guid, Group> groups)
    {
        bool Allows(SsoGroupMapping mapping)
        {
            var grants = mapping.GroupId is { } group ? [.. state.GrantsOfGroup(group)] : mapping.Role is { } role ? (List<Grant>)[state.GrantOf(role)] : [];
            return grants.Count > 0 && AccessPolicy.Decide(actor with { Grants = [.. actor.Grants, .. grants] }, permission, target).Allowed;
        }

        return
        [
            .. _mappings.Where(m => _connections.TryGetValue(m.ConnectionId, out var connection) && connection.IsEnabled && Allows(m)).Select(m => new MappingThatAllows(
                m.ConnectionId, _connections[m.ConnectionId].Name, m.Value, m.GroupId is { } group ? groups.GetValueOrDefault(group)?.DisplayName : null,
                m.Role is { } role ? Roles.RoleLookup.Shown(role, state.Roles) : null, m.Role is { } own ? state.Roles.GetValueOrDefault(own)?.Name : null)),
        ];
    }

    private WayOrigin Mapped(Guid connection, Func<SsoGroupMapping, bool> leadsHere) =>
        new(WaySource.Mapping, connection, _connections.GetValueOrDefault(connection)?.Name, [.. _mappings.Where(m => m.ConnectionId == connection && leadsHere(m)).Select(m => m.Value).Distinct(StringComparer.Ordinal)]);
}
