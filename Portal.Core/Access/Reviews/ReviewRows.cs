using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>How far a review has come.</summary>
/// <param name="Mine">Undecided items that wait for the caller.</param>
public sealed record ReviewProgress(int Items, int Decided, int Mine);

/// <summary>A review as lists show it.</summary>
/// <param name="Role">For the scope role: a built-in role's name or the key of one of the organization's own.</param>
public sealed record ReviewRow(
    Guid Id, string Name, ReviewScope Scope, Guid? ScopeId, string? ScopeName, string? Role, ReviewerRule ReviewerRule, Guid? ReviewerUserId, DateTime DueAtUtc, MissedRule Missed, ReviewState State,
    ReviewProgress Progress, Guid StartedBy, DateTime StartedAtUtc, Guid? ClosedBy, DateTime? ClosedAtUtc, long Version)
{
    internal static ReviewRow Of(AccessReview r, ReviewProgress progress, long version) => new(
        r.Id, r.Name, r.Scope, r.ScopeId, r.ScopeName, r.Role, r.ReviewerRule, r.ReviewerUserId, r.DueAtUtc, r.Missed, r.State, progress, r.StartedBy, r.StartedAtUtc, r.ClosedBy, r.ClosedAtUtc, version);

    internal static async Task<List<ReviewRow>> OfAsync(ReadScope scope, List<AccessReview> reviews, ReviewCaller caller, CancellationToken cancellationToken)
    {
        var ids = reviews.ConvertAll(r => r.Id);
        var items = scope.Db.Set<AccessReviewItem>().Where(i => ids.Contains(i.ReviewId));
        var counts = await items.GroupBy(i => new { i.ReviewId, i.Decision }).Select(g => new { g.Key.ReviewId, g.Key.Decision, Count = g.Count() }).ToListAsync(cancellationToken);
        var mine = await caller.Own(items.Where(i => i.Decision == ReviewDecision.None)).GroupBy(i => i.ReviewId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        return reviews.ConvertAll(r =>
        {
            var own = counts.FindAll(c => c.ReviewId == r.Id);
            return Of(r, new ReviewProgress(own.Sum(c => c.Count), own.Where(c => c.Decision != ReviewDecision.None).Sum(c => c.Count), r.State == ReviewState.Open ? mine.GetValueOrDefault(r.Id) : 0), r.Version);
        });
    }
}

/// <summary>The reviews of the organization, newest first; who may not read all sees those in which they have something to decide or had.</summary>
public sealed record ListAccessReviews(string Org, PageRequest Page, string? State = null) : Query<Paged<ReviewRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ReviewsPermissions.Read;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Paged<ReviewRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var caller = await ReviewCaller.OfAsync(scope, cancellationToken);
        var reviews = ReviewLookup.Visible(scope, caller);
        if (!string.IsNullOrEmpty(State))
        {
            if (!Words.TryParse<ReviewState>(State, out var state)) return Problem.Invalid("state", "review.state", "state is open or closed.");
            reviews = reviews.Where(r => r.State == state);
        }

        if (after is { } last) reviews = reviews.Where(r => r.Id.CompareTo(last) < 0);
        var rows = await reviews.AsNoTracking().OrderByDescending(r => r.Id).Take(Page.Limit + 1).ToListAsync(cancellationToken);
        return PageKey.Cut(await ReviewRow.OfAsync(scope, rows, caller, cancellationToken), Page, r => r.Id);
    }
}

/// <summary>One review, for whoever may read reviews or decides in it.</summary>
public sealed record GetAccessReview(string Org, Guid Review) : Query<ReviewRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ReviewsPermissions.Read;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<ReviewRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var caller = await ReviewCaller.OfAsync(scope, cancellationToken);
        var review = await ReviewLookup.Visible(scope, caller).AsNoTracking().SingleOrDefaultAsync(r => r.Id == Review, cancellationToken);
        return review is null ? Problem.NotFound("accessReview") : (await ReviewRow.OfAsync(scope, [review], caller, cancellationToken))[0];
    }
}

internal static class ReviewLookup
{
    public static IQueryable<AccessReview> Visible(ReadScope scope, ReviewCaller caller)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        var reviews = db.Set<AccessReview>().Where(r => r.OrganizationId == org);
        if (caller.ReadsAll) return reviews;
        var own = caller.Own(db.Set<AccessReviewItem>().Where(i => i.OrganizationId == org));
        return reviews.Where(r => own.Any(i => i.ReviewId == r.Id));
    }
}
