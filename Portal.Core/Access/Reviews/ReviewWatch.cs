using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>Closes reviews that are due, every five minutes. Several replicas may do it: the second finds the review closed.</summary>
public sealed class ReviewWatch(IPortal portal, TimeProvider clock, ILogger<ReviewWatch> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    /// <summary>One round over all organizations; the number of reviews that were closed.</summary>
    public async Task<int> CloseDueAsync(CancellationToken cancellationToken)
    {
        var actor = Actor.System("accessReviews");
        if (!(await portal.AskAsync(actor, new ListDueReviews(), cancellationToken)).TryGet(out var due, out var problem))
        {
            log.LogWarning("Access reviews are closed later: {Code}", problem.Code);
            return 0;
        }

        var closed = 0;
        foreach (var review in due)
        {
            var result = await portal.SendAsync(actor, new CloseAccessReview(review.OrganizationId.ToString(), review.Id, ApplyMissed: true), cancellationToken);
            if (result.Succeeded) closed++;
            else log.LogWarning("Access review {Review} is closed later: {Code}", review.Id, result.Problem.Code);
        }

        return closed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            do await CloseDueAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The portal stops.
        }
    }
}
