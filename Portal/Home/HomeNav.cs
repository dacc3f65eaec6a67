using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Home;

internal sealed class HomeNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } = [new(NavGroups.Top, 0, "", "home.title", "home", null)];
}
