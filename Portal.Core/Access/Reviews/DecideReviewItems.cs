using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>What is decided about which items.</summary>
/// <param name="Items">Ids of items of the review, at most a thousand.</param>
/// <param name="Decision">keep, remove, or none to take a decision back.</param>
/// <param name="Reason">At most 1000 characters; needed for remove.</param>
public sealed record DecisionInput(IReadOnlyList<Guid>? Items, string? Decision, string? Reason = null);

/// <summary>Decides on one item or many, all or none: their reviewer does, or an administrator; nobody on their own access. It is carried out when the review closes.</summary>
public sealed record DecideReviewItems(string Org, Guid Review, DecisionInput Input) : Command<ReviewRow>
{
    private const int MaxItems = 1000;

    public override string Action => "accessReview.decide";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ReviewsPermissions.Write;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<ReviewRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var caller = await ReviewCaller.OfAsync(scope, cancellationToken);
        var review = await ReviewLookup.Visible(scope, caller).SingleOrDefaultAsync(r => r.Id == Review, cancellationToken);
        if (review is null) return Problem.NotFound("accessReview");
        scope.Audit("accessReview", review.Id, review.Name);
        if (!caller.IsAdministrator && !await caller.Own(scope.Db.Set<AccessReviewItem>().Where(i => i.ReviewId == Review)).AnyAsync(cancellationToken)) return NotReviewer;
        var errors = new List<FieldError>();
        var wanted = (Input.Items ?? []).Distinct().ToList();
        if (wanted.Count is 0 or > MaxItems) errors.Add(new FieldError("items", "review.items", $"items names 1 to {MaxItems} items of the review.", Args: [MaxItems]));
        if (!Words.TryParse<ReviewDecision>(Input.Decision, out var decision)) errors.Add(new FieldError("decision", "review.decision", "decision is one of keep, remove, none."));
        if (TextRule.Check("reason", Input.Reason, 1000, out var reason, required: decision == ReviewDecision.Remove, multiLine: true) is { } wrong) errors.Add(wrong);
        if (errors.Count > 0) return Problem.Invalid(errors);
        var items = await scope.Db.Set<AccessReviewItem>().Where(i => i.ReviewId == Review && wanted.Contains(i.Id)).OrderBy(i => i.Id).ToListAsync(cancellationToken);
        if (items.Count != wanted.Count) return Problem.Invalid("items", "review.item", "items names something that is no item of this review.");
        if (review.State == ReviewState.Closed) return Problem.Conflict("review.closed", "The review is closed, and what was decided is done. Start a new one to look again.");
        if (await RefusesAsync(scope, caller, items, decision, cancellationToken) is { } refusal) return refusal;
        foreach (var item in items)
        {
            item.Decision = decision;
            var decides = decision != ReviewDecision.None;
            item.DecidedBy = decides ? caller.UserId ?? scope.Actor.Id : null;
            item.DecidedAtUtc = decides ? scope.NowUtc : null;
            item.Reason = decides && reason.Length > 0 ? reason : null;
        }

        // Closing and deciding meet at the review's row: what is decided is either carried out or refused.
        scope.Db.Entry(review).Property(r => r.Version).IsModified = true;
        scope.Audit("accessReview", review.Id, review.Name, reason: reason.Length > 0 ? reason : null, newValue: new
        {
            Decision = Words.Of(decision), Items = items.Select(i => new { i.Id, i.BindingId, PrincipalKind = Words.Of(i.PrincipalKind), i.PrincipalId, i.Role, Scope = Words.Of(i.Scope), i.ScopeId }),
        });
        scope.Touch(LiveTopic.Roles, review.Id, review.Version + 1);
        var others = scope.Db.Set<AccessReviewItem>().Where(i => i.ReviewId == Review && !wanted.Contains(i.Id));
        var decided = await others.CountAsync(i => i.Decision != ReviewDecision.None, cancellationToken) + (decision == ReviewDecision.None ? 0 : items.Count);
        var mine = await caller.Own(others.Where(i => i.Decision == ReviewDecision.None)).CountAsync(cancellationToken);
        return ReviewRow.Of(review, new ReviewProgress(await others.CountAsync(cancellationToken) + items.Count, decided, mine), review.Version + 1);
    }

    private static Problem NotReviewer { get; } = new(ProblemKind.Forbidden, "review.notReviewer", "Somebody else reviews this. Its reviewer decides, or an administrator of the organization.");

    private static async Task<Problem?> RefusesAsync(WriteScope scope, ReviewCaller caller, List<AccessReviewItem> items, ReviewDecision decision, CancellationToken cancellationToken)
    {
        if (!caller.IsAdministrator && items.Exists(i => i.ReviewerUserId is null || i.ReviewerUserId != caller.UserId)) return NotReviewer;
        var principals = await ReviewPrincipals.LoadAsync(scope, [.. items.Select(i => (i.PrincipalKind, i.PrincipalId))], cancellationToken);
        if (items.Exists(i => principals.IsOwn(i.PrincipalKind, i.PrincipalId, caller.UserId)))
        {
            var others = string.Join(", ", await Administrators.NamesAsync(scope, cancellationToken));
            return Problem.Refused("review.ownAccess", $"Nobody decides on their own access, nor on that of their groups and service accounts. Leave these items out and ask an administrator to decide on them: {others}.", others);
        }

        if (decision != ReviewDecision.Remove) return null;
        // A reviewer decides for whoever started the review; an administrator who steps in, for themselves.
        foreach (var item in items.Where(i => i.ReviewerUserId is null || i.ReviewerUserId != caller.UserId))
            if (await Authority.RefusesAsync(scope, ReviewEnforcement.BindingOf(item), cancellationToken) is { } beyond) return beyond;
        return null;
    }
}
