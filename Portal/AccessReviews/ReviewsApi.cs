using Hexabase.Portal.Access.Reviews;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.AccessReviews;

/// <summary>Access reviews: starting one, deciding in it, closing it, and its items as evidence.</summary>
internal static class ReviewsApi
{
    public static void MapReviews(this RouteGroupBuilder api)
    {
        var reviews = api.MapGroup("/organizations/{org}/access-reviews").WithTags("Access reviews");
        reviews.MapGet("", (string org, string? state, ApiCall call) => call.ListAsync(page => new ListAccessReviews(org, page, state), r => r, ReviewFiles.Reviews))
            .WithName("listAccessReviews").WithSummary("Reviews of who holds what, newest first; reviewers see those in which they decide; state=open|closed");
        reviews.MapPost("", (string org, ReviewInput input, ApiCall call) => call.CreateAsync(new StartAccessReview(org, input), r => r, r => $"/api/v1/organizations/{org}/access-reviews/{r.Id}", r => r.Version))
            .WithName("startAccessReview").WithSummary("Starts a review of every role held at a place and below, or of one role everywhere");
        reviews.MapGet("/{review:guid}", (string org, Guid review, ApiCall call) => call.AskAsync(new GetAccessReview(org, review), r => r, r => r.Version))
            .WithName("getAccessReview").WithSummary("One review with its progress");
        reviews.MapGet("/{review:guid}/items", (string org, Guid review, bool? undecided, bool? mine, ApiCall call) =>
                call.ListAsync(page => new ListReviewItems(org, review, page, undecided ?? false, mine ?? false), i => i, ReviewFiles.Items))
            .WithName("listAccessReviewItems").WithSummary("The bindings under review with last use, spend reach, decision and outcome; filter searches names; format=csv|xlsx|jsonl for all as a file");
        reviews.MapPost("/{review:guid}/decisions", (string org, Guid review, DecisionInput input, ApiCall call) => call.SendAsync(new DecideReviewItems(org, review, input), r => r, r => r.Version))
            .WithName("decideAccessReview").WithSummary("Decides on items, all or none: keep, remove, or none to take a decision back; for their reviewer and administrators, never on one's own access");
        reviews.MapPost("/{review:guid}/close", (string org, Guid review, CloseBody body, ApiCall call) => call.SendAsync(new CloseAccessReview(org, review, body.ApplyMissed), r => r, r => r.Version))
            .WithName("closeAccessReview").WithSummary("Closes a review and carries its decisions out; with applyMissed also before the due date and with items undecided");
    }

    internal sealed record CloseBody(bool ApplyMissed = false);
}

/// <summary>Reviews and their items as files.</summary>
internal static class ReviewFiles
{
    public static readonly ListFile<ReviewRow> Reviews = new(
        "access-reviews",
        ("name", r => r.Name), ("state", r => Words.Of(r.State)), ("scope", r => Words.Of(r.Scope)), ("place", r => r.ScopeName), ("role", r => r.Role), ("reviewerRule", r => Words.Of(r.ReviewerRule)), ("missed", r => Words.Of(r.Missed)),
        ("dueAtUtc", r => ListCell.Utc(r.DueAtUtc)), (ListCell.Number("items"), r => ListCell.Of(r.Progress.Items)), (ListCell.Number("decided"), r => ListCell.Of(r.Progress.Decided)), ("startedAtUtc", r => ListCell.Utc(r.StartedAtUtc)),
        ("startedBy", r => r.StartedBy.ToString()), ("closedAtUtc", r => ListCell.Utc(r.ClosedAtUtc)), ("closedBy", r => r.ClosedBy?.ToString()), ("id", r => r.Id.ToString()));

    public static readonly ListFile<ReviewItemRow> Items = new(
        "access-review-items",
        ("principalKind", i => Words.Of(i.PrincipalKind)), ("principal", i => i.PrincipalName), (ListCell.Number("members"), i => ListCell.Of(i.Members)), ("role", i => i.Role), ("scope", i => Words.Of(i.Scope)), ("place", i => i.PlaceName),
        ("condition", i => i.Condition), ("expiresAtUtc", i => ListCell.Utc(i.ExpiresAtUtc)), ("grantedAtUtc", i => ListCell.Utc(i.GrantedAtUtc)), ("lastUseOn", i => i.LastUseOn is { } day ? ListCell.Day(day) : null),
        (ListCell.Number("spendReach"), i => ListCell.Of(i.SpendReach?.Amount)), ("currency", i => i.SpendReach?.Currency), ("reviewer", i => i.Reviewer), ("decision", i => Words.Of(i.Decision)), ("decidedBy", i => i.Decider ?? i.DecidedBy?.ToString()),
        ("decidedAtUtc", i => ListCell.Utc(i.DecidedAtUtc)), ("reason", i => i.Reason), ("outcome", i => i.Outcome is { } outcome ? Words.Of(outcome) : null), ("effect", i => i.Effect is { } effect ? Words.Of(effect) : null),
        ("outcomeAtUtc", i => ListCell.Utc(i.OutcomeAtUtc)), ("principalId", i => i.PrincipalId.ToString()), ("bindingId", i => i.BindingId.ToString()), ("id", i => i.Id.ToString()));
}
