using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Reviews;

public static class ReviewsPermissions
{
    /// <summary>All access reviews of the organization; a reviewer sees their own items without it.</summary>
    public static readonly Permission Read = new("reviews", "read");

    /// <summary>Starting and closing access reviews.</summary>
    public static readonly Permission Write = new("reviews", "write");
}
