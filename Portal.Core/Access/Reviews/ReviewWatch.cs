using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>Closes reviews that are due, of every organization, every five minutes. Several replicas may do it: the second finds the review closed.</summary>
public sealed class ReviewWatch(IPortal portal, TimeProvider clock, ILogger<ReviewWatch> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    /// <summary>One round over all organizations; the number of reviews that were closed.</summary>
    public async Task<int> CloseDueAsync(CancellationToken cancellationToken)
    {
        var actor = Actor.System("accessReviews");
        var page = new PageRequest(PageRequest.MaxLimit);
        var closed = 0;
        do
        {
            if (!(await portal.AskAsync(actor, new ListOrganizations(page), cancellationToken)).TryGet(out var found, out var problem))
            {
                log.LogWarning("Access reviews are closed later: {Code}", problem.Code);
                return closed;
            }

            foreach (var organization in found.Items) closed += await CloseDueAsync(actor, organization.Id.ToString(), cancellationToken);
            page = page with { Cursor = found.NextCursor };
        }
        while (page.Cursor is not null);
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

    private async Task<int> CloseDueAsync(Actor actor, string organization, CancellationToken cancellationToken)
    {
        var due = await portal.AskAsync(actor, new ListDueReviews(organization), cancellationToken);
        var closed = 0;
        foreach (var review in due.Succeeded ? due.Value : [])
        {
            var result = await portal.SendAsync(actor, new CloseAccessReview(organization, review, ApplyMissed: true), cancellationToken);
            if (result.Succeeded) closed++;
            else log.LogWarning("Access review {Review} is closed later: {Code}", review, result.Problem.Code);
        }

        return closed;
    }
}
