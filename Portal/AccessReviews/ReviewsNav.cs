using Hexabase.Portal.Shell;

namespace Hexabase.Portal.AccessReviews;

/// <summary>The slice's place in the navigation; reviewers without the permission come from Home, where their open items stand.</summary>
internal sealed class ReviewsNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } = [new(NavGroups.Access, 18, "access/reviews", "reviews.title", "check", Access.Reviews.ReviewsPermissions.Read)];
}
