using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Allocation;

internal sealed record ReallocationInput(DateOnly From);

/// <summary>Rewrites the allocated roll-up from a day on with the rules and placements as they are now. Running it again changes nothing.</summary>
public sealed class ReallocationJob(PortalDatabase database) : IJobHandler
{
    public const string Kind = "reallocation";

    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        await using (var open = await database.OpenAsync(DataScope.Of(context.OrganizationId), forWriting: true, cancellationToken))
        {
            await Reallocation.RunAsync(open.Db, context.ReadInput<ReallocationInput>().From, cancellationToken);
            await open.CommitAsync(cancellationToken);
        }

        return new JobOutcome(JobState.Succeeded)
        {
            Commit = async (scope, token) =>
            {
                scope.Touch(LiveTopic.Costs, "*");
                scope.Touch(LiveTopic.Budgets, "*");
                await CostChangeHook.RunAllAsync(scope, token);
            },
        };
    }
}

/// <summary>The rewriting itself, in the caller's transaction.</summary>
internal static class Reallocation
{
    public static async Task RunAsync(PortalDbContext context, DateOnly from, CancellationToken cancellationToken)
    {
        var db = new CostDb(context);
        await db.ExecuteAsync(db.Sql.LockState, cancellationToken);
        var places = await AllocationPlaces.LoadAsync(context, cancellationToken);
        var timeline = await AllocationTimeline.LoadAsync(context, places, null, cancellationToken);
        await RunAsync(db, places, timeline, from, cancellationToken);
    }

    public static async Task RunAsync(CostDb db, AllocationPlaces places, AllocationTimeline timeline, DateOnly from, CancellationToken cancellationToken)
    {
        var (predicates, rebuilt) = await (await LinePredicates.LoadAsync(db, cancellationToken)).EnsureAsync(db, timeline.LineConditions, cancellationToken);
        // Rows of the daily roll-up that were made anew have new ids: all facts follow.
        await new CostAllocator(db, places, timeline, predicates).RewriteAsync(new AllocationRange(rebuilt ? DateOnly.FromDayNumber(1) : from, EndOfTime), cancellationToken);
        await db.ExecuteAsync("UPDATE cost_states SET rule_version = @version WHERE organization_id = @org", cancellationToken, ("version", (object?)timeline.NewestVersion ?? DBNull.Value));
    }

    /// <summary>Behind every charge day that the reader accepts, and still a date that every engine and driver writes as one.</summary>
    public static readonly DateOnly EndOfTime = new(9999, 1, 1);
}
