using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Explain;

/// <summary>Somebody who may do it, or could if a condition held.</summary>
/// <param name="Conditional">True where only a condition that does not hold (or cannot be told) stands against it.</param>
/// <param name="Role">By which it is allowed, or would be: a built-in role's name or the slug of one of the organization's own.</param>
/// <param name="Group">Through which they hold it.</param>
public sealed record WhoRow(Guid MemberId, Guid UserId, string UserName, string DisplayName, bool Conditional, string Role, string? RoleName, GrantScope Scope, string? Group, string? Condition, DateTime? ExpiresAtUtc, Guid BindingId);

/// <summary>Who can do this here, by user name: members of the organization, now or at a past moment. The platform's administrators always can and are not listed.</summary>
public sealed record ListWhoCan(string Org, AccessQuestion Question, PageRequest Page) : Query<Paged<WhoRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Read;

    public override async Task<Result<Paged<WhoRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        if (!(await Question.CheckAsync(scope, cancellationToken)).TryGet(out var asked, out problem)) return problem;
        var state = await AccessState.LoadAsync(scope, Question.At, cancellationToken);
        var groups = await scope.Db.Set<Group>().AsNoTracking().Where(g => g.OrganizationId == scope.OrganizationId).Select(g => new { g.Id, g.DisplayName }).ToDictionaryAsync(g => g.Id, g => g.DisplayName, cancellationToken);
        var members = await AccessMembers.ListAsync(scope, Page.Filter, Question.At, cancellationToken);
        var rows = new List<WhoRow>();
        // Members are looked at in their order until the page is full; each costs one decision.
        var begun = after is null;
        foreach (var member in members)
        {
            if (begun && Row(member, state, asked.Permission, asked.Target, groups) is { } row) rows.Add(row);
            begun |= member.Id == after;
            if (rows.Count > Page.Limit) break;
        }

        return begun ? PageKey.Cut(rows, Page, r => r.MemberId) : PageKey.Unreadable;
    }

    private WhoRow? Row(Member member, AccessState state, Permission permission, AccessTarget target, Dictionary<Guid, string> groups)
    {
        var ways = state.WaysOf(member.UserId, member.Id).ToList();
        var actor = state.ToActor(ActorKind.Person, member.UserId, member.UserName, [.. ways.Select(w => w.Grant)], Question.Facts);
        var decision = AccessPolicy.Decide(actor, permission, target);
        var conditional = !decision.Allowed && (decision.LimitedBy == "condition" || decision.Rule?.Condition is not null);
        if (!decision.Allowed && !conditional) return null;
        var reaching = decision.Via is { } via ? ways.FirstOrDefault(w => w.Binding.Id == via.BindingId)
            : ways.FirstOrDefault(w => !(w.Binding.ExpiresAtUtc <= state.AtUtc) && Roles.Role.Of(w.Grant)?.Allows(permission) == true && GrantIndex.Of(actor with { Grants = [w.Grant] }).Reaching(target).Count > 0);
        if (reaching is null) return null;
        var binding = reaching.Binding;
        return new WhoRow(
            member.Id, member.UserId, member.UserName, member.DisplayName, conditional, RoleLookup.Shown(binding.Role, state.Roles), state.Roles.GetValueOrDefault(binding.Role)?.Name, binding.Scope,
            reaching.GroupId is { } group ? groups.GetValueOrDefault(group) : null, conditional && decision.Rule?.Condition is { } ofRule ? ofRule.Text : binding.Conditions, binding.ExpiresAtUtc, binding.Id);
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
