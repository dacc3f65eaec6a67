using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>Closes a review and carries out what was decided; what nobody decided on goes by the review's rule, before the due date only where that is said.</summary>
/// <param name="ApplyMissed">Before the due date: items without a decision are taken as missed.</param>
public sealed record CloseAccessReview(string Org, Guid Review, bool ApplyMissed = false) : Command<ReviewRow>
{
    public override string Action => "accessReview.close";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ReviewsPermissions.Write;

    public override async Task<Result<ReviewRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var review = await scope.Db.Set<AccessReview>().SingleOrDefaultAsync(r => r.OrganizationId == scope.OrganizationId && r.Id == Review, cancellationToken);
        if (review is null) return Problem.NotFound("accessReview");
        scope.Audit("accessReview", review.Id, review.Name);
        if (review.State == ReviewState.Closed) return Problem.Conflict("review.closed", "The review is closed, and what was decided is done. Start a new one to look again.");
        var items = await scope.Db.Set<AccessReviewItem>().Where(i => i.ReviewId == Review).OrderBy(i => i.Id).ToListAsync(cancellationToken);
        var open = items.Count(i => i.Decision == ReviewDecision.None);
        if (open > 0 && !ApplyMissed && review.DueAtUtc > scope.NowUtc)
            return Problem.Conflict("review.undecided", $"{open} items wait for a decision. Wait for the due date, have them decided, or close with applyMissed to treat them as missed.", open);
        await new ReviewEnforcement(scope, review).RunAsync(items, cancellationToken);
        (review.State, review.ClosedAtUtc, review.ClosedBy) = (ReviewState.Closed, scope.NowUtc, scope.Actor.Id);
        scope.Audit("accessReview", review.Id, review.Name, newValue: new
        {
            State = Words.Of(review.State), Missed = Words.Of(review.Missed), Items = items.Count,
            Outcomes = items.GroupBy(i => (i.Outcome, i.Effect)).OrderBy(g => g.Key).Select(g => new { g.Key.Outcome, g.Key.Effect, Count = g.Count() }),
        });
        scope.Touch(LiveTopic.Roles, review.Id, review.Version + 1);
        return ReviewRow.Of(review, new ReviewProgress(items.Count, items.Count - open, 0), review.Version + 1);
    }
}

/// <summary>A review that the portal has to close by itself.</summary>
internal sealed record DueReview(Guid OrganizationId, Guid Id);

/// <summary>The reviews of all organizations that are due, the oldest first; each is closed in its organization.</summary>
internal sealed record ListDueReviews : Query<IReadOnlyList<DueReview>>
{
    private const int Most = 1000;

    public override Permission? Permission => ReviewsPermissions.Read;

    public override async Task<Result<IReadOnlyList<DueReview>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await scope.Db.Set<AccessReview>().Where(r => r.State == ReviewState.Open && r.DueAtUtc <= scope.NowUtc).OrderBy(r => r.DueAtUtc).ThenBy(r => r.Id).Take(Most).Select(r => new DueReview(r.OrganizationId, r.Id)).ToListAsync(cancellationToken);
}
