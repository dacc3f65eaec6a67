using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>What became of a body of events.</summary>
/// <param name="Accepted">Committed by this request.</param>
/// <param name="Duplicates">In the log already, or twice in the body.</param>
/// <param name="Rejected">Not events of the source; nothing of them is kept.</param>
/// <param name="Errors">The first rejected ones, at most <see cref="EventIngest.MaxErrors"/>.</param>
public sealed record IngestReport(long Accepted, long Duplicates, long Rejected, IReadOnlyList<EventError> Errors);

/// <summary>
/// Takes a stream of outside events into an organization's log. Memory is one batch being read and one being written. A batch counts when it is committed; where
/// the request fails in the middle, what was committed stays, and the same events sent again are duplicates.
/// </summary>
public sealed class EventIngest(IPortal portal, PortalDatabase database, IngestGate gate, OutsideEventSealer sealer, FreshEntries fresh, TimeProvider clock, IOptions<IngestOptions> options, ILogger<EventIngest> log)
{
    public const int MaxErrors = 1000;

    private const int MaxAttempts = 4;

    /// <param name="org">Id or slug, as in the address.</param>
    /// <param name="source">One of <see cref="EventSources.Names"/>.</param>
    /// <param name="body">The plain body; an <see cref="InvalidDataException"/> from it is a body that cannot be unpacked.</param>
    /// <returns>The report; a problem for what is not allowed, unknown, too much at the moment (429) or without a database (503).</returns>
    public async Task<Result<IngestReport>> IngestAsync(Actor actor, string org, string? source, Stream body, CancellationToken cancellationToken)
    {
        var checkedIn = await portal.AskAsync(actor, new CheckIngest(org, source), cancellationToken);
        if (!checkedIn.TryGet(out var intake, out var refused)) return refused;
        using var place = gate.TryEnter(intake.OrganizationId);
        if (place is null) return IngestGate.Busy;
        var tally = new IngestTally(intake.Source);
        var ended = false;
        Problem? outcome = null;
        try
        {
            outcome = await GuardAsync(() => LoadAsync(intake, body, tally, cancellationToken));
            ended = outcome is null;
        }
        finally
        {
            // What was committed is told in the log even where the request ends badly, and although nobody waits for the answer any more.
            if (ended || tally.Accepted > 0)
            {
                var recorded = await portal.SendAsync(actor, new RecordIngest(org, tally.ToCounts()), CancellationToken.None);
                outcome ??= recorded.Problem;
            }
        }

        return outcome is { } problem ? problem : new IngestReport(tally.Accepted, tally.Duplicates, tally.Rejected, tally.Errors);
    }

    /// <summary>Null when all went well.</summary>
    private async Task<Problem?> GuardAsync(Func<Task<Problem?>> work)
    {
        try
        {
            return await work();
        }
        catch (InvalidDataException)
        {
            return new Problem(ProblemKind.Malformed, "body.notUnpackable", "The body is not what its Content-Encoding says. Events before the damage may have been taken; sent again, they count as duplicates.");
        }
        catch (EventBodyTooLargeException)
        {
            return new Problem(ProblemKind.TooLarge, "body.tooLarge", "The unpacked body is larger than the portal takes. Send it in parts; events that were taken already count as duplicates.");
        }
        catch (Exception e) when (database.Engine.AsOutage(e) is { } outage)
        {
            log.LogWarning("Ingest met an outage ({Code}): {Reason}", outage.Code, e.Message);
            return outage with { Message = $"{outage.Message} Events that were committed before count as duplicates when they come again." };
        }
    }

    private async Task<Problem?> LoadAsync(IngestIntake intake, Stream body, IngestTally tally, CancellationToken cancellationToken)
    {
        await using var writer = await OutsideEntryWriter.OpenAsync(database.Engine, intake.OrganizationId, cancellationToken);
        using var splitter = new EventSplitter(new PlainLimit(body, options.Value.MaxPlainBytes), intake.Normaliser.Envelope);
        var batch = new EventBatch();
        var writing = Task.CompletedTask;
        try
        {
            for (var more = true; more;)
            {
                more = await ReadAsync(splitter, intake.Normaliser, batch, tally, cancellationToken);
                if (batch.Events.Count == 0) continue;
                // The next batch is read and sealed while the one before is written.
                var events = await sealer.SealAsync(intake.OrganizationId, batch.Events, cancellationToken);
                await writing;
                if (!await gate.WaitAsync(cancellationToken)) return IngestGate.Behind;
                writing = WriteAsync(writer, events, [.. batch.Hashes], batch.Latest, tally, cancellationToken);
            }
        }
        finally
        {
            // The connection is not given up under a running copy.
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await writing;
        return null;
    }

    /// <summary>Fills the batch; false at the end of the body.</summary>
    private async Task<bool> ReadAsync(EventSplitter splitter, EventNormaliser normaliser, EventBatch batch, IngestTally tally, CancellationToken cancellationToken)
    {
        batch.Clear();
        var now = clock.GetUtcNow().UtcDateTime;
        while (batch.Events.Count < options.Value.BatchEvents && batch.Bytes < options.Value.BatchBytes)
        {
            if (!await splitter.NextAsync(cancellationToken)) return false;
            if (splitter.Refusal is { } unreadable) tally.Reject(splitter.Line, unreadable);
            else if (!normaliser.TryRead(batch.Keep(splitter.Current.Span), now, batch.Strings, out var read, out var refusal)) tally.Reject(splitter.Line, refusal);
            else if (!batch.TryAdd(read)) tally.Repeat();
        }

        return true;
    }

    private async Task WriteAsync(OutsideEntryWriter writer, SealedEvents events, IReadOnlyList<Guid> hashes, DateTime latest, IngestTally tally, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var taken = await writer.WriteAsync(events.Entries, hashes, cancellationToken);
                fresh.Add(events.Of(hashes, taken));
                tally.Took(taken.Count, hashes.Count - taken.Count, latest);
                return;
            }
            catch (Exception e) when (attempt < MaxAttempts && (database.Engine.IsRetryable(e) || database.Engine.IsUniqueViolation(e)))
            {
                // Two requests brought the same events at the same moment; the next attempt sees what the other committed.
                log.LogDebug(e, "A batch of outside events is tried again");
            }
        }
    }
}
