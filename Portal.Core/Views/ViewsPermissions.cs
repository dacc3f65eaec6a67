using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Views;

public static class ViewsPermissions
{
    public static readonly Permission Read = new("views", "read");

    /// <summary>Views of one's own.</summary>
    public static readonly Permission Write = new("views", "write");

    /// <summary>Showing a view to the whole organization.</summary>
    public static readonly Permission Share = new("views", "share");

    /// <summary>Changing and removing what others have shared.</summary>
    public static readonly Permission Manage = new("views", "manage");
}
