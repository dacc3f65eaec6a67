using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>An item as its reviewer sees it: the binding as it was when the review began, what was decided, what came of it.</summary>
/// <param name="Role">A built-in role's name or the slug of one of the organization's own.</param>
/// <param name="Reviewer">User name; null = any administrator, or somebody who is gone.</param>
/// <param name="LastUseOn">Null = not within <see cref="LookBackDays"/> days.</param>
/// <param name="SpendReach">Monthly; null = unknown, no budget bounds the place.</param>
/// <param name="IsBeyondStarter">The review may take it away only where who closes it may.</param>
/// <param name="IsOwn">The caller's own access, on which somebody else decides.</param>
/// <param name="MayDecide">The caller decides on it, now.</param>
public sealed record ReviewItemRow(
    Guid Id, Guid BindingId, PrincipalKind PrincipalKind, Guid PrincipalId, string? PrincipalName, int? Members, string Role, string? RoleName, GrantScope Scope, Guid? PlaceId, string? PlaceName, string? Condition,
    DateTime? ExpiresAtUtc, DateTime GrantedAtUtc, Guid? ReviewerUserId, string? Reviewer, DateOnly? LastUseOn, Money? SpendReach, bool IsBeyondStarter, ReviewDecision Decision, Guid? DecidedBy, string? Decider,
    DateTime? DecidedAtUtc, string? Reason, ReviewOutcome? Outcome, ReviewEffect? Effect, DateTime? OutcomeAtUtc, bool IsOwn, bool MayDecide, long Version)
{
    public const int LookBackDays = LastUse.LookBackDays;
}

/// <summary>The items of a review in the order in which the roles were given; who may not read reviews sees their own.</summary>
/// <param name="Undecided">Only those that nobody has decided on.</param>
/// <param name="Mine">Only those that wait for the caller's decision or had it.</param>
public sealed record ListReviewItems(string Org, Guid Review, PageRequest Page, bool Undecided = false, bool Mine = false) : Query<Paged<ReviewItemRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ReviewsPermissions.Read;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Paged<ReviewItemRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var caller = await ReviewCaller.OfAsync(scope, cancellationToken);
        var review = await ReviewLookup.Visible(scope, caller).AsNoTracking().SingleOrDefaultAsync(r => r.Id == Review, cancellationToken);
        if (review is null) return Problem.NotFound("accessReview");
        var items = scope.Db.Set<AccessReviewItem>().Where(i => i.ReviewId == Review);
        if (Mine || !caller.ReadsAll) items = caller.Own(items);
        if (Undecided) items = items.Where(i => i.Decision == ReviewDecision.None);
        if (Page.Filter is { Length: > 0 and <= 200 } filter)
        {
#pragma warning disable CA1304, CA1309, CA1311, CA1862, MA0011 // Runs in the database, where upper() has no culture argument.
            var upper = filter.ToUpperInvariant();
            items = items.Where(i => i.PrincipalName != null && i.PrincipalName.ToUpper().Contains(upper));
#pragma warning restore CA1304, CA1309, CA1311, CA1862, MA0011
        }

        if (after is { } last) items = items.Where(i => i.Id.CompareTo(last) > 0);
        var rows = await items.AsNoTracking().OrderBy(i => i.Id).Take(Page.Limit + 1).ToListAsync(cancellationToken);
        return PageKey.Cut(await RowsAsync(scope, review, caller, rows, cancellationToken), Page, i => i.Id);
    }

    private static async Task<List<ReviewItemRow>> RowsAsync(ReadScope scope, AccessReview review, ReviewCaller caller, List<AccessReviewItem> items, CancellationToken cancellationToken)
    {
        var users = items.SelectMany(i => new[] { i.ReviewerUserId, i.DecidedBy }).OfType<Guid>().Distinct().ToList();
        var names = await scope.Db.Set<Member>().Where(m => m.OrganizationId == scope.OrganizationId && users.Contains(m.UserId)).Select(m => new { m.UserId, m.UserName }).ToDictionaryAsync(m => m.UserId, m => m.UserName, cancellationToken);
        var principals = await ReviewPrincipals.LoadAsync(scope, [.. items.Select(i => (i.PrincipalKind, i.PrincipalId))], cancellationToken);
        string? Name(Guid? user) => user is { } id ? names.GetValueOrDefault(id) : null;
        return items.ConvertAll(i =>
        {
            var own = principals.IsOwn(i.PrincipalKind, i.PrincipalId, caller.UserId);
            var decides = review.State == ReviewState.Open && !own && (caller.IsAdministrator || (i.ReviewerUserId is { } reviewer && reviewer == caller.UserId));
            return new ReviewItemRow(
                i.Id, i.BindingId, i.PrincipalKind, i.PrincipalId, i.PrincipalName, i.Members, i.RoleSlug, i.RoleName, i.Scope, i.ScopeId, i.PlaceName, i.Condition, i.ExpiresAtUtc, i.GrantedAtUtc, i.ReviewerUserId, Name(i.ReviewerUserId), i.LastUseOn,
                i is { SpendReach: { } reach, SpendCurrency: { } currency } ? new Money(Amount.FromDecimal(reach), currency) : null, i.IsBeyondStarter, i.Decision, i.DecidedBy, Name(i.DecidedBy), i.DecidedAtUtc, i.Reason, i.Outcome, i.Effect, i.OutcomeAtUtc, own, decides, i.Version);
        });
    }
}
