using Hexabase.Portal.Access.Reviews;
using Hexabase.Portal.AccessRoles;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.AccessReviews;

/// <summary>Reviews in the viewer's words.</summary>
internal static class ReviewWords
{
    public static string Scope(Text text, ReviewRow review) => review.Scope switch
    {
        ReviewScope.Organization => text["scope.Organization"],
        ReviewScope.Role => text["reviews.ofRole", review.ScopeName ?? RoleWords.Name(text, review.Role)],
        _ => text["reviews.ofPlace", text[$"scope.{review.Scope}"], review.ScopeName ?? "–"],
    };

    public static Tone ToneOf(ReviewOutcome outcome) => outcome switch
    {
        ReviewOutcome.Enforced => Tone.Good,
        ReviewOutcome.Superseded => Tone.Neutral,
        _ => Tone.Warn,
    };

    /// <summary>"Missed: removed".</summary>
    public static string Outcome(Text text, ReviewItemRow item) => item is { Outcome: ReviewOutcome.Enforced or ReviewOutcome.Missed, Effect: { } effect }
        ? text["reviews.outcomeEffect", text[$"reviews.outcome.{item.Outcome}"], text[$"reviews.effect.{effect}"]]
        : text[$"reviews.outcome.{item.Outcome}"];
}
