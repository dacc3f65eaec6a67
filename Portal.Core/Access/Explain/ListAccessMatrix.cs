using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Explain;

/// <summary>What one person may do at the organization as a whole.</summary>
/// <param name="Verbs">By area: what is allowed without looking at conditions' outcome, sorted; a verb in brackets holds only under a condition.</param>
/// <param name="Places">Roles that they hold below the organization, as "role@scope:id".</param>
public sealed record MatrixRow(Guid MemberId, Guid UserId, string UserName, string DisplayName, bool IsActive, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, IReadOnlyList<string>> Verbs, IReadOnlyList<string> Places);

/// <summary>People by areas of permissions, by user name: the access matrix, now or at a past moment.</summary>
public sealed record ListAccessMatrix(string Org, PageRequest Page, DateTime? At = null) : Query<Paged<MatrixRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Read;

    public override async Task<Result<Paged<MatrixRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        if (At > scope.NowUtc) return Problem.Invalid("at", "access.future", "at lies in the future: what will be is not known.");
        var state = await AccessState.LoadAsync(scope, At, cancellationToken);
        var members = await AccessMembers.ListAsync(scope, Page.Filter, At, cancellationToken);
        var from = after is { } last ? members.FindIndex(m => m.Id == last) : -1;
        if (after is not null && from < 0) return PageKey.Unreadable;
        return PageKey.Cut(members.Skip(from + 1).Take(Page.Limit + 1).Select(m => Row(m, state)).ToList(), Page, r => r.MemberId);
    }

    private static MatrixRow Row(Member member, AccessState state)
    {
        var ways = state.WaysOf(member.UserId, member.Id).Where(w => !(w.Grant.ExpiresAtUtc <= state.AtUtc)).ToList();
        var whole = ways.Where(w => w.Grant.Scope == GrantScope.Organization).Select(w => (w.Grant, Role: Role.Of(w.Grant))).ToList();
        var verbs = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var area in PermissionCatalog.Permissions.GroupBy(p => p.Area))
        {
            var allowed = area.Select(p => (p.Verb, By: whole.Where(w => w.Role?.Allows(p) == true).ToList())).Where(v => v.By.Count > 0)
                .Select(v => v.By.Exists(b => b.Grant.Condition is null) ? v.Verb : $"({v.Verb})").ToList();
            if (allowed.Count > 0) verbs[area.Key] = allowed;
        }

        string Shown(AccessWay way) => RoleLookup.Shown(way.Grant.Role, state.Roles);
        return new MatrixRow(
            member.Id, member.UserId, member.UserName, member.DisplayName, member.IsActive, [.. ways.Where(w => w.Grant.Scope == GrantScope.Organization).Select(Shown).Distinct().Order(StringComparer.Ordinal)], verbs,
            [.. ways.Where(w => w.Grant.ScopeId is not null).Select(w => $"{Shown(w)}@{Words.Of(w.Grant.Scope)}:{w.Grant.ScopeId}").Distinct().Order(StringComparer.Ordinal)]);
    }
}
