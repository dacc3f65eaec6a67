using Hexabase.Portal.Shell;

namespace Hexabase.Portal;

/// <summary>What the slices put into the frame: their places in the navigation and the palette, one line a slice.</summary>
public static class PortalPages
{
    public static void Register(IServiceCollection services)
    {
    }
}
