using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Jobs;

internal sealed class JobsNav : INavSource
{
    public IReadOnlyList<NavPlace> Places { get; } = [new(NavGroups.Operations, 10, "jobs", "jobs.title", "job", JobPermissions.Read)];
}
