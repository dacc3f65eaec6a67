using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>
/// What another slice does when an organization's costs have changed, in the transaction that changes them: registered as a singleton, so that costs need
/// not know who depends on them. Runs after the facts are rewritten; what it throws rolls the change back.
/// </summary>
public sealed record CostChangeHook(Func<WriteScope, CancellationToken, Task> RunAsync)
{
    internal static async Task RunAllAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        foreach (var hook in scope.Service<IEnumerable<CostChangeHook>>()) await hook.RunAsync(scope, cancellationToken);
    }
}
