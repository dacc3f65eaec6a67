using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>Who stands behind bindings: the members of groups and the owners of service accounts.</summary>
internal sealed class ReviewPrincipals
{
    private readonly ILookup<Guid, Guid> _groups;
    private readonly IReadOnlyDictionary<Guid, (string Name, Guid Owner)> _accounts;

    private ReviewPrincipals(ILookup<Guid, Guid> groups, IReadOnlyDictionary<Guid, (string, Guid)> accounts) => (_groups, _accounts) = (groups, accounts);

    public static async Task<ReviewPrincipals> LoadAsync(ReadScope scope, IReadOnlyCollection<(PrincipalKind Kind, Guid Id)> principals, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        var groups = principals.Where(p => p.Kind == PrincipalKind.Group).Select(p => p.Id).Distinct().ToList();
        var members = groups.Count == 0 ? [] : await db.Set<GroupMember>().Where(g => g.OrganizationId == org && groups.Contains(g.GroupId))
            .Join(db.Set<Member>(), g => g.MemberId, m => m.Id, (g, m) => new { g.GroupId, m.UserId }).ToListAsync(cancellationToken);
        var ids = principals.Where(p => p.Kind == PrincipalKind.ServiceAccount).Select(p => p.Id).Distinct().ToList();
        var accounts = ids.Count == 0 ? [] : await db.Set<ServiceAccounts.ServiceAccount>().Where(a => a.OrganizationId == org && ids.Contains(a.Id)).Select(a => new { a.Id, a.Name, a.OwnerUserId }).ToListAsync(cancellationToken);
        return new ReviewPrincipals(members.ToLookup(m => m.GroupId, m => m.UserId), accounts.ToDictionary(a => a.Id, a => (a.Name, a.OwnerUserId)));
    }

    /// <summary>The members that a binding concerns: the person, or who is in the group; none for programs.</summary>
    public static async Task<List<Guid>> MemberIdsAsync(ReadScope scope, PrincipalKind kind, Guid id, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        return kind switch
        {
            PrincipalKind.Group => await db.Set<GroupMember>().Where(g => g.OrganizationId == org && g.GroupId == id).Select(g => g.MemberId).ToListAsync(cancellationToken),
            PrincipalKind.Person => await db.Set<Member>().Where(m => m.OrganizationId == org && m.UserId == id).Select(m => m.Id).ToListAsync(cancellationToken),
            _ => [],
        };
    }

    public string? AccountName(Guid id) => _accounts.TryGetValue(id, out var account) ? account.Name : null;

    public int? Members(PrincipalKind kind, Guid id) => kind == PrincipalKind.Group ? _groups[id].Count() : null;

    /// <summary>The users and service accounts that act by the binding.</summary>
    public IEnumerable<Guid> Holders(PrincipalKind kind, Guid id) => kind == PrincipalKind.Group ? _groups[id] : [id];

    /// <summary>The access is the user's own: theirs, of a group that they are in, or of a service account that they answer for.</summary>
    public bool IsOwn(PrincipalKind kind, Guid id, Guid? user) => user is { } who && kind switch
    {
        PrincipalKind.Group => _groups[id].Contains(who),
        PrincipalKind.ServiceAccount => _accounts.TryGetValue(id, out var account) && account.Owner == who,
        _ => id == who,
    };
}

/// <summary>Who looks at a review or decides in it.</summary>
/// <param name="UserId">The person; of a token its owner. Null for programs of nobody.</param>
internal sealed record ReviewCaller(Guid? UserId, bool ReadsAll, bool IsAdministrator)
{
    public static async Task<ReviewCaller> OfAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var actor = scope.Actor;
        var user = actor.Kind switch
        {
            ActorKind.Person => actor.Id,
            ActorKind.Token => await scope.Service<TokenDirectory>().OwnerAsync(actor.Id, cancellationToken),
            _ => (Guid?)null,
        };
        var administers = AccessPolicy.May(actor, Roles.RolesPermissions.Write, scope.OrganizationId);
        return new ReviewCaller(user, administers || AccessPolicy.May(actor, ReviewsPermissions.Read, scope.OrganizationId), administers);
    }

    /// <summary>The items that wait for the caller: theirs, and for administrators those that have no reviewer.</summary>
    public IQueryable<AccessReviewItem> Own(IQueryable<AccessReviewItem> items)
    {
        var (user, administers) = (UserId, IsAdministrator);
        return items.Where(i => (i.ReviewerUserId != null && i.ReviewerUserId == user) || (i.ReviewerUserId == null && administers));
    }
}
