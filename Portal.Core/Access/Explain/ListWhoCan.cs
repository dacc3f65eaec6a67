using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Explain;

/// <summary>Somebody who may do it, or could if a condition held.</summary>
/// <param name="Id">The user's, service account's or token's.</param>
/// <param name="Kind">person, serviceAccount or token.</param>
/// <param name="MemberId">Of a person.</param>
/// <param name="UserId">Of a person.</param>
/// <param name="UserName">Of a program its name.</param>
/// <param name="ActsAs">The service account that a token acts as.</param>
/// <param name="Conditional">True where only a condition that does not hold (or cannot be told) stands against it.</param>
/// <param name="Role">By which it is allowed, or would be: a built-in role's name or the slug of one of the organization's own.</param>
/// <param name="Group">Through which they hold it.</param>
/// <param name="Origin">How they came to it.</param>
/// <param name="BindingId">Null for the role that a token carries itself.</param>
public sealed record WhoRow(
    Guid Id, ActorKind Kind, Guid? MemberId, Guid? UserId, string UserName, string DisplayName, string? ActsAs, bool Conditional, string Role, string? RoleName, GrantScope Scope, string? Group, WayOrigin Origin, string? Condition, DateTime? ExpiresAtUtc, Guid? BindingId);

/// <summary>
/// Who can do this here, now or at a past moment: members of the organization by user name, then its service accounts and its tokens by name. The platform's administrators always can and are not listed.
/// </summary>
public sealed record ListWhoCan(string Org, AccessQuestion Question, PageRequest Page) : Query<Paged<WhoRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Read;

    public override async Task<Result<Paged<WhoRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        if (!(await Question.CheckAsync(scope, cancellationToken)).TryGet(out var asked, out problem)) return problem;
        var state = await AccessState.LoadAsync(scope, Question.At, cancellationToken);
        var found = new List<(AccessIdentity Who, AccessDecision Decision, AccessWay Way)>();
        // Everybody is looked at in their order until the page is full; each costs one decision.
        var begun = after is null;
        foreach (var who in await AccessIdentity.ListAsync(scope, state, Page.Filter, Question.At, cancellationToken))
        {
            if (begun && Find(who, state, asked.Permission, asked.Target) is { } row) found.Add((who, row.Decision, row.Way));
            begun |= who.Id == after;
            if (found.Count > Page.Limit) break;
        }

        if (!begun) return PageKey.Unreadable;
        var groups = await scope.Db.Set<Group>().AsNoTracking().Where(g => g.OrganizationId == scope.OrganizationId).Select(g => new { g.Id, g.DisplayName }).ToDictionaryAsync(g => g.Id, g => g.DisplayName, cancellationToken);
        var origins = await WayOrigins.LoadAsync(scope, [.. found.Select(f => f.Who.MemberId).OfType<Guid>()], cancellationToken);
        return PageKey.Cut(found.ConvertAll(f => Row(f.Who, f.Decision, f.Way, state, groups, origins)), Page, r => r.Id);
    }

    private (AccessDecision Decision, AccessWay Way)? Find(AccessIdentity who, AccessState state, Permission permission, AccessTarget target)
    {
        var actor = who.ToActor(state, Question.Facts);
        var decision = AccessPolicy.Decide(actor, permission, target);
        if (!decision.Allowed && !IsConditional(decision)) return null;
        var reaching = decision.Via is { } via ? who.Ways.FirstOrDefault(w => w.Grant.BindingId == via.BindingId)
            : who.Ways.FirstOrDefault(w => !(w.Grant.ExpiresAtUtc <= state.AtUtc) && Roles.Role.Of(w.Grant)?.Allows(permission) == true && GrantIndex.Of(actor with { Grants = [w.Grant] }).Reaching(target).Count > 0);
        return reaching is null ? null : (decision, reaching);
    }

    private static bool IsConditional(AccessDecision decision) => !decision.Allowed && (decision.LimitedBy == "condition" || decision.Rule?.Condition is not null);

    private static WhoRow Row(AccessIdentity who, AccessDecision decision, AccessWay way, AccessState state, Dictionary<Guid, string> groups, WayOrigins origins)
    {
        var (grant, conditional) = (way.Grant, IsConditional(decision));
        return new WhoRow(
            who.Id, who.Kind, who.MemberId, who.MemberId is null ? null : who.Id, who.Name, who.DisplayName, who.Account?.Name, conditional, RoleLookup.Shown(grant.Role, state.Roles), state.Roles.GetValueOrDefault(grant.Role)?.Name, grant.Scope,
            way.GroupId is { } group ? groups.GetValueOrDefault(group) : null, who is { MemberId: { } member, JoinedAtUtc: { } joined } ? origins.Of(member, joined, way) : new WayOrigin(WaySource.Assigned),
            conditional && decision.Rule?.Condition is { } ofRule ? ofRule.Text : grant.Condition, grant.ExpiresAtUtc, grant.BindingId);
    }
}

internal static class AccessMembers
{
    /// <summary>The members by user name; for a past moment those who are members still and were then.</summary>
    public static async Task<List<Member>> ListAsync(ReadScope scope, string? filter, DateTime? at, CancellationToken cancellationToken)
    {
        var members = scope.Db.Set<Member>().AsNoTracking().Where(m => m.OrganizationId == scope.OrganizationId && (at == null ? m.IsActive : m.JoinedAtUtc <= at));
        if (filter is { Length: > 0 and <= 200 })
        {
#pragma warning disable CA1304, CA1309, CA1311, CA1862, MA0011 // Runs in the database, where upper() has no culture argument.
            var upper = filter.ToUpperInvariant();
            members = members.Where(m => m.UserName.ToUpper().Contains(upper) || m.DisplayName.ToUpper().Contains(upper));
#pragma warning restore CA1304, CA1309, CA1311, CA1862, MA0011
        }

        return await members.OrderBy(m => m.UserName).ThenBy(m => m.Id).ToListAsync(cancellationToken);
    }
}
