using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs;

/// <summary>For commands that change where costs belong: a workspace moves, a business unit gets another place or cost center.</summary>
public static class CostReallocation
{
    /// <summary>Queues the rewriting of the allocated roll-up from a charge day on, in the command's transaction; nothing where the organization has no such costs.</summary>
    /// <returns>The job, or null.</returns>
    public static async Task<Guid?> QueueAsync(WriteScope scope, DateOnly from, CancellationToken cancellationToken)
    {
        if (!await scope.Db.Set<CostFact>().AnyAsync(f => f.Day >= from, cancellationToken)) return null;
        return Queue(scope, from);
    }

    internal static Guid Queue(WriteScope scope, DateOnly from) => scope.Queue(ReallocationJob.Kind, "Allocation", new ReallocationInput(from)).Id;
}
